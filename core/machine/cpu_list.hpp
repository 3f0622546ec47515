// Lists of processors as the kernel writes them.
#pragma once

#include <string>
#include <vector>

namespace benchhost::machine {

/// "0-3,7"
std::string format_cpu_list(std::vector<unsigned> cpus);
/// The reverse, as the kernel writes it in /sys; what is no number is left out.
std::vector<unsigned> parse_cpu_list(const std::string& text);

/// The processors that this process may use.
std::vector<unsigned> allowed_cpus();

}  // namespace benchhost::machine
