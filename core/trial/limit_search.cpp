#include "core/trial/limit_search.hpp"

#include "core/trial/offer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace benchhost::trial {
namespace {

constexpr double kStepsWithinOne = 10;
constexpr double kObjective = 0.99;
constexpr unsigned kConfirmations = 2;
// Whole users; a fraction of a request/s makes no sense either.
constexpr double kLeastLoad = 1;

}  // namespace

LimitObservation observe(const load::LoadReport& report, const model::LoadModel& model) {
    LimitObservation seen;
    seen.planned = report.books.planned;
    seen.ok = report.books.ok;
    // What began before the window and failed in it is a failure of this load as well.
    seen.failed = std::max(report.books.failed + report.books.unfinished, report.ended.failed);
    seen.not_sent = report.books.shed + report.books.unsent;
    seen.requests_per_s = report.rate();
    seen.fell_short = why_fell_short(report, model).value_or("");
    if (!report.response_time.empty()) {
        seen.p99 = report.response_time.at_quantile(kObjective);
        seen.p99_was_lost = static_cast<double>(report.books.ok) <
                            kObjective * static_cast<double>(report.books.planned);
    }
    const auto& failures = report.failures.total() >= report.ended_failures.total()
                               ? report.failures
                               : report.ended_failures;
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        if (failures.count(failure) > most) {
            most = failures.count(failure);
            seen.first_failure =
                fmt::format("{}: {}", to_string(failure), failures.example(failure));
        }
    }
    if (report.gave_up) {
        seen.first_failure = *report.gave_up;
    }
    return seen;
}

LimitSearch::LimitSearch(const model::LimitSearch& model)
    : model_(model),
      most_(std::max(kLeastLoad,
                     std::floor(model.most.value_or(std::numeric_limits<double>::infinity())))) {
    model_.start = std::max(kLeastLoad, std::round(model.start));
    model_.step = std::max(kLeastLoad, std::round(model.step));
}

double LimitSearch::resolution(double load) const {
    return std::max({kLeastLoad, std::floor(model_.step / kStepsWithinOne),
                     std::floor(load * model_.resolution)});
}

std::string LimitSearch::why_failed(const LimitObservation& seen) const {
    const std::uint64_t bad = seen.failed + seen.not_sent;
    const std::uint64_t total = std::max(seen.planned, seen.ok + bad);
    if (seen.ok == 0) {
        return seen.first_failure.empty() ? "not one right answer"
                                          : "not one right answer; " + seen.first_failure;
    }
    const double share = static_cast<double>(bad) / static_cast<double>(total);
    if (share > model_.fail_above) {
        std::string why = fmt::format("{} of {} requests failed ({:.3g} %, allowed {:.3g} %)", bad,
                                      total, share * 100, model_.fail_above * 100);
        if (seen.not_sent > 0) {
            why += fmt::format("; {} of them could not be sent, for no connection became free",
                               seen.not_sent);
        }
        return seen.first_failure.empty() ? why : why + "; " + seen.first_failure;
    }
    if (!seen.fell_short.empty()) {
        return seen.fell_short;
    }
    if (model_.slo_p99 && seen.p99_was_lost) {
        return fmt::format("p99 lies among the {} of {} requests that got no answer", bad, total);
    }
    if (model_.slo_p99 && seen.p99 && *seen.p99 > *model_.slo_p99) {
        return fmt::format("p99 was {:.3g} ms, the objective is {:.3g} ms",
                           to_milliseconds(*seen.p99), to_milliseconds(*model_.slo_p99));
    }
    return {};
}

void LimitSearch::observe(const LimitObservation& observation) {
    const auto load = next_load();
    if (!load) {
        return;
    }
    Step step;
    step.load = *load;
    step.seen = observation;
    step.why = why_failed(observation);
    step.passed = step.why.empty();
    // What failed before without being disturbed is not excused by a disturbance.
    const auto before = results_.find(*load);
    const bool failed_before =
        before != results_.end() && before->second.failed > before->second.passed;
    if (observation.not_the_server && !step.passed && !failed_before) {
        if (!ceiling_ || *load < ceiling_->load) {
            ceiling_ = Ceiling{*load, *observation.not_the_server};
        }
        step.why = observation.not_the_server->why;
    } else {
        ++(step.passed ? results_[*load].passed : results_[*load].failed);
    }
    steps_.push_back(std::move(step));
}

