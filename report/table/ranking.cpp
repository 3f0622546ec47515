#include "report/table/ranking.hpp"

#include "core/results/losses.hpp"
#include "core/stats/ranking.hpp"
#include "report/table/number.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace benchhost::report {
namespace {

using model::Verdict;
using results::Trial;

constexpr double kConfidence = 0.95;

// a ... z, aa, ab ...
std::string letters_of(std::size_t group) {
    std::string letters;
    for (std::size_t left = group + 1; left > 0; left = (left - 1) / 26) {
        letters.insert(letters.begin(), static_cast<char>('a' + (left - 1) % 26));
    }
    return letters;
}

std::optional<double> value_of(const Trial& trial, const ProfileTable& table) {
    switch (table.order) {
        case Order::highest_load:
            return trial.limit ? trial.limit->highest_ok : std::nullopt;
        case Order::p99: {
            const auto p99 =
                percentile(trial, &results::LatencySummary::p99, table.profile.timeout);
            return p99 ? std::optional(p99->ms) : std::nullopt;
        }
        case Order::requests_per_s:
            break;
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

// What can be ranked, or ranks others.
struct Contenders {
    std::vector<std::size_t> rows;  // their indices in the table
    std::vector<stats::Contender> contenders;
    std::size_t row_of(const std::string& id) const {
        const auto found = std::find_if(contenders.begin(), contenders.end(),
                                        [&](const auto& each) { return each.id == id; });
        return rows[static_cast<std::size_t>(found - contenders.begin())];
    }
};

bool is_rankable(const Row& row, Order order) {
    if (!competes(row, order) || row.is_bound) {
        return false;
    }
    return order == Order::p99 ? kept_up(row) && !row.p99_ms->at_least
                               : row.verdict == Verdict::server_bound;
}

Contenders contenders_of(const ProfileTable& table) {
    const Rounds rounds = rounds_of(table.rows);
    Contenders found;
    for (std::size_t index = 0; index < table.rows.size(); ++index) {
        const Row& row = table.rows[index];
        if (!row.is_bound && !is_rankable(row, table.order)) {
            continue;
        }
        stats::Contender contender{row.server, {}, row.is_bound};
        contender.log_values.resize(rounds.size());
        for (const Trial* trial : row.trials) {
            const bool counts =
                !row.is_bound || table.order == Order::highest_load || proves(*trial);
            const double value = counts ? value_of(*trial, table).value_or(0) : 0;
            if (is_usable(*trial) && value > 0) {
                contender.log_values[rounds.at(trial->round)] = std::log(value);
            }
        }
        found.rows.push_back(index);
        found.contenders.push_back(std::move(contender));
    }
    return found;
}

struct Ranked {
    std::size_t row = 0;
    std::string label;
};

// In the order of their ranks.
std::vector<Ranked> ranked_of(const Contenders& contenders, const stats::Ranking& ranking) {
    std::vector<Ranked> ranked;
    for (std::size_t group = 0; group < ranking.groups.size(); ++group) {
        for (const stats::RankedServer& member : ranking.groups[group].members) {
            const auto& rank = ranking.groups[group].rank;
            ranked.push_back(
                {contenders.row_of(member.id), rank ? fmt::format("{}{}", *rank, letters_of(group))
                                                    : fmt::format("({})", member.place)});
        }
    }
    if (contenders.rows.size() == 1 && ranked.size() == 1) {
        ranked.front().label = kUnknown;  // first of one says nothing
    }
    return ranked;
}

bool first_stands_alone(const stats::Ranking& ranking) {
    return ranking.tested >= 2 && ranking.groups.front().members.size() == 1 &&
           ranking.groups.front().bounds_ahead.empty();
}

const stats::Contender& contender_of(const Contenders& contenders, const std::string& id) {
    return *std::find_if(contenders.contenders.begin(), contenders.contenders.end(),
                         [&](const auto& each) { return each.id == id; });
}

// Rows are in the order of the table: the first that competes, and the next that is no bound.
std::optional<Lead> lead_of(const ProfileTable& table, const Contenders& contenders,
                            const stats::Ranking& ranking) {
    std::optional<std::size_t> first;
    std::optional<std::size_t> second;
    for (std::size_t index = 0; index < table.rows.size() && !second; ++index) {
        const Row& row = table.rows[index];
        if (!row.is_bound && !is_rankable(row, table.order)) {
            continue;
        }
        if (!first) {
            first = index;
        } else if (!row.is_bound) {
            second = index;
        }
    }
    if (!second) {
        return std::nullopt;
    }
    Lead lead{*first, *second, false, {}, {}, {}};
    const Row& leader = table.rows[*first];
    if (leader.is_bound && ranking.tested > 0) {
        const auto& ahead = ranking.groups.front().bounds_ahead;
        lead.is_proven = std::find(ahead.begin(), ahead.end(), leader.server) != ahead.end();
    } else {
        lead.is_proven = first_stands_alone(ranking);
    }
    const auto compared =
        stats::compare_paired(contender_of(contenders, leader.server),
                              contender_of(contenders, table.rows[*second].server), kConfidence);
    if (compared) {
        lead.share = std::exp(compared->centre) - 1;
        if (compared->interval) {
            lead.least = std::exp(compared->interval->low) - 1;
            lead.most = std::exp(compared->interval->high) - 1;
        }
    }
    return lead;
}

std::string caption_of(const ProfileTable& table, const Contenders& contenders,
                       const stats::Ranking& ranking) {
    if (table.order == Order::p99) {
        return "Every server was offered the same load, so the request rate restates the offer: "
               "rows are in the order of their p99 and take no rank.";
    }
    if (ranking.groups.empty() || contenders.rows.size() < 2) {
        return "";
    }
    std::string caption = stats::explain(ranking);
    const bool some_bound = std::any_of(contenders.contenders.begin(), contenders.contenders.end(),
                                        [](const auto& each) { return each.is_bound; });
    if (some_bound) {
        caption +=
            ranking.tested > 0
                ? " A lower bound (≥) takes no rank; it is ahead of whom it provably exceeds."
                : " A lower bound (≥) takes no rank; it counts where it stands above others.";
    }
    return caption;
}

}  // namespace

bool competes(const Row& row, Order order) {
    return row.standing == Standing::measured && !row.lost_too_much && !row.contradicts &&
           ordering_value(row, order).has_value();
}

bool proves(const Trial& trial) {
    return trial.verdict == Verdict::client_bound || trial.verdict == Verdict::link_bound ||
           trial.verdict == Verdict::server_bound;
}

bool kept_up(const Row& row) {
    return row.verdict == Verdict::load_limited && !row.lost_too_much && !row.contradicts;
}

void rank_rows(ProfileTable& table) {
    const auto contenders = contenders_of(table);
    const auto ranking =
        stats::rank(contenders.contenders,
                    table.order == Order::p99 ? stats::Better::lower : stats::Better::higher);
    if (table.order != Order::p99) {
        std::vector<std::size_t> places;
        std::vector<Row> rows;
        const auto ranked = ranked_of(contenders, ranking);
        for (const Ranked& each : ranked) {
            places.push_back(each.row);
            rows.push_back(table.rows[each.row]);
        }
        std::sort(places.begin(), places.end());
        for (std::size_t i = 0; i < places.size(); ++i) {
            Row& row = table.rows[places[i]];
            row = std::move(rows[i]);
            row.rank = ranked[i].label;
            row.place = places[i];
            row.alone_first = i == 0 && first_stands_alone(ranking);
        }
    }
    table.contest.is_tested = ranking.tested > 0;
    table.contest.rounds_needed = ranking.rounds_needed;
    table.contest.lead = lead_of(table, contenders, ranking);
    table.ranking_caption = caption_of(table, contenders, ranking);
}

}  // namespace benchhost::report
