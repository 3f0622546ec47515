#include "report/table/table.hpp"

#include "core/model/load_model.hpp"
#include "core/stats/summary.hpp"
#include "report/table/number.hpp"
#include "report/table/ranking.hpp"
#include "report/table/row.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace benchhost::report {
namespace {

using results::ProfileInfo;
using results::ResultSet;
using results::Trial;

struct Participant {
    std::string server;
    std::map<std::uint32_t, const Trial*> by_round;
};

// In the order of their first trial. A round that was run again replaces the earlier attempt.
std::vector<Participant> participants_of(const ResultSet& results, const std::string& profile) {
    std::vector<Participant> participants;
    std::map<std::string, std::size_t> known;
    for (const Trial& trial : results.trials) {
        if (trial.profile != profile) {
            continue;
        }
        const auto [place, is_new] = known.try_emplace(trial.server, participants.size());
        if (is_new) {
            participants.push_back({trial.server, {}});
        }
        participants[place->second].by_round[trial.round] = &trial;
    }
    return participants;
}

// Profiles that only trials know of come last: a hand-edited or partial file still shows them.
std::vector<ProfileInfo> profiles_of(const ResultSet& results) {
    std::vector<ProfileInfo> profiles = results.profiles;
    std::set<std::string> known;
    for (const ProfileInfo& profile : profiles) {
        known.insert(profile.name);
    }
    for (const Trial& trial : results.trials) {
        if (known.insert(trial.profile).second) {
            profiles.push_back({trial.profile, "", "", ""});
        }
    }
    return profiles;
}

void make_labels_unique(std::vector<Row>& rows) {
    std::map<std::string, int> uses;
    for (const Row& row : rows) {
        ++uses[row.label];
    }
    for (Row& row : rows) {
        if (uses[row.label] > 1 && row.label != row.server) {
            row.label += fmt::format(" ({})", row.server);
        }
    }
}

Order order_of(const ProfileInfo& profile, const std::vector<Row>& rows) {
    const auto load = results::load_name(profile.load);
    if (load == model::LimitSearch::kName) {
        return Order::highest_load;
    }
    const bool offer_was_the_limit = std::any_of(rows.begin(), rows.end(), [](const Row& row) {
        return row.verdict == model::Verdict::load_limited;
    });
    return model::offers_all_the_same(load) && offer_was_the_limit ? Order::p99
                                                                   : Order::requests_per_s;
}

// Who drops the requests that would have been slow must not look fast, nor who contradicts himself.
bool is_doubtful(const Row& row) { return row.lost_too_much || row.contradicts; }

bool is_better(const Row& left, const Row& right, Order order) {
    if (left.standing != right.standing) {
        return left.standing < right.standing;
    }
    if (is_doubtful(left) != is_doubtful(right)) {
        return is_doubtful(right);
    }
    if (order == Order::p99 && kept_up(left) != kept_up(right)) {
        return kept_up(left);
    }
    const auto& left_value = ordering_value(left, order);
    const auto& right_value = ordering_value(right, order);
    if (left_value.has_value() != right_value.has_value()) {
        return left_value.has_value();
    }
    if (order == Order::p99 && left_value && left_value->at_least != right_value->at_least) {
        return right_value->at_least;
    }
    if (left_value && left_value->median != right_value->median) {
        return order == Order::p99 ? left_value->median < right_value->median
                                   : left_value->median > right_value->median;
    }
    return left.server < right.server;  // the order never depends on the order of the trials
}

// Of most rounds that were measured it is known that the server could do at least that.
bool is_proven(const Row& row) {
    const auto measured = with_outcome(row.trials, model::Outcome::ok);
    const auto proofs =
        std::count_if(measured.begin(), measured.end(), [](const Trial* t) { return proves(*t); });
    return static_cast<std::size_t>(proofs) * 2 > measured.size();
}

// A search that saw no failure bears what it confirmed, whatever ended it.
void mark_bounds(ProfileTable& table) {
    for (Row& row : table.rows) {
        const bool something_else_was_limit = row.verdict == model::Verdict::client_bound ||
                                              row.verdict == model::Verdict::link_bound;
        if (table.order == Order::requests_per_s && something_else_was_limit &&
            row.requests_per_s && is_proven(row)) {
            row.requests_per_s->at_least = true;
        }
        const bool is_known = row.verdict && *row.verdict != model::Verdict::not_known;
        row.is_bound = table.order != Order::p99 && is_known && competes(row, table.order) &&
                       ordering_value(row, table.order)->at_least;
    }
}

std::string load_unit_of(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        for (const Trial* trial : row.trials) {
            if (trial->limit) {
                return trial->limit->of == "rate" ? "requests/s" : trial->limit->of;
            }
            if (trial->sweep) {
                return "requests/s";
            }
        }
    }
    return "load";
}

