#include "report/compare/lost_cells.hpp"

#include "core/model/failure.hpp"
#include "core/results/losses.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace benchhost::compare {
namespace {

using model::FailureClass;
using model::GateMetric;
using model::Outcome;
using results::Trial;
using Trials = std::vector<const Trial*>;

// More invalid rounds than in the base by this share are no accident of the machine.
constexpr double kMostInvalid = 0.25;

constexpr std::array kWrong{FailureClass::malformed_answer, FailureClass::bad_status,
                            FailureClass::bad_length,       FailureClass::bad_body,
                            FailureClass::bad_header,       FailureClass::no_value};

bool is_wrong(const std::string& failure) {
    return std::any_of(kWrong.begin(), kWrong.end(),
                       [&](FailureClass each) { return model::to_string(each) == failure; });
}

using Counts = std::map<std::string, std::uint64_t>;

std::uint64_t wrong_of(const Counts& failed) {
    std::uint64_t sum = 0;
    for (const auto& [failure, count] : failed) {
        sum += is_wrong(failure) ? count : 0;
    }
    return sum;
}

/// Of the answers that came by plan or by end, whichever is more.
double wrong_share(const Trial& trial) {
    const auto share = [](const auto& books) {
        const auto wrong = wrong_of(books.failed);
        return wrong == 0 ? 0.0
                          : static_cast<double>(wrong) / static_cast<double>(books.ok + wrong);
    };
    return std::max(trial.requests ? share(*trial.requests) : 0.0,
                    trial.ended ? share(*trial.ended) : 0.0);
}

double connections_share(const Trial& trial) {
    return results::lost_connections(trial).value_or(0);
}

// What wrong answers are of it is told by the other cell.
double requests_share(const Trial& trial) {
    const double lost = results::lost_requests(trial).value_or(0);
    return std::max(0.0, lost - wrong_share(trial));
}

double lost_share(const Trial& trial) {
    return trial.outcome == Outcome::failed
               ? 1
               : std::max(requests_share(trial), connections_share(trial));
}

bool is_invalid(const Trial& trial) {
    return trial.outcome == Outcome::ok && trial.verdict == model::Verdict::invalid &&
           wrong_share(trial) <= 0;
}

bool is_known(const Trial& trial) {
    return trial.outcome == Outcome::failed || trial.verdict == model::Verdict::invalid ||
           results::lost_requests(trial) || results::lost_connections(trial);
}

Trials not_skipped(const Group& group, Arm arm) {
    Trials trials = group.of(arm);
    std::erase_if(trials, [](const Trial* trial) { return trial->outcome == Outcome::skipped; });
    return trials;
}

/// The mean over the rounds; of no rounds 0.
template <class Share>
double mean_of(const Trials& trials, Share share) {
    double sum = 0;
    for (const Trial* trial : trials) {
        sum += share(*trial);
    }
    return trials.empty() ? 0 : sum / static_cast<double>(trials.size());
}

/// The head is held against the worse of base and base again.
template <class Share>
double base_mean(const Group& group, Share share) {
    return std::max(mean_of(not_skipped(group, Arm::base), share),
                    mean_of(not_skipped(group, Arm::again), share));
}

/// The class that is counted most often in `trials`, of those that `wanted` takes.
template <class Wanted>
std::string greatest_class(const Trials& trials, Wanted wanted) {
    Counts counts;
    for (const Trial* trial : trials) {
        const auto add = [&](const Counts& failed) {
            for (const auto& [failure, count] : failed) {
                counts[failure] += wanted(failure) ? count : 0;
            }
        };
        if (trial->requests) {
            add(trial->requests->failed);
        }
        if (trial->ended) {
            add(trial->ended->failed);
        }
    }
    const auto most = std::max_element(
        counts.begin(), counts.end(),
        [](const auto& one, const auto& other) { return one.second < other.second; });
    return most == counts.end() || most->second == 0 ? "" : most->first;
}

std::string first_example(const Trials& trials, const std::string& failure) {
    for (const Trial* trial : trials) {
        const auto found = trial->first_failures.find(failure);
        if (found != trial->first_failures.end()) {
            return "; first: " + found->second;
        }
    }
    return "";
}

std::string against_base(double share) {
    return share > 0 ? share_in_words(share) + " of the base's" : "none of the base's";
}

std::string failed_rounds(const Trials& head, const Trials& base) {
    const auto failed = [](const Trial* trial) { return trial->outcome == Outcome::failed; };
    const auto first = std::find_if(head.begin(), head.end(), failed);
    return fmt::format("it failed in {} of {} rounds of head and in {} of {} of base: {}",
                       std::count_if(head.begin(), head.end(), failed), head.size(),
                       std::count_if(base.begin(), base.end(), failed), base.size(),
                       (*first)->reason.value_or("no reason was recorded"));
}

std::string invalid_rounds(const Trials& head, const Trials& base) {
    const auto invalid = [](const Trial* trial) { return is_invalid(*trial); };
    const auto first = std::find_if(head.begin(), head.end(), invalid);
    return fmt::format("{} of {} rounds of head are invalid and {} of {} of base; first: {}",
                       std::count_if(head.begin(), head.end(), invalid), head.size(),
                       std::count_if(base.begin(), base.end(), invalid), base.size(),
                       (*first)->verdict_why.value_or("no reason was recorded"));
}

std::string lost_load(const Group& group, const Trials& head) {
    const double requests = mean_of(head, requests_share);
    const double connections = mean_of(head, connections_share);
    if (connections > requests) {
        return fmt::format("{} of the head's connections never got an answer, {}",
                           share_in_words(connections),
                           against_base(base_mean(group, connections_share)));
    }
    const auto failure =
        greatest_class(head, [](const std::string& each) { return !is_wrong(each); });
    return fmt::format("{} of the head's requests were lost ({}), {}{}", share_in_words(requests),
                       failure.empty() ? "never sent or never answered" : failure,
                       against_base(base_mean(group, requests_share)),
                       first_example(head, failure));
}

std::string why_lost(const Group& group, const Trials& head, const Trials& base) {
    const auto failed = [](const Trial* trial) { return trial->outcome == Outcome::failed; };
    const bool any_failed = std::any_of(head.begin(), head.end(), failed);
    return any_failed ? failed_rounds(head, base) : lost_load(group, head);
}

ComparedCell cell_of(const std::string& profile, const std::string& server, const Gate& gate,
                     GateMetric metric) {
    ComparedCell cell;
    cell.profile = profile;
    cell.server = server;
    cell.metric = metric;
    cell.tolerance = gate.tolerance_of(metric);
    cell.verdict = Change::no_change;
    return cell;
}

/// The head lost everything, whatever else the base lost.
ComparedCell all_lost(ComparedCell cell, std::string why) {
    constexpr double kAll = 1;
    cell.head_share = kAll;
    if (cell.tolerance.value_or(kAll) < kAll) {
        cell.verdict = Change::regression;
    }
    cell.why = std::move(why);
    return cell;
}

/// The head, whose trials these are, was not measured in any round, but the base was.
ComparedCell not_measured(ComparedCell cell, const Trials& head) {
    std::string why = "the base was measured and the head was not: ";
    why += head.empty()
               ? "the head does not have it"
               : fmt::format("{} in all {} rounds: {}", to_string(head.front()->outcome),
                             head.size(), head.front()->reason.value_or("no reason recorded"));
    return all_lost(std::move(cell), std::move(why));
}

/// Without what differs from round to round: "killed by SIGSEGV while serving".
std::string kind_of_reason(const Trial& trial) {
    const auto reason = trial.reason.value_or("");
    return reason.substr(0, reason.find_first_of(":;("));
}

std::vector<double> shares_of(const Trials& trials) {
    std::vector<double> shares;
    for (const Trial* trial : trials) {
        shares.push_back(lost_share(*trial));
    }
    return shares;
}

/// Under more load than it can bear the base loses much, and never the same twice.
Change verdict_beside_losses_of_base(const Group& group, const Trials& head, double alpha) {
    const auto test = [&](Arm arm) {
        return stats::mann_whitney_test(shares_of(head), shares_of(not_skipped(group, arm))).p;
    };
    const bool again_is_worse = mean_of(not_skipped(group, Arm::again), lost_share) >
                                mean_of(not_skipped(group, Arm::base), lost_share);
    return test(again_is_worse ? Arm::again : Arm::base) < alpha ? Change::regression
                                                                 : Change::inconclusive;
}

}  // namespace

