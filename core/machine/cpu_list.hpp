// Lists of processors as the kernel writes them.
#pragma once

#include "core/base/result.hpp"

#include <string>
#include <vector>

namespace benchhost::machine {

/// "0-3,7"
std::string format_cpu_list(std::vector<unsigned> cpus);
/// The reverse, as the kernel writes it in /sys; what is no number is left out.
std::vector<unsigned> parse_cpu_list(const std::string& text);

/// The processors that this process may use.
std::vector<unsigned> allowed_cpus();

/// The error (code usage) names one of `wanted` that is not among `ours`.
Status check_ours(const std::vector<unsigned>& wanted, const std::vector<unsigned>& ours);

}  // namespace benchhost::machine
