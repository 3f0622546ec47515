// HdrHistogram's percentile distribution in milliseconds, as its own plotter reads it: a file a
// cell, all rounds together. It is of the answered requests; a line says how many others there
// were.
#include "report/formats/exports/cells.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/table/books.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace benchhost::report::exports {
namespace {

constexpr double kTicksPerHalfDistance = 5;

struct Bucket {
    double value_ms;
    std::uint64_t count;
};

std::vector<Bucket> buckets_of(const stats::StoredHistogram& histogram) {
    std::vector<Bucket> buckets;
    histogram.for_each_bucket([&](Nanoseconds highest, std::uint64_t count) {
        buckets.push_back({to_milliseconds(std::min(highest, histogram.max())), count});
    });
    return buckets;
}

double deviation_of(const std::vector<Bucket>& buckets, double mean_ms, std::uint64_t total) {
    double sum = 0;
    for (const Bucket& bucket : buckets) {
        const double distance = bucket.value_ms - mean_ms;
        sum += distance * distance * static_cast<double>(bucket.count);
    }
    return std::sqrt(sum / static_cast<double>(total));
}

// The next level to report: five between each halving of the distance to 1.
double next_level(double level) {
    const double halvings = std::floor(std::log2(1 / (1 - level))) + 1;
    return level + 1 / (kTicksPerHalfDistance * std::exp2(halvings));
}

std::string distribution(const stats::StoredHistogram& histogram) {
    const auto buckets = buckets_of(histogram);
    const auto total = histogram.count();
    std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                   "TotalCount", "1/(1-Percentile)");
    double level = 0;
    std::uint64_t reached = 0;
    for (const Bucket& bucket : buckets) {
        reached += bucket.count;
        const double share = static_cast<double>(reached) / static_cast<double>(total);
        // Beyond 1 - 2^-53 no level can be told from the next.
        while (reached < total && level <= share && next_level(level) > level) {
            text += fmt::format("{:12.6f} {:.12f} {:10d} {:14.2f}\n", bucket.value_ms, level,
                                reached, 1 / (1 - level));
            level = next_level(level);
        }
    }
    text += fmt::format("{:12.6f} {:.12f} {:10d}\n", to_milliseconds(histogram.max()), 1.0, total);
    const double mean_ms = histogram.mean_ns() / 1e6;
    text += fmt::format("#[Mean    = {:12.6f}, StdDeviation   = {:12.6f}]\n", mean_ms,
                        deviation_of(buckets, mean_ms, total));
    text += fmt::format("#[Max     = {:12.6f}, Total count    = {:12d}]\n",
                        to_milliseconds(histogram.max()), total);
    text += fmt::format("#[Buckets = {:12d}, SubBuckets     = {:12d}]\n", 32, 2048);
    return text;
}

std::string lost_line(const Row& row) {
    const double lost = 1 - answered_share(row.trials);
    return lost > 0 ? fmt::format("#[Lost    = {:12.6f}, Share of all that was due]\n", lost) : "";
}

}  // namespace

Documents hgrm(const results::ResultSet& results) {
    Documents documents;
    std::set<std::string> names;
    const auto tables = make_tables(results);
    for_each_measured(tables, [&](const ProfileTable& table, const Row& row) {
        const auto histogram = merged(row, &results::Trial::histogram);
        if (histogram.empty()) {
            return;
        }
        const std::string base =
            file_name_part(table.profile.name) + "." + file_name_part(row.server);
        std::string name = base;
        for (int copy = 2; !names.insert(name).second; ++copy) {
            name = fmt::format("{}-{}", base, copy);  // two names that differ only in odd letters
        }
        documents.push_back({name + ".hgrm", distribution(histogram) + lost_line(row)});
    });
    return documents;
}

}  // namespace benchhost::report::exports