LimitSearch::Border LimitSearch::border() const {
    Border border;
    // Whatever passed above the lowest failure passed by luck.
    for (const auto& [load, results] : results_) {
        if (results.failed > results.passed) {
            border.failed = load;
            break;
        }
        if (results.passed > 0 && (!ceiling_ || load < ceiling_->load)) {
            border.borne = load;
        }
    }
    return border;
}

// The server has not failed at any load: the generator, the machine or the link gave out first.
bool LimitSearch::is_out_of_reach(const Border& border) const { return ceiling_ && !border.failed; }

std::optional<double> LimitSearch::undecided() const {
    for (const auto& [load, results] : results_) {
        if (results.passed == results.failed && (!ceiling_ || load < ceiling_->load)) {
            return load;
        }
    }
    return std::nullopt;
}

std::optional<double> LimitSearch::explore(const Border& border) const {
    if (!exploring_ && border.borne) {
        return std::nullopt;
    }
    const bool is_ceiling = ceiling_ && (!border.failed || ceiling_->load < *border.failed);
    const auto above = is_ceiling ? std::optional(ceiling_->load) : border.failed;
    if (!above) {
        const double increase = std::max(model_.step, *border.borne - model_.start + model_.step);
        const double next = std::min(*border.borne + increase, most_);
        return next > *border.borne ? std::optional(next) : std::nullopt;
    }
    if (!border.borne) {
        const double next = std::floor(*above / 2);
        return next >= kLeastLoad ? std::optional(next) : std::nullopt;
    }
    // Where the generator gives out is no property of the server: a step is near enough.
    const double enough = std::max(resolution(*border.borne), is_ceiling ? model_.step : 0);
    if (*above - *border.borne <= enough) {
        return std::nullopt;
    }
    return std::floor((*border.borne + *above) / 2);
}

std::optional<double> LimitSearch::confirm(const Border& border) const {
    if (border.borne && results_.at(*border.borne).passed < kConfirmations) {
        return border.borne;
    }
    if (border.failed && !is_out_of_reach(border) &&
        results_.at(*border.failed).failed < kConfirmations) {
        return border.failed;
    }
    return std::nullopt;
}

std::optional<double> LimitSearch::next_load() const {
    if (steps_.size() >= kMostSteps) {
        return std::nullopt;
    }
    if (steps_.empty()) {
        return std::min(model_.start, most_);
    }
    if (const auto load = undecided()) {
        return load;
    }
    const Border now = border();
    if (const auto load = explore(now)) {
        return load;
    }
    return confirm(now);
}

LimitSearch::Outcome LimitSearch::outcome() const {
    Outcome outcome;
    const Border found = border();
    for (const auto& [load, results] : results_) {
        if ((found.failed && load >= *found.failed) || (ceiling_ && load >= ceiling_->load)) {
            break;
        }
        if (results.passed >= kConfirmations && results.passed > results.failed) {
            outcome.highest_ok = load;
        }
    }
    if (is_out_of_reach(found)) {
        outcome.out_of_reach = ceiling_->limit.verdict;
    }
    if (found.failed && !outcome.out_of_reach &&
        results_.at(*found.failed).failed >= kConfirmations) {
        outcome.first_failed = found.failed;
    }
    if (outcome.out_of_reach) {
        outcome.why =
            fmt::format("{:.0f} could not be tried: {}", ceiling_->load, ceiling_->limit.why);
    } else if (steps_.size() >= kMostSteps) {
        outcome.why =
            fmt::format("the search ended after {} steps without a clear border", steps_.size());
    } else if (found.failed) {
        const auto step = std::find_if(steps_.rbegin(), steps_.rend(), [&](const Step& each) {
            return each.load == *found.failed && !each.passed;
        });
        outcome.why = step->why;
    } else if (!exploring_) {
        outcome.why = fmt::format("no time was left to try more than {:.0f}",
                                  results_.empty() ? 0 : results_.rbegin()->first);
    } else if (!steps_.empty()) {
        outcome.why = fmt::format("{:.0f} is the most that may be tried", most_);
    }
    return outcome;
}

}  // namespace benchhost::trial
