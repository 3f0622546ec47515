#include "report/table/captions.hpp"

#include "core/base/units.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace benchhost::report {
namespace {

using model::Verdict;

std::string leading_value(const ProfileTable& table, const Row& row) {
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

std::string leader_by_p99(const ProfileTable& table) {
    const Row& first = table.rows.front();
    if (first.standing != Standing::measured || !first.p99_ms) {
        return "no server has a p99";
    }
    return fmt::format("{} has the lowest p99, {}", first.label, leading_value(table, first));
}

std::string leader_by_rank(const ProfileTable& table) {
    std::vector<const Row*> ranked;
    for (const Row& row : table.rows) {
        if (row.place) {
            ranked.push_back(&row);
        }
    }
    if (ranked.empty()) {
        return "no server could be ranked";
    }
    const Row& first = *ranked.front();
    const std::string value = leading_value(table, first);
    if (ranked.size() == 1) {
        return table.rows.size() == 1
                   ? fmt::format("{}: {}", first.label, value)
                   : fmt::format("only {} could be ranked, with {}", first.label, value);
    }
    const auto sharing = std::count_if(ranked.begin(), ranked.end(),
                                       [&](const Row* row) { return row->rank == first.rank; });
    if (sharing > 1) {
        return fmt::format("{} servers share the first place, at best {} by {}", sharing, value,
                           first.label);
    }
    // One that was not the limit of its own numbers may stand above all that are ranked.
    const bool others = std::any_of(table.rows.begin(), table.rows.end(), [](const Row& row) {
        return row.standing == Standing::measured && !row.place;
    });
    if (first.alone_first) {
        return fmt::format("{} leads{} with {}", first.label, others ? " the ranked" : "", value);
    }
    return fmt::format("{} has the best {}median, {}", first.label, others ? "ranked " : "", value);
}

std::size_t count(const ProfileTable& table, bool (*predicate)(const Row&)) {
    return static_cast<std::size_t>(std::count_if(table.rows.begin(), table.rows.end(), predicate));
}

const char* ordered_value_in_words(Order order) {
    switch (order) {
        case Order::p99:
            return "p99";
        case Order::highest_load:
            return "highest load";
        case Order::requests_per_s:
            break;
    }
    return "request rate";
}

std::string numbers_caption(const ProfileTable& table) {
    if (table.rounds < 2) {
        return "One round: how much another one would differ is not known. A dash is a number "
               "that is not known.";
    }
    return fmt::format(
        "Total and failed requests are sums over the rounds, every other number is the median of "
        "{} rounds; ± is half the range of the {} over the rounds. A dash is a number that is not "
        "known.",
        table.rounds, ordered_value_in_words(table.order));
}

// Some servers (uWSGI, for one) reserve memory for as many files as they may open.
std::string memory_caption(const ProfileTable& table) {
    std::set<std::uint64_t> limits;
    for (const Row& row : table.rows) {
        for (const results::Trial* trial : row.trials) {
            const auto limit = trial->effective_limits.find("nofile");
            const auto number = limit == trial->effective_limits.end()
                                    ? Result<std::uint64_t>(Error{})
                                    : parse_count(limit->second, 0, UINT64_MAX);
            if (number && trial->server_usage && trial->server_usage->rss_peak_bytes) {
                limits.insert(*number);
            }
        }
    }
    if (limits.empty()) {
        return "";
    }
    const auto range = limits.size() == 1 ? grouped(*limits.begin())
                                          : fmt::format("{} to {}", grouped(*limits.begin()),
                                                        grouped(*limits.rbegin()));
    return fmt::format(
        "RSS is that under a limit of {} open files, to which some servers fit their memory.",
        range);
}

const char* explanation_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::client_bound:
            return "client-bound: the load generator was the limit, the server can do more.";
        case Verdict::machine_bound:
            return "machine-bound: other work on the machine, shared cores or a quota spoilt the "
                   "numbers.";
        case Verdict::load_limited:
            return "load-limited: the server answered all that it was asked, its limit is not "
                   "known.";
        case Verdict::invalid:
            return "invalid: wrong answers, or counts that contradict each other, so no number is "
                   "shown.";
        case Verdict::not_known:
            return "not-known: the window was too short to tell what the limit was.";
        case Verdict::server_bound:
            break;
    }
    return "server-bound: the server was the limit.";
}

std::string verdict_caption(const ProfileTable& table) {
    std::set<Verdict> occurring;
    for (const Row& row : table.rows) {
        const bool judged = row.standing == Standing::measured || row.standing == Standing::invalid;
        if (judged && row.verdict && row.verdict != Verdict::server_bound) {
            occurring.insert(*row.verdict);
        }
    }
    std::string text;
    for (const Verdict verdict : occurring) {
        text += fmt::format("{}{}", text.empty() ? "" : " ", explanation_of(verdict));
    }
    return text;
}

}  // namespace

std::string headline(const ProfileTable& table) {
    if (table.rows.empty()) {
        return "nothing was measured";
    }
    const bool by_p99 = table.order == Order::p99;
    std::string sentence = by_p99 ? leader_by_p99(table) : leader_by_rank(table);
    const auto add = [&sentence](std::size_t number, const char* what) {
        if (number > 0) {
            sentence += fmt::format("; {} {}", number, what);
        }
    };
    add(count(table, [](const Row& row) { return row.standing == Standing::failed; }), "failed");
    add(count(table, [](const Row& row) { return row.standing == Standing::skipped; }), "skipped");
    if (by_p99) {
        add(count(table,
                  [](const Row& row) {
                      return row.standing == Standing::measured &&
                             row.verdict == Verdict::server_bound;
                  }),
            "could not keep up with the load");
        return sentence;
    }
    add(count(table,
              [](const Row& row) {
                  return (row.standing == Standing::measured ||
                          row.standing == Standing::invalid) &&
                         row.verdict && row.verdict != Verdict::server_bound;
              }),
        "not limited by the server");
    return sentence;
}

std::string heading(const ProfileTable& table) {
    std::string text = table.profile.name;
    if (!table.profile.route.empty()) {
        text += ": /" + table.profile.route;
    }
    if (!table.profile.description.empty()) {
        text += ", " + table.profile.description;
    }
    return text;
}

std::vector<std::string> captions(const ProfileTable& table) {
    std::vector<std::string> sentences;
    for (std::string sentence : {table.ranking_caption, numbers_caption(table),
                                 memory_caption(table), verdict_caption(table)}) {
        if (!sentence.empty()) {
            sentences.push_back(std::move(sentence));
        }
    }
    return sentences;
}

std::vector<std::string> notes(const ProfileTable& table) {
    std::vector<std::pair<std::string, std::string>> labels_by_note;
    for (const Row& row : table.rows) {
        for (const std::string& note : row.notes) {
            const auto known = std::find_if(labels_by_note.begin(), labels_by_note.end(),
                                            [&](const auto& entry) { return entry.first == note; });
            if (known == labels_by_note.end()) {
                labels_by_note.emplace_back(note, row.label);
            } else {
                known->second += ", " + row.label;
            }
        }
    }
    std::vector<std::string> lines;
    for (const auto& [note, labels] : labels_by_note) {
        lines.push_back(labels + ": " + note);
    }
    return lines;
}

}  // namespace benchhost::report
