#include "report/compare/judge.hpp"

#include "report/compare/left_out.hpp"
#include "report/compare/lost_cells.hpp"
#include "report/table/number.hpp"
#include "report/table/row.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace benchhost::compare {
namespace {

constexpr double kPower = 0.8;
constexpr std::size_t kMostRounds = 1000;  // more is no advice

double deviation_of(const std::vector<double>& values) {
    if (values.size() < 2) {
        return 0;
    }
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    const double mean = sum / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double student_quantile(double freedom, double probability) {
    return boost::math::quantile(boost::math::students_t(freedom), probability);
}

// How many standard errors a change must measure to be found with kPower at a two-sided `alpha`.
double standard_errors_to_find(double freedom, double alpha) {
    return student_quantile(freedom, 1 - alpha / 2) + student_quantile(freedom, kPower);
}

struct TestDesign {
    bool paired;
    double deviation;
    double alpha;  // of one test of the family
};

double least_p(const TestDesign& design, std::size_t rounds) {
    return design.paired ? stats::least_p_of_pairs(rounds)
                         : stats::least_p_of_samples(rounds, rounds);
}

// On the log scale; absent when so few rounds can never be significant.
std::optional<double> detectable(const TestDesign& design, std::size_t rounds) {
    if (rounds < 2 || least_p(design, rounds) > design.alpha) {
        return std::nullopt;
    }
    const auto n = static_cast<double>(rounds);
    const double freedom = design.paired ? n - 1 : 2 * n - 2;
    const double standard_error = design.deviation * std::sqrt((design.paired ? 1 : 2) / n);
    return standard_error * standard_errors_to_find(freedom, design.alpha);
}

// More rounds always find more, so the border is found by halving.
std::optional<std::size_t> rounds_needed(const TestDesign& design, double tolerance) {
    const auto enough = [&](std::size_t rounds) {
        const auto change = detectable(design, rounds);
        return change && *change <= std::log1p(tolerance);
    };
    if (!(tolerance > 0) || !enough(kMostRounds)) {
        return std::nullopt;
    }
    std::size_t too_few = 1;
    std::size_t needed = kMostRounds;
    while (needed - too_few > 1) {
        const std::size_t middle = too_few + (needed - too_few) / 2;
        (enough(middle) ? needed : too_few) = middle;
    }
    return needed;
}

// Positive is worse.
double worsening(double change, model::GateMetric metric) {
    return about(metric).more_is_better ? -change : change;
}

Change verdict_of(const ComparedCell& cell, double tolerance, double p, double alpha) {
    if (!cell.change_low || !cell.change_high) {
        return Change::inconclusive;
    }
    const double one = worsening(*cell.change_low, cell.metric);
    const double other = worsening(*cell.change_high, cell.metric);
    const double best = std::min(one, other);
    const double worst = std::max(one, other);
    if (p < alpha && best > tolerance) {
        return Change::regression;
    }
    if (p < alpha && worst < -tolerance) {
        return Change::improvement;
    }
    if (worst > tolerance) {
        return Change::inconclusive;
    }
    return best >= -tolerance ? Change::no_change : Change::no_regression;
}

// What base against itself shows is no change: where it differs by more than the tolerance, the
// machine is no witness. That it may do so, by its interval, takes nothing from a change whose own
// interval, under the same noise, lies wholly beyond the tolerance.
void mistrust_noise(ComparedCell& cell) {
    if (!cell.is_gated() || !cell.noise) {
        return;
    }
    const double seen = std::abs(*cell.noise);
    const double most = std::max(
        {seen, std::abs(cell.noise_low.value_or(0)), std::abs(cell.noise_high.value_or(0))});
    if (seen > *cell.tolerance) {
        cell.too_noisy = true;
        cell.verdict = Change::inconclusive;
        cell.why =
            fmt::format("too noisy: base against itself differs by {}", report::percent(seen));
    } else if (most > *cell.tolerance && cell.verdict == Change::inconclusive) {
        cell.too_noisy = true;
        cell.why =
            fmt::format("too noisy: base against itself may differ by {}", report::percent(most));
    }
}

void advise(ComparedCell& cell, const LogDifference& difference, const TestDesign& design) {
    if (difference.freedom > 0 && difference.test.least_p <= design.alpha) {
        cell.detectable = std::expm1(difference.deviation * difference.sample_factor *
                                     standard_errors_to_find(difference.freedom, design.alpha));
    }
    if (cell.tolerance && difference.freedom > 0) {
        cell.rounds_needed = rounds_needed(design, *cell.tolerance);
    }
    if (cell.verdict != Change::inconclusive || !cell.why.empty()) {
        return;
    }
    const char* const unit = design.paired ? "pairs" : "rounds on each side";
    if (!cell.detectable) {
        cell.why = fmt::format("too few {} for any change to be significant", unit);
    } else {
        cell.why =
            fmt::format("this run finds changes of {} or more", report::percent(*cell.detectable));
    }
    if (cell.rounds_needed) {
        cell.why += fmt::format("; {} {} would find one of {}", *cell.rounds_needed, unit,
                                report::percent(*cell.tolerance));
    }
}

}  // namespace

LogDifference difference_of_pairs(const std::vector<double>& differences, double alpha) {
    LogDifference result;
    if (differences.empty()) {
        return result;
    }
    const auto n = static_cast<double>(differences.size());
    result.centre = stats::centre_of_pairs(differences);
    result.interval = stats::interval_of_pairs(differences, 1 - alpha);
    result.test = stats::sign_flip_test(differences);
    result.deviation = deviation_of(differences);
    result.sample_factor = std::sqrt(1 / n);
    result.freedom = n - 1;
    return result;
}

LogDifference difference_of_samples(const std::vector<double>& base,
                                    const std::vector<double>& head, double alpha) {
    LogDifference result;
    if (base.empty() || head.empty()) {
        return result;
    }
    const auto m = static_cast<double>(base.size());
    const auto n = static_cast<double>(head.size());
    result.centre = stats::centre_of_samples(head, base);
    result.interval = stats::interval_of_samples(head, base, 1 - alpha);
    result.test = stats::mann_whitney_test(head, base);
    result.freedom = m + n - 2;
    if (result.freedom > 0) {
        const double base_deviation = deviation_of(base);
        const double head_deviation = deviation_of(head);
        result.deviation = std::sqrt(((m - 1) * base_deviation * base_deviation +
                                      (n - 1) * head_deviation * head_deviation) /
                                     result.freedom);
    }
    result.sample_factor = std::sqrt(1 / m + 1 / n);
    return result;
}

void describe(ComparedCell& cell, const LogDifference& difference) {
    if (!difference.centre) {
        return;
    }
    cell.change = std::expm1(*difference.centre);
    cell.p = difference.test.p;
    if (difference.interval) {
        cell.change_low = std::expm1(difference.interval->low);
        cell.change_high = std::expm1(difference.interval->high);
        cell.confidence = difference.interval->confidence;
    }
}

namespace {

/// Gives every tested cell its verdict. `differences` belong to `comparison.cells`.
void judge(Comparison& comparison, const std::vector<LogDifference>& differences) {
    std::vector<double> family;
    for (const ComparedCell& cell : comparison.cells) {
        if (cell.is_gated() && cell.p) {
            family.push_back(*cell.p);
        }
    }
    const auto adjusted = stats::holm(family);
    std::size_t next = 0;
    for (std::size_t i = 0; i < comparison.cells.size(); ++i) {
        ComparedCell& cell = comparison.cells[i];
        if (!cell.p) {
            continue;
        }
        const bool gated = cell.is_gated();
        if (gated) {
            cell.adjusted_p = adjusted[next++];
        }
        cell.verdict = verdict_of(cell, cell.tolerance.value_or(0),
                                  gated ? *cell.adjusted_p : *cell.p, comparison.alpha);
        const double tests = gated ? static_cast<double>(family.size()) : 1;
        mistrust_noise(cell);
        advise(cell, differences[i],
               {comparison.paired, differences[i].deviation, comparison.alpha / tests});
    }
}

// A round of 99 requests has no p99.
bool has_too_few_requests(const Group& group, model::GateMetric metric) {
    const bool is_percentile = metric == model::GateMetric::p99 || metric == model::GateMetric::p50;
    return is_percentile &&
           std::any_of(group.members.begin(), group.members.end(), [&](const auto& member) {
               const auto& trial = *member.trial;
               return report::is_usable(trial) && was_free(trial) && trial.response_time_ms &&
                      !comparable_value(trial, metric, member.timeout);
           });
}

struct Builder {
    Comparison comparison;
    std::vector<LogDifference> differences;
    const Gate& gate;
    const Differ& differ;

