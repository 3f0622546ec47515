#include "report/table/row_notes.hpp"

#include "core/results/contradiction.hpp"
#include "core/results/losses.hpp"
#include "report/table/books.hpp"
#include "report/table/number.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace benchhost::report {
namespace {

using model::Outcome;
using model::Verdict;
using results::Trial;

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
    const auto ended = ended_in_windows(row.trials);
    std::map<std::string, std::string> first;
    for (const Trial* trial : row.trials) {
        first.insert(trial->first_failures.begin(), trial->first_failures.end());
    }
    for (const auto& [name, count] : ended ? ended->by_class : Ended{}.by_class) {
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

/// The round that lost the greatest share.
const Trial* worst_round(const Row& row) {
    const Trial* worst = nullptr;
    double most = 0;
    for (const Trial* trial : row.trials) {
        const double lost = std::max(results::lost_requests(*trial).value_or(0),
                                     results::lost_connections(*trial).value_or(0));
        if (trial->outcome == Outcome::ok && lost > most) {
            worst = trial;
            most = lost;
        }
    }
    return worst;
}

/// What was lost without being a failed request of the window, and what was no loss.
void add_loss_notes(Row& row) {
    std::vector<std::uint32_t> too_many;
    std::uint64_t throughout = 0;
    std::uint64_t asked_again = 0;
    for (const Trial* trial : row.trials) {
        if (trial->outcome == Outcome::ok && results::lost_too_much(*trial)) {
            too_many.push_back(trial->round);
        }
        throughout += trial->ended ? trial->ended->throughout : 0;
        asked_again += trial->connections ? trial->connections->asked_again.value_or(0) : 0;
    }
    const std::size_t all = row.trials.size();
    const Trial* const worst = worst_round(row);
    if (!too_many.empty() && row.standing != Standing::invalid) {
        row.notes.push_back(fmt::format("no rank, more than {:.0f} % was lost{}: {}{}",
                                        results::kMostLost * 100, rounds_in_words(too_many, all),
                                        results::losses_in_words(*worst),
                                        all == 1 ? "" : fmt::format(" in round {}", worst->round)));
    } else if (worst != nullptr && results::lost_connections(*worst).value_or(0) > 0) {
        row.notes.push_back(fmt::format("{} of {} connections never got an answer{}",
                                        grouped(*worst->connections->never_answered),
                                        grouped(*worst->connections->asked),
                                        rounds_in_words({worst->round}, all)));
    }
    if (throughout > 0) {
        row.notes.push_back(
            fmt::format("{} requests were under way all through the window", grouped(throughout)));
    }
    if (asked_again > 0) {
        row.notes.push_back(
            fmt::format("{} requests were asked again, because the server had closed the kept "
                        "connection before they came: no failures",
                        grouped(asked_again)));
    }
}

void add_contradiction(Row& row, const results::ProfileInfo& profile) {
    for (const Trial* trial : row.trials) {
        const auto wrong = is_usable(*trial) ? results::contradiction(*trial, profile)
                                             : std::optional<std::string>();
        if (wrong) {
            row.notes.push_back(fmt::format("no rank, its figures contradict each other{}: {}",
                                            rounds_in_words({trial->round}, row.trials.size()),
                                            *wrong));
            return;
        }
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
        // Why more was not tried is told with the verdict, where that is not the server's.
        const bool is_told = trial->verdict != Verdict::server_bound && trial->verdict_why;
        if (!row.first_failed_load && limit.highest_ok && !is_told) {
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

}  // namespace

void add_notes(Row& row, const results::ProfileInfo& profile, std::uint32_t planned_rounds) {
    const auto measured = with_outcome(row.trials, Outcome::ok);
    add_reasons(row, with_outcome(row.trials, Outcome::failed), "failed");
    add_reasons(row, with_outcome(row.trials, Outcome::skipped), "skipped");
    add_verdict_reasons(row, measured);
    add_trial_notes(row, measured);
    if (row.trials.size() < planned_rounds) {
        row.notes.push_back(
            fmt::format("{} of {} rounds were run", row.trials.size(), planned_rounds));
    }
    add_contradiction(row, profile);
    add_limit_note(row);
    add_sweep_notes(row);
    add_loss_notes(row);
    add_request_notes(row);
}

}  // namespace benchhost::report
