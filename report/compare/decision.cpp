#include "report/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace benchhost::report {
const char* to_string(Change change) {
    switch (change) {
        case Change::regression:
            return "regression";
        case Change::improvement:
            return "improvement";
        case Change::no_change:
            return "no change";
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

std::string design_warning(std::size_t blocks, std::size_t cells, const Gate& gate) {
    constexpr std::size_t kMost = 64;
    const double alpha = gate.alpha / static_cast<double>(std::max<std::size_t>(1, cells));
    if (stats::least_p_of_pairs(blocks) <= alpha) {
        return "";
    }
    std::size_t needed = blocks;
    while (needed < kMost && stats::least_p_of_pairs(needed) > alpha) {
        ++needed;
    }
    return fmt::format(
        "{} blocks can never show a regression: the least p is {:.4f}, and {} gated cells at alpha "
        "{} need {:.4f}; {} blocks or more can",
        blocks, stats::least_p_of_pairs(blocks), cells, gate.alpha, alpha, needed);
}

std::vector<std::string> profiles_to_confirm(const Comparison& comparison) {
    std::vector<std::string> profiles;
    for (const ComparedCell& cell : comparison.cells) {
        const bool known =
            std::find(profiles.begin(), profiles.end(), cell.profile) != profiles.end();
        if (cell.is_gated() && cell.verdict == Change::regression && !known) {
            profiles.push_back(cell.profile);
        }
    }
    return profiles;
}

Comparison confirmed(Comparison first, const Comparison& second) {
    for (ComparedCell& cell : first.cells) {
        if (!cell.is_gated() || cell.verdict != Change::regression) {
            continue;
        }
        const auto again =
            std::find_if(second.cells.begin(), second.cells.end(), [&](const ComparedCell& other) {
                return other.profile == cell.profile && other.server == cell.server &&
                       other.metric == cell.metric;
            });
        if (again != second.cells.end() && again->verdict == Change::regression) {
            cell.why +=
                cell.why.empty() ? "confirmed by a second run" : "; confirmed by a second run";
        } else {
            cell.verdict = Change::inconclusive;
            cell.why = fmt::format(
                "a regression at first, but a second run says: {}",
                again == second.cells.end() ? "nothing measured" : to_string(again->verdict));
        }
    }
    for (const std::string& warning : second.warnings) {
        first.warnings.push_back("second run: " + warning);
    }
    return first;
}

}  // namespace benchhost::report
