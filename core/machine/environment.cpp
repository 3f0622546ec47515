#include "core/machine/environment.hpp"

#include "core/machine/cpu_list.hpp"
#include "core/machine/cpu_quota.hpp"
#include "core/machine/file_hash.hpp"
#include "core/machine/network_limits.hpp"
#include "core/machine/proc_file.hpp"
#include "core/machine/topology.hpp"

#include <Poco/Version.h>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

namespace benchhost::machine {
namespace {

using Facts = std::map<std::string, std::string>;

void add_file(Facts& facts, const std::string& name, const char* path) {
    if (auto line = read_proc_line(path)) {
        facts[name] = *line;
    }
}

/// The value after "key : " in a file of such lines (/proc/cpuinfo, /proc/meminfo).
std::optional<std::string> value_in(const std::string& text, const std::string& key) {
    const auto at = text.find(key);
    const auto colon = at == std::string::npos ? at : text.find(':', at);
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    const auto begin = text.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos
               ? std::nullopt
               : std::optional(text.substr(begin, text.find('\n', begin) - begin));
}

void add_processor(Facts& facts) {
    if (const auto cpuinfo = read_proc("/proc/cpuinfo")) {
        if (auto model = value_in(*cpuinfo, "model name")) {
            facts["cpu_model"] = *model;
        }
        facts["virtualised"] = cpuinfo->find("hypervisor") != std::string::npos ? "yes" : "no";
    }
    facts["cpus"] = std::to_string(std::thread::hardware_concurrency());
    const auto allowed = allowed_cpus();
    if (allowed.size() < std::thread::hardware_concurrency()) {
        facts["cpus_allowed"] = format_cpu_list(allowed);
    }
    if (auto kinds = describe_kinds(read_topology()); !kinds.empty()) {
        facts["cpu_kinds"] = std::move(kinds);
    }
    add_file(facts, "cpu_governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    add_file(facts, "turbo_off", "/sys/devices/system/cpu/intel_pstate/no_turbo");
    add_file(facts, "smt", "/sys/devices/system/cpu/smt/control");
    add_file(facts, "clock_source",
             "/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

/// What bounds benchhost itself and, unless they get groups of their own, its servers.
void add_control_group(Facts& facts) {
    const auto groups = read_proc("/proc/self/cgroup").value_or("");
    const auto mounts = read_proc("/proc/self/mountinfo").value_or("");
    if (const auto memory = locate_group("memory", groups, mounts)) {
        const auto limit = read_proc_line(
            memory->group / (memory->version == 1 ? "memory.limit_in_bytes" : "memory.max"));
        // Version 1 says "none" by a number near 2^63, rounded to pages.
        constexpr double kNone = 9e18;
        if (limit && *limit != "max" && std::strtod(limit->c_str(), nullptr) < kNone) {
            facts["cgroup_memory"] = *limit + " bytes";
        }
    }
    const auto quotas = cpu_quotas(::getpid());
    if (const auto least = tightest(quotas)) {
        facts["cgroup_cpu"] = fmt::format("{:.3g} processors", least->cpus);
        // Apart, because a scope has another name in each run.
        auto& named = facts["cgroup_cpu_groups"];
        for (const auto& quota : quotas) {
            named += fmt::format("{}{:.3g} processors in group {}", named.empty() ? "" : "; ",
                                 quota.cpus, quota.group);
        }
    }
}

void add_memory(Facts& facts) {
    const auto meminfo = read_proc("/proc/meminfo");
    if (!meminfo) {
        return;
    }
    for (const auto& [name, key] :
         {std::pair("memory", "MemTotal"), std::pair("memory_available", "MemAvailable"),
          std::pair("swap", "SwapTotal")}) {
        if (auto value = value_in(*meminfo, key)) {
            facts[name] = *value;
        }
    }
    add_file(facts, "transparent_hugepages", "/sys/kernel/mm/transparent_hugepage/enabled");
}

void add_software(Facts& facts) {
    facts["compiler"] = fmt::format("{} ({})", BENCHHOST_COMPILER, BENCHHOST_BUILD_TYPE);
    facts["libraries"] =
        fmt::format("Boost {}.{}.{}, Poco {}.{}.{}, fmt {}.{}.{}", BOOST_VERSION / 100000,
                    BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100, POCO_VERSION >> 24U,
                    POCO_VERSION >> 16U & 0xffU, POCO_VERSION >> 8U & 0xffU, FMT_VERSION / 10000,
                    FMT_VERSION / 100 % 100, FMT_VERSION % 100);
    if (auto hash = sha256_of("/proc/self/exe")) {
        facts["benchhost_sha256"] = *hash;
    }
}

void add_network(Facts& facts) {
    add_file(facts, "somaxconn", "/proc/sys/net/core/somaxconn");
    add_file(facts, "ip_local_port_range", "/proc/sys/net/ipv4/ip_local_port_range");
    add_file(facts, "tcp_max_syn_backlog", "/proc/sys/net/ipv4/tcp_max_syn_backlog");
    add_file(facts, "tcp_fin_timeout", "/proc/sys/net/ipv4/tcp_fin_timeout");
    add_file(facts, "tcp_tw_reuse", "/proc/sys/net/ipv4/tcp_tw_reuse");
    add_file(facts, "tcp_congestion_control", "/proc/sys/net/ipv4/tcp_congestion_control");
    if (const auto conntrack = read_conntrack()) {
        facts["conntrack_max"] = std::to_string(conntrack->most);
        facts["conntrack_free"] =
            std::to_string(conntrack->most - std::min(conntrack->most, conntrack->count));
    }
}

}  // namespace

std::map<std::string, std::string> describe_machine() {
    Facts facts;
    utsname name{};
    if (::uname(&name) == 0) {
        facts["kernel"] = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
    }
    if (const auto release = read_proc("/etc/os-release")) {
        const std::string key = "PRETTY_NAME=\"";
        const auto at = release->find(key);
        if (at != std::string::npos) {
            const auto begin = at + key.size();
            facts["os"] = release->substr(begin, release->find('"', begin) - begin);
        }
    }
    add_processor(facts);
    add_memory(facts);
    add_control_group(facts);
    add_file(facts, "load_average", "/proc/loadavg");
    add_network(facts);
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        facts["nofile_hard"] = std::to_string(files.rlim_max);
    }
    add_software(facts);
    return facts;
}

void add_load_after(std::map<std::string, std::string>& facts) {
    add_file(facts, "load_average_after", "/proc/loadavg");
}

}  // namespace benchhost::machine
