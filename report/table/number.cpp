#include "report/table/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::report {
namespace {

constexpr double kLargestGrouped = 1e15;

}  // namespace

std::string rounded(double value) {
    if (!std::isfinite(value)) {
        return kUnknown;
    }
    if (value < 0) {
        return "-" + rounded(-value);
    }
    if (value >= kLargestGrouped) {
        return fmt::format("{:.2e}", value);
    }
    if (value >= 99.95) {
        return grouped(static_cast<std::uint64_t>(std::llround(value)));
    }
    if (value >= 9.995) {
        return fmt::format("{:.1f}", value);
    }
    if (value >= 0.9995) {
        return fmt::format("{:.2f}", value);
    }
    if (value >= 0.00995 || value == 0) {
        return value == 0 ? "0" : fmt::format("{:.3f}", value);
    }
    const int decimals = 1 - static_cast<int>(std::floor(std::log10(value)));
    return decimals > 9 ? fmt::format("{:.1e}", value) : fmt::format("{:.{}f}", value, decimals);
}

std::string grouped(const std::optional<std::uint64_t>& value) {
    return value ? grouped(*value) : kUnknown;
}

std::string rounded(const std::optional<double>& value) {
    return value ? rounded(*value) : kUnknown;
}

std::string percent(double share) {
    const double value = share * 100;
    if (!std::isfinite(value)) {
        return kUnknown;
    }
    return std::abs(value) >= 99.95 ? rounded(value) + " %" : fmt::format("{:.1f} %", value);
}

std::string signed_percent(double share) {
    // "-0.0" would claim a direction that the digits do not show.
    const std::string text = percent(share);
    if (text == "-0.0 %" || text == "0.0 %") {
        return "0.0 %";
    }
    return share > 0 && std::isfinite(share) ? "+" + text : text;
}

std::string mebibytes(std::optional<double> bytes) {
    if (!bytes) {
        return kUnknown;
    }
    const double value = *bytes / (1024.0 * 1024.0);
    return value > 0 && value < 0.01 ? "<0.01" : rounded(value);
}

std::string exact(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

}  // namespace benchhost::report
