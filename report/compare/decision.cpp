#include "report/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace benchhost::compare {
const char* to_string(Change change) {
    switch (change) {
        case Change::regression:
            return "regression";
        case Change::improvement:
            return "improvement";
        case Change::no_change:
            return "no change";
        case Change::no_regression:
            return "no regression";
        case Change::inconclusive:
            break;
    }
    return "inconclusive";
}

const char* to_string(Decision decision) {
    switch (decision) {
        case Decision::passed:
            return "no regression";
        case Decision::regression:
            return "regression";
        case Decision::too_noisy:
            return "machine too noisy";
        case Decision::inconclusive:
            break;
    }
    return "inconclusive";
}

Decision decide(const Comparison& comparison) {
    bool any_gated = false;
    bool regression = false;
    bool inconclusive = false;
    bool too_noisy = false;
    for (const ComparedCell& cell : comparison.cells) {
        if (!cell.is_gated()) {
            continue;
        }
        any_gated = true;
        regression = regression || cell.verdict == Change::regression;
        too_noisy = too_noisy || cell.too_noisy;
        inconclusive = inconclusive || cell.verdict == Change::inconclusive;
    }
    if (regression) {
        return Decision::regression;
    }
    if (too_noisy) {
        return Decision::too_noisy;
    }
    return inconclusive || !any_gated ? Decision::inconclusive : Decision::passed;
}

std::string design_warning(const Design& design, std::size_t cells, double alpha) {
    constexpr std::size_t kMost = 64;
    const auto least_p = [&](std::size_t rounds) {
        return design.paired ? stats::least_p_of_pairs(rounds)
                             : stats::least_p_of_samples(rounds, rounds);
    };
    const double wanted = alpha / static_cast<double>(std::max<std::size_t>(1, cells));
    if (least_p(design.rounds) <= wanted) {
        return "";
    }
    std::size_t needed = design.rounds;
    while (needed < kMost && least_p(needed) > wanted) {
        ++needed;
    }
    return fmt::format(
        "{} {} can never show a regression of rates, times or costs: the least p is {:.4f}, and {} "
        "gated cells at alpha {} need {:.4f}; {} or more can",
        design.rounds, design.paired ? "blocks" : "rounds on each side", least_p(design.rounds),
        cells, alpha, wanted, needed);
}

namespace {

// A busy machine loses requests too. What never serves, or does not exist, needs no second look,
// and no machine makes an answer wrong.
bool is_doubtful_loss(const ComparedCell& cell) {
    return cell.verdict == Change::regression && cell.head_share.value_or(1) < 1;
}

// Significantly worse, though perhaps by no more than the tolerance, or on a machine too noisy to
// tell: what another run, of twice the blocks, is to decide.
bool is_suspect(const ComparedCell& cell, double alpha) {
    if (cell.metric == model::GateMetric::failed) {
        return is_doubtful_loss(cell);
    }
    if (!cell.is_gated() || cell.verdict == Change::no_change ||
        cell.verdict == Change::no_regression || cell.verdict == Change::improvement ||
        !cell.change_low || !cell.change_high) {
        return false;
    }
    const bool is_worse =
        about(cell.metric).more_is_better ? *cell.change_high < 0 : *cell.change_low > 0;
    return cell.verdict == Change::regression || (is_worse && cell.adjusted_p.value_or(1) < alpha);
}

// `cell` is suspect; `again` is what the second run says of it, if anything.
void settle(ComparedCell& cell, const ComparedCell* again) {
    const bool was_regression = cell.verdict == Change::regression;
    const char* const second = again == nullptr ? "nothing measured" : to_string(again->verdict);
    if (again != nullptr && again->verdict == Change::regression) {
        if (!was_regression) {
            cell = *again;
        }
        cell.why += cell.why.empty() ? "" : "; ";
        cell.why += was_regression ? "confirmed by a second run"
                                   : "found by the second run, whose numbers these are";
    } else if (was_regression) {
        cell.verdict = Change::inconclusive;
        cell.why = fmt::format("a regression at first, but a second run says: {}", second);
    } else {
        cell.why += fmt::format("; a second run says: {}", second);
    }
}

}  // namespace

std::vector<std::string> profiles_to_confirm(const Comparison& comparison) {
    std::vector<std::string> profiles;
    for (const ComparedCell& cell : comparison.cells) {
        const bool known =
            std::find(profiles.begin(), profiles.end(), cell.profile) != profiles.end();
        if (is_suspect(cell, comparison.alpha) && !known) {
            profiles.push_back(cell.profile);
        }
    }
    return profiles;
}

Comparison confirmed(Comparison first, const Comparison& second) {
    for (ComparedCell& cell : first.cells) {
        if (!is_suspect(cell, first.alpha)) {
            continue;
        }
        const auto again =
            std::find_if(second.cells.begin(), second.cells.end(), [&](const ComparedCell& other) {
                return other.profile == cell.profile && other.server == cell.server &&
                       other.metric == cell.metric;
            });
        settle(cell, again == second.cells.end() ? nullptr : &*again);
    }
    for (const std::string& warning : second.warnings) {
        first.warnings.push_back("second run: " + warning);
    }
    return first;
}

}  // namespace benchhost::compare
