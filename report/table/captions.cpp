#include "report/table/captions.hpp"

#include "core/base/units.hpp"
#include "core/model/load_model.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace benchhost::report {
namespace {

using model::Verdict;

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

bool is_at_least(const std::optional<OverRounds>& value) { return value && value->at_least; }

bool some_percentile_is_bound(const Row& row) {
    return is_at_least(row.p50_ms) || is_at_least(row.p99_ms) || is_at_least(row.p99_9_ms) ||
           std::any_of(row.p99_ms_by_step.begin(), row.p99_ms_by_step.end(), is_at_least);
}

std::string percentile_caption(const ProfileTable& table) {
    const bool some_known = std::any_of(table.rows.begin(), table.rows.end(), [](const Row& row) {
        return row.p50_ms || row.p99_ms ||
               std::any_of(row.p99_ms_by_step.begin(), row.p99_ms_by_step.end(),
                           [](const auto& p99) { return p99.has_value(); });
    });
    if (!some_known) {
        return "";
    }
    std::string text = "Percentiles are of the answered requests";
    if (std::any_of(table.rows.begin(), table.rows.end(), some_percentile_is_bound)) {
        text += "; one with ≥ lies among those that were lost";
    }
    return text + ".";
}

const char* limit_in_words(const std::set<std::optional<Verdict>>& verdicts) {
    if (verdicts == std::set<std::optional<Verdict>>{Verdict::client_bound}) {
        return "the load generator";
    }
    if (verdicts == std::set<std::optional<Verdict>>{Verdict::link_bound}) {
        return "the link";
    }
    return verdicts.count(Verdict::link_bound) > 0 ? "the load generator, the machine or the link"
                                                   : "the load generator or the machine";
}

// Servers that differ do not come out alike, unless something before them is the limit.
std::string alike_caption(const ProfileTable& table) {
    constexpr double kAlike = 1.015;
    double least = 0;
    double most = 0;
    std::size_t measured = 0;
    std::set<std::optional<Verdict>> verdicts;
    for (const Row& row : table.rows) {
        if (row.standing != Standing::measured || !row.requests_per_s) {
            continue;
        }
        if (row.verdict == Verdict::server_bound) {
            return "";
        }
        const double rate = row.requests_per_s->median;
        least = measured == 0 ? rate : std::min(least, rate);
        most = std::max(most, rate);
        ++measured;
        verdicts.insert(row.verdict);
    }
    const bool is_offer = model::offers_all_the_same(results::load_name(table.profile.load));
    if (table.order != Order::requests_per_s || is_offer || measured < 2 ||
        !(most <= least * kAlike)) {
        return "";
    }
    return fmt::format(
        "All {} servers came out alike within 1.5 %, and of none is it known that it was its own "
        "limit: {} was the limit, and these rows do not compare the servers.",
        measured, limit_in_words(verdicts));
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
        case Verdict::link_bound:
            return "link-bound: the way to the server was the limit, the server can do more.";
        case Verdict::machine_bound:
            return "machine-bound: other work on the machine, shared cores or a quota spoilt the "
                   "numbers.";
        case Verdict::load_limited:
            return "load-limited: the server answered all that it was asked, its limit is not "
                   "known.";
        case Verdict::invalid:
            return "invalid: wrong answers, or counts that contradict each other, so no rate and "
                   "no "
                   "time is shown.";
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

std::string heading(const ProfileTable& table) {
    std::string text = table.profile.name;
    if (const auto asked = results::asked_in_words(table.profile); !asked.empty()) {
        text += ": " + asked;
    }
    if (!table.profile.description.empty()) {
        text += ", " + table.profile.description;
    }
    return text;
}

std::vector<std::string> captions(const ProfileTable& table) {
    std::vector<std::string> sentences;
    for (std::string sentence :
         {alike_caption(table), table.ranking_caption, numbers_caption(table),
          percentile_caption(table), memory_caption(table), verdict_caption(table)}) {
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
