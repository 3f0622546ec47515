// describe_machine(): the environment block of results.json.
#include "core/suite/machine.hpp"
#include "core/suite/system_files.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>

namespace benchhost::suite {
namespace {

using Facts = std::map<std::string, std::string>;

void add_file(Facts& facts, const std::string& name, const char* path) {
    if (auto line = read_system_line(path)) {
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
    if (const auto cpuinfo = read_system_file("/proc/cpuinfo")) {
        if (auto model = value_in(*cpuinfo, "model name")) {
            facts["cpu_model"] = *model;
        }
        facts["virtualised"] = cpuinfo->find("hypervisor") != std::string::npos ? "yes" : "no";
    }
    facts["cpus"] = std::to_string(std::thread::hardware_concurrency());
    add_file(facts, "cpu_governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    add_file(facts, "turbo_off", "/sys/devices/system/cpu/intel_pstate/no_turbo");
    add_file(facts, "smt", "/sys/devices/system/cpu/smt/control");
    add_file(facts, "clock_source",
             "/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

void add_network(Facts& facts) {
    add_file(facts, "somaxconn", "/proc/sys/net/core/somaxconn");
    add_file(facts, "ip_local_port_range", "/proc/sys/net/ipv4/ip_local_port_range");
    add_file(facts, "tcp_tw_reuse", "/proc/sys/net/ipv4/tcp_tw_reuse");
    add_file(facts, "tcp_congestion_control", "/proc/sys/net/ipv4/tcp_congestion_control");
}

}  // namespace

std::map<std::string, std::string> describe_machine() {
    Facts facts;
    utsname name{};
    if (::uname(&name) == 0) {
        facts["kernel"] = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
    }
    if (const auto release = read_system_file("/etc/os-release")) {
        const std::string key = "PRETTY_NAME=\"";
        const auto at = release->find(key);
        if (at != std::string::npos) {
            const auto begin = at + key.size();
            facts["os"] = release->substr(begin, release->find('"', begin) - begin);
        }
    }
    add_processor(facts);
    if (const auto meminfo = read_system_file("/proc/meminfo")) {
        if (auto total = value_in(*meminfo, "MemTotal")) {
            facts["memory"] = *total;
        }
    }
    add_file(facts, "load_average", "/proc/loadavg");
    add_network(facts);
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        facts["nofile_hard"] = std::to_string(files.rlim_max);
    }
    facts["compiler"] = fmt::format("{} ({})", BENCHHOST_COMPILER, BENCHHOST_BUILD_TYPE);
    return facts;
}

}  // namespace benchhost::suite
