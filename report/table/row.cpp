#include "report/table/row.hpp"

#include "report/table/number.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

namespace benchhost::report {
namespace {

using model::Outcome;
using model::Verdict;
using results::Trial;

std::optional<OverRounds> percentile(const std::vector<const Trial*>& trials,
                                     double results::LatencySummary::*which) {
    return over_usable(trials, [which](const Trial& trial) {
        return trial.response_time_ms ? std::optional(*trial.response_time_ms.*which)
                                      : std::nullopt;
    });
}

template <class Field>
std::optional<OverRounds> usage(const std::vector<const Trial*>& trials, Field which) {
    return over_usable(trials, [which](const Trial& trial) -> std::optional<double> {
        const bool known = trial.server_usage && (*trial.server_usage).*which;
        return known ? std::optional(static_cast<double>(*((*trial.server_usage).*which)))
                     : std::nullopt;
    });
}

void add_counts(Row& row) {
    for (const Trial* trial : row.trials) {
        if (!trial->requests) {
            continue;
        }
        row.total_requests = row.total_requests.value_or(0) + trial->requests->sent;
        row.failed_requests = row.failed_requests.value_or(0) + trial->requests->failed_total();
        row.shed_requests += trial->requests->shed;
    }
}

void add_limit(Row& row) {
    row.highest_load = over_usable(row.trials, [](const Trial& trial) {
        return trial.limit ? trial.limit->highest_ok : std::nullopt;
    });
    for (const Trial* trial : row.trials) {
        if (trial->limit && trial->limit->first_failed) {
            const double load = *trial->limit->first_failed;
            row.first_failed_load = std::min(row.first_failed_load.value_or(load), load);
        }
    }
}

void add_sweep(Row& row) {
    std::size_t steps = 0;
    for (const Trial* trial : row.trials) {
        steps = std::max(steps, trial->sweep ? trial->sweep->steps.size() : 0);
    }
    row.capacity_per_s = over_usable(row.trials, [](const Trial& trial) {
        return trial.sweep ? trial.sweep->capacity_per_s : std::nullopt;
    });
    for (std::size_t step = 0; step < steps; ++step) {
        row.p99_ms_by_step.push_back(
            over_usable(row.trials, [step](const Trial& trial) -> std::optional<double> {
                return trial.sweep && step < trial.sweep->steps.size()
                           ? trial.sweep->steps[step].p99_ms
                           : std::nullopt;
            }));
    }
}

// From the one to be told first when two stand for equally many rounds.
constexpr std::array kGravestFirst{Verdict::invalid,       Verdict::client_bound,
                                   Verdict::machine_bound, Verdict::not_known,
                                   Verdict::load_limited,  Verdict::server_bound};

struct VerdictCount {
    Verdict verdict = Verdict::invalid;
    std::size_t rounds = 0;
};

// Server-bound only by a strict majority: then the median stands on rounds that the server
// decided.
std::optional<VerdictCount> verdict_of(const std::vector<const Trial*>& measured) {
    std::map<Verdict, std::size_t> counts;
    for (const Trial* trial : measured) {
        if (trial->verdict) {
            ++counts[*trial->verdict];
        }
    }
    if (counts.empty()) {
        return std::nullopt;
    }
    if (counts[Verdict::server_bound] * 2 > measured.size()) {
        return VerdictCount{Verdict::server_bound, counts[Verdict::server_bound]};
    }
    VerdictCount most;
    for (const Verdict verdict : kGravestFirst) {
        if (verdict != Verdict::server_bound && counts[verdict] > most.rounds) {
            most = {verdict, counts[verdict]};
        }
    }
    return most.rounds > 0 ? std::optional(most) : std::nullopt;
}

std::string share(std::size_t count, std::size_t all) {
    return count == all ? "" : fmt::format(" {}/{}", count, all);
}

std::string class_of(const results::ServerInfo& server) {
    const auto found = server.details.find("class");
    return found == server.details.end() ? "" : found->second;
}

std::string label_of(const results::ServerInfo& server) {
    const auto is_blank = [](const std::string& text) {
        return text.find_first_not_of(" \t\r\n") == std::string::npos;
    };
    auto name = server.name.value_or(server.id);
    if (is_blank(name)) {
        name = is_blank(server.id) ? "(no name)" : server.id;
    }
    const auto version = server.version.value_or("");
    return is_blank(version) ? name : fmt::format("{} {}", name, version);
}

std::vector<const Trial*> with_outcome(const std::vector<const Trial*>& trials, Outcome outcome) {
    std::vector<const Trial*> found;
    std::copy_if(trials.begin(), trials.end(), std::back_inserter(found),
                 [outcome](const Trial* trial) { return trial->outcome == outcome; });
    return found;
}

std::string rounds_in_words(const std::vector<std::uint32_t>& rounds, std::size_t all) {
    if (rounds.size() == all) {
        return all == 1 ? "" : fmt::format(" in all {} rounds", all);
    }
    return fmt::format(" in round{} {}", rounds.size() == 1 ? "" : "s", fmt::join(rounds, ", "));
}

// The same reason in several rounds is told once.
void add_reasons(Row& row, const std::vector<const Trial*>& trials, const std::string& what) {
    std::vector<std::pair<std::string, std::vector<std::uint32_t>>> reasons;
    for (const Trial* trial : trials) {
        std::string reason = trial->reason.value_or("no reason was recorded");
        if (trial->stage) {
            reason = fmt::format("{}: {}", *trial->stage, reason);
        }
        const auto known = std::find_if(reasons.begin(), reasons.end(),
                                        [&](const auto& entry) { return entry.first == reason; });
        if (known != reasons.end()) {
            known->second.push_back(trial->round);
        } else {
            reasons.push_back({reason, {trial->round}});
        }
    }
    for (const auto& [reason, rounds] : reasons) {
        row.notes.push_back(
            fmt::format("{}{}: {}", what, rounds_in_words(rounds, row.trials.size()), reason));
    }
}

void add_verdict_reasons(Row& row, const std::vector<const Trial*>& measured) {
    std::map<Verdict, std::pair<std::vector<std::uint32_t>, std::string>> reasons;
    for (const Trial* trial : measured) {
        if (trial->verdict && *trial->verdict != Verdict::server_bound) {
            auto& [rounds, why] = reasons[*trial->verdict];
            rounds.push_back(trial->round);
            if (why.empty()) {
                why = trial->verdict_why.value_or("");
            }
        }
    }
    for (const Verdict verdict : kGravestFirst) {
        const auto found = reasons.find(verdict);
        if (found != reasons.end()) {
            const auto& [rounds, why] = found->second;
            row.notes.push_back(fmt::format("{}{}{}", to_string(verdict),
                                            rounds_in_words(rounds, row.trials.size()),
                                            why.empty() ? "" : ": " + why));
        }
    }
}

void add_request_notes(Row& row) {
    std::map<std::string, std::uint64_t> classes;
    std::map<std::string, std::string> first;
    for (const Trial* trial : row.trials) {
        if (trial->requests) {
            for (const auto& [name, count] : trial->requests->failed) {
                classes[name] += count;
            }
        }
        first.insert(trial->first_failures.begin(), trial->first_failures.end());
    }
    for (const auto& [name, count] : classes) {
        const auto seen = first.find(name);
        row.notes.push_back(fmt::format("{} requests failed: {}{}", grouped(count), name,
                                        seen == first.end() ? "" : ", first: " + seen->second));
    }
    if (row.shed_requests > 0) {
        row.notes.push_back(
            fmt::format("{} requests were due but never sent, because all "
                        "connections were busy and the queue was full",
                        grouped(row.shed_requests)));
    }
}

/// What the suite noticed of the trials themselves, such as a server that did not stop.
void add_trial_notes(Row& row, const std::vector<const Trial*>& measured) {
    for (const Trial* trial : measured) {
        for (const std::string& note : trial->notes) {
            if (std::find(row.notes.begin(), row.notes.end(), note) == row.notes.end()) {
                row.notes.push_back(note);
            }
        }
    }
}

std::string unit_of(const results::LimitFound& limit) {
    return limit.of == "rate" ? "requests/s" : limit.of;
}

void add_limit_note(Row& row) {
    for (const Trial* trial : row.trials) {
        if (!trial->limit || trial->limit->why.empty()) {
            continue;
        }
        const auto& limit = *trial->limit;
        if (row.first_failed_load && limit.first_failed == row.first_failed_load) {
            row.notes.push_back(fmt::format("failed at {} {}: {}", rounded(*row.first_failed_load),
                                            unit_of(limit), limit.why));
            return;
        }
        if (!row.first_failed_load && limit.highest_ok) {
            row.notes.push_back(fmt::format("bears at least {} {}; more was not tried",
                                            rounded(*limit.highest_ok), unit_of(limit)));
            return;
        }
    }
}

/// The rates of a sweep that were not wholly answered, or that something else disturbed.
void add_sweep_notes(Row& row) {
    for (const Trial* trial : row.trials) {
        if (!trial->sweep) {
            continue;
        }
        for (const auto& step : trial->sweep->steps) {
            if (!step.why.empty()) {
                row.notes.push_back(
                    fmt::format("round {}, at {}: {}", trial->round, step_label(step), step.why));
            }
        }
    }
}

void judge(Row& row) {
    const auto measured = with_outcome(row.trials, Outcome::ok);
    const auto failed = with_outcome(row.trials, Outcome::failed);
    const auto skipped = with_outcome(row.trials, Outcome::skipped);
    const std::size_t all = row.trials.size();
    const auto most = verdict_of(measured);
    if (most) {
        row.verdict = most->verdict;
        row.verdict_text = to_string(most->verdict) + share(most->rounds, all);
    } else {
        row.verdict_text = kUnknown;
    }
    if (!failed.empty()) {
        row.standing = Standing::failed;
        row.verdict_text = "failed" + share(failed.size(), all);
    } else if (measured.empty()) {
        row.standing = Standing::skipped;
        row.verdict_text = "skipped";
    } else if (row.verdict == Verdict::invalid) {
        row.standing = Standing::invalid;
    }
    add_reasons(row, failed, "failed");
    add_reasons(row, skipped, "skipped");
    add_verdict_reasons(row, measured);
    add_trial_notes(row, measured);
}

}  // namespace

std::string step_label(const results::LoadStep& step) {
    return step.share ? fmt::format("{:.4g} %", *step.share * 100) : rounded(step.load) + "/s";
}

bool is_usable(const Trial& trial) {
    return trial.outcome == Outcome::ok && trial.verdict != Verdict::invalid;
}

std::optional<OverRounds> over_usable(
    const std::vector<const Trial*>& trials,
    const std::function<std::optional<double>(const Trial&)>& value_of) {
    std::vector<double> values;
    for (const Trial* trial : trials) {
        const auto value = is_usable(*trial) ? value_of(*trial) : std::nullopt;
        if (value && std::isfinite(*value)) {
            values.push_back(*value);
        }
    }
    return over_rounds(std::move(values));
}

stats::StoredHistogram merged(const Row& row,
                              std::optional<stats::StoredHistogram> Trial::*histogram) {
    stats::Histogram all;
    for (const Trial* trial : row.trials) {
        if (is_usable(*trial) && trial->*histogram) {
            all.merge(*(trial->*histogram));
        }
    }
    return all;
}

Row make_row(const results::ServerInfo& server, std::vector<const Trial*> trials,
             std::uint32_t planned_rounds) {
    Row row;
    row.server = server.id;
    row.label = label_of(server);
    row.rank = kUnknown;
    row.trials = std::move(trials);
    row.declared_class = class_of(server);
    add_counts(row);
    row.requests_per_s = over_usable(row.trials, &Trial::requests_per_s);
    row.p50_ms = percentile(row.trials, &results::LatencySummary::p50);
    row.p99_ms = percentile(row.trials, &results::LatencySummary::p99);
    row.p99_9_ms = percentile(row.trials, &results::LatencySummary::p99_9);
    row.cpu_us_per_request = usage(row.trials, &results::ServerUsage::cpu_us_per_request);
    row.rss_idle_bytes = usage(row.trials, &results::ServerUsage::rss_idle_bytes);
    row.rss_peak_bytes = usage(row.trials, &results::ServerUsage::rss_peak_bytes);
    add_limit(row);
    add_sweep(row);
    judge(row);
    if (row.trials.size() < planned_rounds) {
        row.notes.push_back(
            fmt::format("{} of {} rounds were run", row.trials.size(), planned_rounds));
    }
    add_limit_note(row);
    add_sweep_notes(row);
    add_request_notes(row);
    return row;
}

}  // namespace benchhost::report
