// Numbers as people read them in a report.
#pragma once

#include "core/base/units.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace benchhost::report {

/// What stands where nothing is known.
inline constexpr const char* kUnknown = "–";

using benchhost::grouped;  ///< 1,234,567

/// About three significant digits: "0.041" "0.412" "12.3" "1,234" "1.50e+18". Not a number: "–".
std::string rounded(double value);

std::string grouped(const std::optional<std::uint64_t>& value);
std::string rounded(const std::optional<double>& value);

/// A share as a percentage: 0.0123 -> "1.2 %"; signed: "+1.2 %".
std::string percent(double share);
std::string signed_percent(double share);

/// Mebibytes without the unit.
std::string mebibytes(std::optional<double> bytes);

/// The shortest decimal that reads back as the same double, for machines; never "nan" or "inf":
/// those are an empty string.
std::string exact(double value);

}  // namespace benchhost::report
