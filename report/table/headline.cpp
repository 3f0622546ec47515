#include "report/table/captions.hpp"
#include "report/table/number.hpp"
#include "report/table/ranking.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace benchhost::report {
namespace {

using model::Verdict;

std::string value_of(const ProfileTable& table, const Row& row) {
    const std::string value = rounded(ordering_value(row, table.order)->median);
    switch (table.order) {
        case Order::highest_load:
            return fmt::format("{} {}", value, table.load_unit);
        case Order::p99:
            return fmt::format("{} ms", value);
        case Order::requests_per_s:
            break;
    }
    return fmt::format("{} requests/s", value);
}

using Rows = std::vector<const Row*>;

// Why the order of those that compete was not tested, and what it takes.
std::string not_tested(const ProfileTable& table) {
    const auto needed = table.contest.rounds_needed;
    const std::string rounds =
        fmt::format("{} round{}", table.rounds, table.rounds == 1 ? "" : "s");
    return needed > table.rounds
               ? fmt::format("order not tested: {}, --repeats {} would do", rounds, needed)
               : fmt::format("order not tested: too few of the {} have a value of each", rounds);
}

std::string percents(double share) {
    const double value = share * 100;
    return std::abs(value) < 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

// "12 % (9.0 to 15 %)": of a p99 by how much it is below.
std::string by_how_much(const Lead& lead) {
    if (!lead.share) {
        return "";
    }
    const double sign = *lead.share < 0 ? -1 : 1;
    const auto share = percents(*lead.share * sign);
    if (!lead.least || !lead.most) {
        return share + " %";
    }
    const auto [low, high] = std::minmax({*lead.least * sign, *lead.most * sign});
    return fmt::format("{} % ({} to {} %)", share, percents(low), percents(high));
}

// Those of which no more is known than a lower bound, and those that take a rank.
struct Competitors {
    Rows bounds, ranked;
};

Competitors competitors_of(const ProfileTable& table) {
    Competitors found;
    for (const Row& row : table.rows) {
        if (row.is_bound) {
            found.bounds.push_back(&row);
        } else if (row.place) {
            found.ranked.push_back(&row);
        }
    }
    return found;
}

// Of the bounds, how many stand above the first that is ranked.
std::size_t above_the_ranked(const Competitors& found) {
    if (found.ranked.empty()) {
        return found.bounds.size();
    }
    return static_cast<std::size_t>(
        std::count_if(found.bounds.begin(), found.bounds.end(),
                      [&](const Row* row) { return row < found.ranked.front(); }));
}

std::string why_bound(const ProfileTable& table, const Row& row) {
    if (row.verdict == Verdict::client_bound) {
        return "the load generator was the limit";
    }
    if (row.verdict == Verdict::link_bound) {
        return "the link was the limit";
    }
    return table.order == Order::highest_load ? "more was not tried" : "it was not the limit";
}

std::string sureness(const ProfileTable& table) {
    const auto& contest = table.contest;
    if (!contest.is_tested) {
        return contest.rounds_needed == 0 ? "" : "; " + not_tested(table);
    }
    return contest.lead && !contest.lead->is_proven ? "; the rounds cannot tell the first apart"
                                                    : "";
}

// A search: who bears how much, and where the best of those fails that do.
std::string bounds_first_by_load(const ProfileTable& table, const Competitors& found) {
    const Row& first = *found.bounds.front();
    const std::size_t others = above_the_ranked(found) - 1;
    std::string text = fmt::format("{} bears at least {} ({})", first.label, value_of(table, first),
                                   why_bound(table, first));
    if (others > 0) {
        text += fmt::format("; nor is the limit of {} more known", others);
    }
    if (found.ranked.empty()) {
        return text;
    }
    const Row& best = *found.ranked.front();
    const std::string load = rounded(best.highest_load->median);
    text += found.ranked.size() == 1 ? fmt::format("; {} fails above {}", best.label, load)
                                     : fmt::format("; of {} that failed, {} bears the most, {}",
                                                   found.ranked.size(), best.label, load);
    return text + sureness(table);
}

std::string bounds_first(const ProfileTable& table, const Competitors& found) {
    if (table.order == Order::highest_load) {
        return bounds_first_by_load(table, found);
    }
    const Row& first = *found.bounds.front();
    if (table.rows.size() == 1) {
        return fmt::format("{}: at least {} ({})", first.label, value_of(table, first),
                           why_bound(table, first));
    }
    const std::size_t others = above_the_ranked(found) - 1;
    if (found.ranked.empty()) {
        return fmt::format("who is fastest cannot be said: {} does at least {} ({}){}", first.label,
                           value_of(table, first), why_bound(table, first),
                           others > 0 ? fmt::format(", and so it was for {} more", others) : "");
    }
    const bool is_open =
        table.contest.is_tested && table.contest.lead && !table.contest.lead->is_proven;
    std::string text =
        fmt::format("{}{} at least {} ({})",
                    is_open ? "" : "fastest: ", first.label + (is_open ? " does" : ","),
                    value_of(table, first), why_bound(table, first));
    if (others > 0) {
        text += fmt::format("; so it was for {} more, whose order is not known", others);
    }
    const Row& best = *found.ranked.front();
    text += fmt::format("; best of those measured to their limit: {}, {}", best.label,
                        value_of(table, best));
    return text + sureness(table);
}

// What a bound that stands below the leader leaves open.
std::string open_question(const ProfileTable& table, const Competitors& found) {
    if (found.bounds.empty()) {
        return "";
    }
    const Row& first = *found.bounds.front();
    return found.bounds.size() == 1
               ? fmt::format("; {} may do better than its {} ({})", first.label,
                             value_of(table, first), why_bound(table, first))
               : fmt::format("; {} others may do better than their lower bounds",
                             found.bounds.size());
}

std::string ranked_first(const ProfileTable& table, const Competitors& found) {
    const Row& first = *found.ranked.front();
    const std::string value = value_of(table, first);
    const auto& contest = table.contest;
    if (first.alone_first && contest.lead) {
        return fmt::format("{} leads by {} with {}", first.label, by_how_much(*contest.lead),
                           value) +
               open_question(table, found);
    }
    const auto sharing = std::count_if(found.ranked.begin(), found.ranked.end(),
                                       [&](const Row* row) { return row->rank == first.rank; });
    if (contest.is_tested && sharing > 1) {
        return fmt::format(
                   "{} servers share the first place, at best {} by {}; {} rounds cannot "
                   "tell them apart",
                   sharing, value, first.label, table.rounds) +
               open_question(table, found);
    }
    return fmt::format("{} has the best median, {}", first.label, value) + sureness(table) +
           open_question(table, found);
}

// Somebody was measured to his limit, and nobody can be compared with him.
std::string alone(const ProfileTable& table, const Row& row) {
    if (table.rows.size() == 1) {
        return fmt::format("{}: {}", row.label, value_of(table, row));
    }
    return fmt::format("who is first cannot be said: only {}, with {}, was measured to its limit",
                       row.label, value_of(table, row));
}

std::string nobody(const ProfileTable& table) {
    const Row& first = table.rows.front();
    if (table.rows.size() == 1 && first.standing == Standing::measured &&
        ordering_value(first, table.order)) {
        return fmt::format("{}: {}, which does not tell what it can do", first.label,
                           value_of(table, first));
    }
    if (std::none_of(table.rows.begin(), table.rows.end(),
                     [](const Row& row) { return row.standing == Standing::measured; })) {
        return "no server could be measured";
    }
    return table.order == Order::highest_load
               ? "who bears the most cannot be said"
               : "who is fastest cannot be said: no row tells how fast its server is";
}

std::string by_rank(const ProfileTable& table) {
    const auto found = competitors_of(table);
    if (found.ranked.empty() && found.bounds.empty()) {
        return nobody(table);
    }
    if (above_the_ranked(found) > 0) {
        return bounds_first(table, found);
    }
    return found.ranked.size() == 1 && found.bounds.empty() ? alone(table, *found.ranked.front())
                                                            : ranked_first(table, found);
}

std::string by_p99(const ProfileTable& table) {
    const Row& first = table.rows.front();
    if (!kept_up(first)) {
        return "no server answered all that it was asked";
    }
    if (!competes(first, table.order) || first.p99_ms->at_least) {
        return "no server answered enough for a p99";
    }
    std::string text =
        fmt::format("{} has the lowest p99, {}", first.label, value_of(table, first));
    const auto& contest = table.contest;
    if (!contest.lead) {
        return text;
    }
    const std::string& second = table.rows[contest.lead->second].label;
    if (contest.lead->is_proven) {
        return text + fmt::format(", {} below {}", by_how_much(*contest.lead), second);
    }
    return text + fmt::format("; {}: ", second) +
           value_of(table, table.rows[contest.lead->second]) + sureness(table);
}

struct Reason {
    const char* words;
    bool (*applies)(const Row& row);
};

// Each row is counted under the first that applies.
constexpr std::array<Reason, 10> kWithoutRank{{
    {"failed", [](const Row& row) { return row.standing == Standing::failed; }},
    {"skipped", [](const Row& row) { return row.standing == Standing::skipped; }},
    {"invalid", [](const Row& row) { return row.standing == Standing::invalid; }},
    {"lost too much", [](const Row& row) { return row.lost_too_much; }},
    {"with contradicting figures", [](const Row& row) { return row.contradicts; }},
    {"client-bound", [](const Row& row) { return row.verdict == Verdict::client_bound; }},
    {"link-bound", [](const Row& row) { return row.verdict == Verdict::link_bound; }},
    {"machine-bound", [](const Row& row) { return row.verdict == Verdict::machine_bound; }},
    {"load-limited", [](const Row& row) { return row.verdict == Verdict::load_limited; }},
    {"of unknown limit (a longer window would tell)",
     [](const Row& row) { return row.verdict == Verdict::not_known; }},
}};

bool stands_in_the_headline(const ProfileTable& table, const Row& row) {
    return table.order == Order::p99 ? kept_up(row) : row.is_bound || row.place.has_value();
}

// Of whom the sentence says nothing, and why.
std::string left_out(const ProfileTable& table) {
    std::array<std::size_t, kWithoutRank.size()> counts{};
    std::size_t behind = 0;
    for (const Row& row : table.rows) {
        if (stands_in_the_headline(table, row)) {
            continue;
        }
        if (table.order == Order::p99 && row.standing == Standing::measured &&
            row.verdict == Verdict::server_bound) {
            ++behind;
            continue;
        }
        const auto why = std::find_if(kWithoutRank.begin(), kWithoutRank.end(),
                                      [&](const Reason& reason) { return reason.applies(row); });
        if (why != kWithoutRank.end()) {
            ++counts.at(static_cast<std::size_t>(why - kWithoutRank.begin()));
        } else {
            behind += row.verdict == Verdict::server_bound ? 1 : 0;
        }
    }
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts.at(i) > 0) {
            parts.push_back(fmt::format("{} {}", counts.at(i), kWithoutRank.at(i).words));
        }
    }
    if (behind > 0) {
        parts.push_back(fmt::format("{} {}", behind,
                                    table.order == Order::p99 ? "could not keep up with the load"
                                    : table.order == Order::highest_load
                                        ? "failed at the least load"
                                        : "without a rate"));
    }
    return parts.empty() ? "" : fmt::format("; {}", fmt::join(parts, ", "));
}

}  // namespace

std::string headline(const ProfileTable& table) {
    if (table.rows.empty()) {
        return "nothing was measured";
    }
    return (table.order == Order::p99 ? by_p99(table) : by_rank(table)) + left_out(table);
}

}  // namespace benchhost::report