std::string share_in_words(double share) {
    constexpr double kLeastOfATenth = 0.0005;
    if (share <= 0) {
        return "none";
    }
    return share < kLeastOfATenth ? fmt::format("{:.1g} %", share * 100) : report::percent(share);
}

ComparedCell missing_cell(const std::string& profile, const std::string& server, const Gate& gate) {
    return not_measured(cell_of(profile, server, gate, GateMetric::failed), {});
}

std::optional<ComparedCell> failed_beside_base_cell(const Group& group, const Gate& gate) {
    const auto head = group.of(Arm::head);
    Trials base = group.of(Arm::base);
    const auto again = group.of(Arm::again);
    base.insert(base.end(), again.begin(), again.end());
    const auto is_own = [&](const Trial* trial) {
        return trial->outcome == Outcome::failed &&
               std::none_of(base.begin(), base.end(), [&](const Trial* other) {
                   return kind_of_reason(*other) == kind_of_reason(*trial);
               });
    };
    if (head.empty() || base.empty() || !std::all_of(head.begin(), head.end(), is_own)) {
        return std::nullopt;
    }
    constexpr const char* kUnsaid = "no reason was recorded";
    return all_lost(cell_of(group.profile, group.server, gate, GateMetric::failed),
                    fmt::format("it failed in all {} rounds of head: {}; the base was not measured "
                                "either, for another reason: {}",
                                head.size(), head.front()->reason.value_or(kUnsaid),
                                base.front()->reason.value_or(kUnsaid)));
}

