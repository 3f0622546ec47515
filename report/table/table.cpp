#include "report/table/table.hpp"

#include "core/model/load_model.hpp"
#include "core/stats/summary.hpp"
#include "report/table/number.hpp"
#include "report/table/ranking.hpp"
#include "report/table/row.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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

bool is_rankable(const Row& row, Order order) {
    return row.standing == Standing::measured && row.verdict == model::Verdict::server_bound &&
           ordering_value(row, order).has_value();
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

bool is_better(const Row& left, const Row& right, Order order) {
    if (left.standing != right.standing) {
        return left.standing < right.standing;
    }
    // Who drops the requests that would have been slow must not look fast.
    const auto kept_up = [](const Row& row) { return row.verdict == model::Verdict::load_limited; };
    if (order == Order::p99 && kept_up(left) != kept_up(right)) {
        return kept_up(left);
    }
    const auto& left_value = ordering_value(left, order);
    const auto& right_value = ordering_value(right, order);
    if (left_value.has_value() != right_value.has_value()) {
        return left_value.has_value();
    }
    if (left_value && left_value->median != right_value->median) {
        return order == Order::p99 ? left_value->median < right_value->median
                                   : left_value->median > right_value->median;
    }
    return left.server < right.server;  // the order never depends on the order of the trials
}

std::optional<double> value_of(const Trial& trial, Order order) {
    if (order == Order::highest_load) {
        return trial.limit ? trial.limit->highest_ok : std::nullopt;
    }
    return trial.requests_per_s;
}

// By the rank of a round's number among all: the numbers are whatever the file says.
using Rounds = std::map<std::uint32_t, std::size_t>;

Rounds rounds_of(const std::vector<Row>& rows) {
    Rounds rounds;
    for (const Row& row : rows) {
        for (const Trial* trial : row.trials) {
            rounds[trial->round] = 0;
        }
    }
    std::size_t index = 0;
    for (auto& [number, place] : rounds) {
        place = index++;
    }
    return rounds;
}

stats::Contender contender_of(const Row& row, Order order, const Rounds& rounds) {
    stats::Contender contender{row.server, {}};
    contender.log_values.resize(rounds.size());
    for (const Trial* trial : row.trials) {
        const auto value = value_of(*trial, order);
        if (is_usable(*trial) && value && *value > 0) {
            contender.log_values[rounds.at(trial->round)] = std::log(*value);
        }
    }
    return contender;
}

// Ranked rows keep the places that they hold among the others, in the order of their ranks.
void rank_rows(ProfileTable& table) {
    if (table.order == Order::p99) {
        table.ranking_caption =
            "Every server was offered the same load, so the request rate restates the offer: rows "
            "are in the order of their p99 and take no rank.";
        return;
    }
    const Rounds rounds = rounds_of(table.rows);
    std::vector<std::size_t> places;
    std::vector<Row> rows;
    std::vector<stats::Contender> contenders;
    for (std::size_t place = 0; place < table.rows.size(); ++place) {
        if (is_rankable(table.rows[place], table.order)) {
            places.push_back(place);
            rows.push_back(table.rows[place]);
            contenders.push_back(contender_of(table.rows[place], table.order, rounds));
        }
    }
    if (places.empty()) {
        table.ranking_caption = "No row was limited by its server, so none takes a rank.";
        return;
    }
    const Ranking ranking = rank(contenders);
    for (std::size_t i = 0; i < places.size(); ++i) {
        Row& row = table.rows[places[i]];
        row = rows[ranking.order[i]];
        row.rank = ranking.labels[ranking.order[i]];
        row.place = places[i];
        row.alone_first = i == 0 && ranking.first_stands_alone;
    }
    table.ranking_caption = ranking.caption;
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
            std::move(trials), results.rounds));
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
    rank_rows(table);
    return table;
}

}  // namespace

std::optional<double> OverRounds::spread() const {
    if (rounds < 2 || !(median > 0)) {
        return std::nullopt;
    }
    return (most - least) / 2 / median;
}

std::optional<OverRounds> over_rounds(std::vector<double> values) {
    if (values.empty()) {
        return std::nullopt;
    }
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return OverRounds{*stats::median(values), *least, *most, values.size()};
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