// Of the longest sweep: one that a fault cut short has fewer.
std::vector<std::string> step_labels_of(const std::vector<Row>& rows) {
    std::vector<std::string> labels;
    for (const Row& row : rows) {
        for (const Trial* trial : row.trials) {
            if (!trial->sweep || trial->sweep->steps.size() <= labels.size()) {
                continue;
            }
            labels.clear();
            for (const auto& step : trial->sweep->steps) {
                labels.push_back(step_label(step));
            }
        }
    }
    return labels;
}

using Servers = std::map<std::string, const results::ServerInfo*>;

ProfileTable make_table(const ResultSet& results, const Servers& servers,
                        const ProfileInfo& profile) {
    ProfileTable table;
    table.profile = profile;
    for (const Participant& participant : participants_of(results, profile.name)) {
        std::vector<const Trial*> trials;
        for (const auto& [round, trial] : participant.by_round) {
            trials.push_back(trial);
        }
        table.rounds = std::max(table.rounds, static_cast<std::uint32_t>(trials.size()));
        const auto known = servers.find(participant.server);
        table.rows.push_back(make_row(
            known == servers.end() ? results::ServerInfo{participant.server} : *known->second,
            std::move(trials), profile, results.rounds));
    }
    make_labels_unique(table.rows);
    table.shows_class = std::any_of(table.rows.begin(), table.rows.end(),
                                    [](const Row& row) { return !row.declared_class.empty(); });
    table.load_unit = load_unit_of(table.rows);
    table.step_labels = step_labels_of(table.rows);
    table.order = order_of(profile, table.rows);
    std::sort(table.rows.begin(), table.rows.end(), [&](const Row& left, const Row& right) {
        return is_better(left, right, table.order);
    });
    mark_bounds(table);
    rank_rows(table);
    return table;
}

}  // namespace

std::optional<double> OverRounds::spread() const {
    if (rounds < 2 || !(median > 0) || some_at_least) {
        return std::nullopt;
    }
    return (most - least) / 2 / median;
}

std::optional<OverRounds> over_rounds(std::vector<double> values) {
    std::vector<Reading> readings;
    for (const double value : values) {
        readings.push_back({value});
    }
    return over_readings(std::move(readings));
}

std::optional<OverRounds> over_readings(std::vector<Reading> readings) {
    if (readings.empty()) {
        return std::nullopt;
    }
    std::sort(readings.begin(), readings.end(),
              [](const Reading& left, const Reading& right) { return left.value < right.value; });
    std::vector<double> values;
    OverRounds over;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        values.push_back(readings[i].value);
        over.some_at_least = over.some_at_least || readings[i].at_least;
        // One above the middle leaves the median where it is, however much more it is.
        over.at_least = over.at_least || (readings[i].at_least && i <= readings.size() / 2);
    }
    over.median = *stats::median(values);
    over.least = values.front();
    over.most = values.back();
    over.rounds = values.size();
    return over;
}

std::optional<double> median_of(const std::optional<OverRounds>& value) {
    return value ? std::optional(value->median) : std::nullopt;
}

const std::optional<OverRounds>& ordering_value(const Row& row, Order order) {
    switch (order) {
        case Order::p99:
            return row.p99_ms;
        case Order::highest_load:
            return row.highest_load;
        case Order::requests_per_s:
            break;
    }
    return row.requests_per_s;
}

std::vector<ProfileTable> make_tables(const ResultSet& results) {
    const auto servers = results::by_name(results.servers, &results::ServerInfo::id);
    std::vector<ProfileTable> tables;
    for (const ProfileInfo& profile : profiles_of(results)) {
        tables.push_back(make_table(results, servers, profile));
    }
    return tables;
}

}  // namespace benchhost::report
