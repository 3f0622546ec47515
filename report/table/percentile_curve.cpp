#include "report/table/percentile_curve.hpp"

#include "report/table/books.hpp"
#include "report/table/row.hpp"

#include <algorithm>
#include <cmath>

namespace benchhost::report {

std::vector<CurvePoint> percentile_curve(
    const Row& row, std::optional<stats::StoredHistogram> results::Trial::*histogram,
    int most_nines, int points_per_nine) {
    const auto all = merged(row, histogram);
    const auto answered = static_cast<double>(all.count());
    const double share = answered_share(row.trials);
    std::vector<CurvePoint> points;
    for (int i = 0; answered > 0 && i <= most_nines * points_per_nine; ++i) {
        const double nines = static_cast<double>(i) / points_per_nine;
        const double beyond = std::pow(10.0, -nines);
        if (beyond * answered / share < 1 || 1 - beyond > share) {
            break;
        }
        const double of_answered = std::min(1.0, (1 - beyond) / share);
        points.push_back({nines, 1 - beyond, to_milliseconds(all.at_quantile(of_answered))});
    }
    return points;
}

}  // namespace benchhost::report