    void add(ComparedCell cell, const LogDifference& difference = {}) {
        comparison.cells.push_back(std::move(cell));
        differences.push_back(difference);
    }
    void add_counted(const Group& group, model::GateMetric metric) {
        auto cell = metric == model::GateMetric::failed ? failed_cell(group, gate)
                                                        : wrong_cell(group, gate);
        if (cell) {
            add(std::move(*cell));
        }
    }
    void add_tested(const Group& group, model::GateMetric metric) {
        if (!group.was_measured(Arm::head)) {
            return;  // said once, by what was lost
        }
        ComparedCell cell;
        cell.profile = group.profile;
        cell.server = group.server;
        cell.metric = metric;
        cell.tolerance = gate.tolerance_of(metric);
        const auto difference = differ(group, cell);
        describe(cell, difference);
        if (!difference.centre && has_too_few_requests(group, metric)) {
            cell.why += ": too few requests a round for this percentile";
        }
        if (cell.base || cell.head || cell.is_gated()) {
            add(std::move(cell), difference);
        }
    }
};

}  // namespace

Comparison compare_groups(Comparison outline, const std::vector<Group>& groups, const Gate& gate,
                          const Differ& differ) {
    Builder builder{std::move(outline), {}, gate, differ};
    builder.comparison.alpha = gate.alpha;
    builder.differences.resize(builder.comparison.cells.size());
    for (const bool gated : {true, false}) {
        for (const Group& group : groups) {
            if (!group.base_was_measured()) {
                if (auto cell = gated ? failed_beside_base_cell(group, gate) : std::nullopt) {
                    builder.add(std::move(*cell));
                }
                continue;  // there is nothing that the head could be slower than
            }
            for (const auto& [metric, name] : model::kGateMetrics) {
                if (gate.tolerance_of(metric).has_value() != gated) {
                    continue;
                }
                if (about(metric).tested) {
                    builder.add_tested(group, metric);
                } else {
                    builder.add_counted(group, metric);
                }
            }
        }
    }
    judge(builder.comparison, builder.differences);
    for (const Group& group : groups) {
        if (!group.base_was_measured()) {
            builder.comparison.warnings.push_back(
                fmt::format("{} under {} was not measured in base, so nothing is compared",
                            group.server, group.profile));
        }
    }
    for (auto& sentence : left_out(groups)) {
        builder.comparison.warnings.push_back(std::move(sentence));
    }
    return std::move(builder.comparison);
}

}  // namespace benchhost::compare