std::optional<ComparedCell> failed_cell(const Group& group, const Gate& gate) {
    auto cell = cell_of(group.profile, group.server, gate, GateMetric::failed);
    const double tolerance = cell.tolerance.value_or(1);
    const auto base = not_skipped(group, Arm::base);
    const auto head = not_skipped(group, Arm::head);
    cell.base_share = base_mean(group, lost_share);
    if (!group.was_measured(Arm::head)) {
        return not_measured(std::move(cell), group.of(Arm::head));
    }
    const auto known = [](const Trial* trial) { return is_known(*trial); };
    if (std::none_of(base.begin(), base.end(), known) &&
        std::none_of(head.begin(), head.end(), known)) {
        return std::nullopt;
    }
    cell.head_share = mean_of(head, lost_share);
    const double invalid = mean_of(head, is_invalid) - base_mean(group, is_invalid);
    if (*cell.head_share - *cell.base_share > tolerance) {
        cell.verdict = *cell.base_share > tolerance
                           ? verdict_beside_losses_of_base(group, head, gate.alpha)
                           : Change::regression;
        cell.why = why_lost(group, head, base);
    } else if (invalid > std::max(kMostInvalid, tolerance)) {
        cell.verdict = Change::regression;
        cell.why = invalid_rounds(head, base);
    } else if (*cell.base_share - *cell.head_share > tolerance) {
        cell.verdict = Change::improvement;
    }
    return cell;
}

std::optional<ComparedCell> wrong_cell(const Group& group, const Gate& gate) {
    auto cell = cell_of(group.profile, group.server, gate, GateMetric::wrong);
    const auto head = not_skipped(group, Arm::head);
    const double before = base_mean(group, wrong_share);
    const double after = mean_of(head, wrong_share);
    if (before <= 0 && after <= 0) {
        return std::nullopt;
    }
    cell.base_share = before;
    cell.head_share = after;
    if (before > 0) {
        cell.tolerance = std::max(cell.tolerance, gate.tolerance_of(GateMetric::failed));
    }
    const double tolerance = cell.tolerance.value_or(1);
    if (after - before > tolerance) {
        cell.verdict = Change::regression;
        const auto failure = greatest_class(head, is_wrong);
        cell.why =
            fmt::format("{} of the head's answers were wrong ({}), {}{}", share_in_words(after),
                        failure, against_base(before), first_example(head, failure));
    } else if (before - after > tolerance) {
        cell.verdict = Change::improvement;
    }
    return cell;
}

}  // namespace benchhost::compare
