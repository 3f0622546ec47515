#include "core/process/limits.hpp"

#include "core/base/cpu_mask.hpp"
#include "core/machine/cpu_list.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

namespace benchhost::process {
namespace {

Status set_cpus(const std::vector<unsigned>& cpus) {
    CpuMask mask;
    for (const unsigned cpu : cpus) {
        mask.add(cpu);
    }
    if (::sched_setaffinity(0, CpuMask::size(), mask.get()) != 0) {
        return system_error(ErrorCode::environment,
                            fmt::format("cannot run the server on processors {} (we may use {})",
                                        machine::format_cpu_list(cpus),
                                        machine::format_cpu_list(machine::allowed_cpus())),
                            errno);
    }
    const auto now = machine::allowed_cpus();
    for (const unsigned cpu : cpus) {
        if (std::find(now.begin(), now.end(), cpu) == now.end()) {
            return Error{ErrorCode::environment,
                         fmt::format("processor {} does not exist or is not ours to use; the "
                                     "server would get only {}",
                                     cpu, machine::format_cpu_list(now))};
        }
    }
    return {};
}

std::string raise_nofile(std::uint64_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    // Raising the hard limit takes a privilege; without it the soft one is raised up to it.
    const rlimit both{wanted, std::max<rlim_t>(wanted, limit.rlim_max)};
    if (::setrlimit(RLIMIT_NOFILE, &both) != 0) {
        const rlimit soft{std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &soft);
    }
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return std::to_string(limit.rlim_cur);
}

}  // namespace

Result<std::map<std::string, std::string>> apply_limits(const model::ProcessLimits& limits) {
    std::map<std::string, std::string> in_force;
    if (!limits.cpus.empty()) {
        if (auto set = set_cpus(limits.cpus); !set) {
            return set.error();
        }
    }
    in_force["cpus"] = machine::format_cpu_list(machine::allowed_cpus());
    if (limits.nofile) {
        in_force["nofile"] = raise_nofile(*limits.nofile);
    } else {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        in_force["nofile"] = std::to_string(limit.rlim_cur);
    }
    return in_force;
}

}  // namespace benchhost::process
