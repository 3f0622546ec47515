#include "core/machine/cpu_list.hpp"

#include "core/base/cpu_mask.hpp"
#include "core/base/units.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <sstream>

namespace benchhost::machine {

std::string format_cpu_list(std::vector<unsigned> cpus) {
    std::sort(cpus.begin(), cpus.end());
    std::string text;
    for (std::size_t first = 0; first < cpus.size();) {
        std::size_t last = first;
        while (last + 1 < cpus.size() && cpus[last + 1] <= cpus[last] + 1) {
            ++last;
        }
        text += text.empty() ? "" : ",";
        text += cpus[first] == cpus[last] ? std::to_string(cpus[first])
                                          : fmt::format("{}-{}", cpus[first], cpus[last]);
        first = last + 1;
    }
    return text;
}

std::vector<unsigned> parse_cpu_list(const std::string& text) {
    std::vector<unsigned> cpus;
    std::istringstream ranges(text);
    for (std::string range; std::getline(ranges, range, ',');) {
        const auto dash = range.find('-');
        const auto first = parse_count(range.substr(0, dash), 0, CpuMask::kCpus - 1);
        const auto last = dash == std::string::npos
                              ? first
                              : parse_count(range.substr(dash + 1), 0, CpuMask::kCpus - 1);
        if (first && last) {
            for (auto cpu = *first; cpu <= *last; ++cpu) {
                cpus.push_back(static_cast<unsigned>(cpu));
            }
        }
    }
    return cpus;
}

std::vector<unsigned> allowed_cpus() {
    CpuMask mask;
    std::vector<unsigned> cpus;
    if (::sched_getaffinity(0, CpuMask::size(), mask.get()) == 0) {
        for (unsigned cpu = 0; cpu < CpuMask::kCpus; ++cpu) {
            if (mask.has(cpu)) {
                cpus.push_back(cpu);
            }
        }
    }
    return cpus;
}

Status check_ours(const std::vector<unsigned>& wanted, const std::vector<unsigned>& ours) {
    for (const unsigned cpu : wanted) {
        if (std::find(ours.begin(), ours.end(), cpu) == ours.end()) {
            return Error{ErrorCode::usage,
                         fmt::format("processor {} is not ours to use; there are {}", cpu,
                                     format_cpu_list(ours))};
        }
    }
    return {};
}

}  // namespace benchhost::machine
