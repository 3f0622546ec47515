#include "core/machine/cpu_quota.hpp"

#include "core/machine/proc_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace benchhost::machine {
namespace {

namespace fs = std::filesystem;

std::optional<double> quota_of(const fs::path& folder, int version) {
    if (version == 2) {
        return parse_cpu_max(read_proc((folder / "cpu.max").string()).value_or(""));
    }
    // Version 1 says "none" by -1.
    return parse_cpu_max(read_proc((folder / "cpu.cfs_quota_us").string()).value_or("") + " " +
                         read_proc((folder / "cpu.cfs_period_us").string()).value_or(""));
}

std::string name_below(const fs::path& mount, const fs::path& folder) {
    const auto below = folder.lexically_relative(mount);
    return below.empty() || below == "." ? "/" : "/" + below.string();
}

}  // namespace

std::optional<QuotaUse> parse_quota_use(const std::string& cpu_stat) {
    QuotaUse use;
    bool told = false;
    std::istringstream words(cpu_stat);
    std::string key;
    for (std::uint64_t value = 0; words >> key >> value;) {
        if (key == "nr_periods") {
            use.periods = value;
            told = true;
        } else if (key == "nr_throttled") {
            use.stopped_periods = value;
        } else if (key == "throttled_usec") {
            use.stopped = std::chrono::microseconds(value);
        } else if (key == "throttled_time") {
            use.stopped = Nanoseconds(value);
        }
    }
    return told ? std::optional(use) : std::nullopt;
}

std::optional<double> parse_cpu_max(const std::string& cpu_max) {
    std::istringstream words(cpu_max);
    double quota = 0;
    double period = 0;
    if (!(words >> quota >> period) || quota <= 0 || period <= 0) {
        return std::nullopt;
    }
    return quota / period;
}

std::vector<CpuQuota> quotas_from(const GroupLocation& location) {
    std::vector<CpuQuota> quotas;
    for (fs::path folder = location.group;; folder = folder.parent_path()) {
        if (const auto cpus = quota_of(folder, location.version)) {
            quotas.push_back(
                {name_below(location.mount, folder), *cpus,
                 parse_quota_use(read_proc((folder / "cpu.stat").string()).value_or(""))});
        }
        if (folder == location.mount || !folder.has_relative_path()) {
            return quotas;
        }
    }
}

std::vector<CpuQuota> cpu_quotas(pid_t pid) {
    const auto location =
        locate_group("cpu", read_proc(fmt::format("/proc/{}/cgroup", pid)).value_or(""),
                     read_proc("/proc/self/mountinfo").value_or(""));
    return location ? quotas_from(*location) : std::vector<CpuQuota>();
}

std::optional<CpuQuota> tightest(const std::vector<CpuQuota>& quotas) {
    const auto least =
        std::min_element(quotas.begin(), quotas.end(),
                         [](const auto& one, const auto& other) { return one.cpus < other.cpus; });
    return least == quotas.end() ? std::nullopt : std::optional(*least);
}

}  // namespace benchhost::machine
