#include "report/table/row.hpp"

#include "core/results/contradiction.hpp"
#include "core/results/losses.hpp"
#include "report/table/books.hpp"
#include "report/table/number.hpp"
#include "report/table/row_notes.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace benchhost::report {
namespace {

using model::Outcome;
using model::Verdict;
using results::Trial;

using Timeout = std::optional<Nanoseconds>;

std::optional<Reading> reading_of(const std::optional<results::Percentile>& percentile) {
    return percentile ? std::optional(Reading{percentile->ms, percentile->at_least}) : std::nullopt;
}

std::optional<OverRounds> over_usable_readings(
    const std::vector<const Trial*>& trials,
    const std::function<std::optional<Reading>(const Trial&)>& reading_of_trial) {
    std::vector<Reading> readings;
    for (const Trial* trial : trials) {
        const auto reading = is_usable(*trial) ? reading_of_trial(*trial) : std::nullopt;
        if (reading && std::isfinite(reading->value)) {
            readings.push_back(*reading);
        }
    }
    return over_readings(std::move(readings));
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
    if (const auto ended = ended_in_windows(row.trials)) {
        row.total_requests = ended->total;
        row.failed_requests = ended->failed;
    }
    for (const Trial* trial : row.trials) {
        row.shed_requests += trial->requests ? trial->requests->shed : 0;
    }
}

void add_losses(Row& row, const results::ProfileInfo& profile) {
    row.lost_share = over_usable(row.trials, [](const Trial& trial) {
        const auto requests = results::lost_requests(trial);
        const auto connections = results::lost_connections(trial);
        return requests && connections ? std::max(requests, connections)
                                       : (requests ? requests : connections);
    });
    for (const Trial* trial : row.trials) {
        row.lost_too_much =
            row.lost_too_much || (trial->outcome == Outcome::ok && results::lost_too_much(*trial));
        row.contradicts = row.contradicts || (is_usable(*trial) && contradiction(*trial, profile));
    }
}

void add_limit(Row& row) {
    row.highest_load =
        over_usable_readings(row.trials, [](const Trial& trial) -> std::optional<Reading> {
            if (!trial.limit || !trial.limit->highest_ok) {
                return std::nullopt;
            }
            return Reading{*trial.limit->highest_ok, !trial.limit->first_failed};
        });
    for (const Trial* trial : row.trials) {
        if (trial->limit && trial->limit->first_failed) {
            const double load = *trial->limit->first_failed;
            row.first_failed_load = std::min(row.first_failed_load.value_or(load), load);
        }
    }
}

void add_sweep(Row& row, const Timeout& timeout) {
    std::size_t steps = 0;
    for (const Trial* trial : row.trials) {
        steps = std::max(steps, trial->sweep ? trial->sweep->steps.size() : 0);
    }
    row.capacity_per_s = over_usable(row.trials, [](const Trial& trial) {
        return trial.sweep ? trial.sweep->capacity_per_s : std::nullopt;
    });
    for (std::size_t step = 0; step < steps; ++step) {
        row.p99_ms_by_step.push_back(over_usable_readings(
            row.trials, [step, &timeout](const Trial& trial) -> std::optional<Reading> {
                return trial.sweep && step < trial.sweep->steps.size()
                           ? reading_of(percentile(trial.sweep->steps[step],
                                                   &results::LoadStep::p99_ms, timeout))
                           : std::nullopt;
            }));
    }
}

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

void judge(Row& row) {
    const auto measured = with_outcome(row.trials, Outcome::ok);
    const auto failed = with_outcome(row.trials, Outcome::failed);
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
}

}  // namespace

std::vector<const Trial*> with_outcome(const std::vector<const Trial*>& trials, Outcome outcome) {
    std::vector<const Trial*> found;
    std::copy_if(trials.begin(), trials.end(), std::back_inserter(found),
                 [outcome](const Trial* trial) { return trial->outcome == outcome; });
    return found;
}

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

std::optional<OverRounds> percentile_over_rounds(const std::vector<const Trial*>& trials,
                                                 double results::LatencySummary::*which,
                                                 const std::optional<Nanoseconds>& timeout) {
    return over_usable_readings(trials, [&](const Trial& trial) {
        return reading_of(results::percentile(trial, which, timeout));
    });
}

Row make_row(const results::ServerInfo& server, std::vector<const Trial*> trials,
             const results::ProfileInfo& profile, std::uint32_t planned_rounds) {
    Row row;
    row.server = server.id;
    row.label = label_of(server);
    row.rank = kUnknown;
    row.trials = std::move(trials);
    row.declared_class = class_of(server);
    add_counts(row);
    row.requests_per_s = over_usable(row.trials, &Trial::requests_per_s);
    row.p50_ms = percentile_over_rounds(row.trials, &results::LatencySummary::p50, profile.timeout);
    row.p99_ms = percentile_over_rounds(row.trials, &results::LatencySummary::p99, profile.timeout);
    row.p99_9_ms =
        percentile_over_rounds(row.trials, &results::LatencySummary::p99_9, profile.timeout);
    row.cpu_us_per_request = usage(row.trials, &results::ServerUsage::cpu_us_per_request);
    row.rss_idle_bytes = usage(row.trials, &results::ServerUsage::rss_idle_bytes);
    row.rss_peak_bytes = usage(row.trials, &results::ServerUsage::rss_peak_bytes);
    add_limit(row);
    add_sweep(row, profile.timeout);
    judge(row);
    add_losses(row, profile);
    add_notes(row, profile, planned_rounds);
    return row;
}

}  // namespace benchhost::report
