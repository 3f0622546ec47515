#include "core/machine/doctor.hpp"

#include "core/machine/cpu_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <thread>

namespace benchhost::machine {
namespace {

using Facts = std::map<std::string, std::string>;
using Weight = Finding::Weight;

std::optional<std::string> fact(const Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> number(const Facts& facts, const std::string& name) {
    const auto text = fact(facts, name);
    std::istringstream stream(text.value_or(""));
    double value = 0;
    return stream >> value ? std::optional(value) : std::nullopt;
}

Finding check_processors(const Facts& facts) {
    const auto cpus = number(facts, "cpus");
    const auto allowed = fact(facts, "cpus_allowed");
    const auto usable =
        allowed ? static_cast<double>(parse_cpu_list(*allowed).size()) : cpus.value_or(0);
    const auto limits =
        allowed ? fmt::format(", of which affinity and cpuset leave us {}", *allowed) : "";
    if (cpus && usable < 2) {
        return {Weight::serious,
                fmt::format("one processor{}: server and generator take it from each other",
                            allowed ? fmt::format(" of {} is ours to use", *cpus) : ""),
                "measure where there are two or more"};
    }
    return {Weight::good, fmt::format("{} processors{}", cpus.value_or(0), limits), ""};
}

std::optional<Finding> check_kinds(const Facts& facts) {
    if (const auto kinds = fact(facts, "cpu_kinds")) {
        return Finding{Weight::note, fmt::format("cores of several kinds: {}", *kinds),
                       "leave server_cpus and client_cpus to auto, or give both cores of one kind"};
    }
    return std::nullopt;
}

std::optional<Finding> check_frequency(const Facts& facts) {
    if (const auto governor = fact(facts, "cpu_governor"); governor && *governor != "performance") {
        return Finding{Weight::note, fmt::format("frequency governor is {}", *governor),
                       "cpupower frequency-set -g performance"};
    }
    if (const auto off = fact(facts, "turbo_off"); off && *off == "0") {
        return Finding{Weight::note, "turbo is on: the frequency depends on the load and the heat",
                       "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"};
    }
    return std::nullopt;
}

Finding check_files(const Facts& facts) {
    const auto hard = number(facts, "nofile_hard");
    constexpr double kEnough = 10'500;  // 10,000 connections and our own
    if (hard && *hard < kEnough) {
        return {Weight::serious,
                fmt::format("at most {} open files: fewer connections than that", *hard),
                "raise nofile in /etc/security/limits.conf, or ulimit -Hn as root"};
    }
    return {Weight::good,
            fmt::format("up to {} open files", fact(facts, "nofile_hard").value_or("?")), ""};
}

std::optional<Finding> check_ports(const Facts& facts) {
    std::istringstream range(fact(facts, "ip_local_port_range").value_or(""));
    int first = 0, last = 0;
    if (range >> first >> last && last - first < 20'000) {
        return Finding{Weight::note, fmt::format("only {} local ports", last - first + 1),
                       "sysctl net.ipv4.ip_local_port_range=\"10000 65000\""};
    }
    return std::nullopt;
}

std::optional<Finding> check_backlog(const Facts& facts) {
    constexpr double kEnough = 1024;
    if (const auto backlog = number(facts, "somaxconn"); backlog && *backlog < kEnough) {
        return Finding{Weight::note,
                       fmt::format("at most {} connections may wait to be accepted", *backlog),
                       "sysctl net.core.somaxconn=4096"};
    }
    return std::nullopt;
}

std::optional<Finding> check_control_group(const Facts& facts) {
    if (const auto quota = fact(facts, "cgroup_cpu_groups")) {
        return Finding{Weight::serious,
                       fmt::format("a control group rations the processors: {}", *quota),
                       "measure outside of it, or lift its cpu.max (cpu.cfs_quota_us in version "
                       "1): rationed time comes in jerks"};
    }
    return std::nullopt;
}

std::optional<Finding> check_conntrack(const Facts& facts) {
    constexpr double kEnough = 30'000;     // as many as there are local ports to connect from
    constexpr double kTooLittle = 10'500;  // 10,000 connections and some of others
    const auto free = number(facts, "conntrack_free");
    if (!free || *free >= kEnough) {
        return std::nullopt;
    }
    return Finding{
        *free < kTooLittle ? Weight::serious : Weight::note,
        fmt::format("the table of tracked connections (of {}) has room for {} more: what finds it "
                    "full is dropped, and connecting times out",
                    fact(facts, "conntrack_max").value_or("?"), *free),
        "sysctl net.netfilter.nf_conntrack_max=262144, or take the rule that tracks away"};
}

std::optional<Finding> check_neighbours(const std::vector<unsigned>& busy) {
    if (busy.empty()) {
        return std::nullopt;
    }
    return Finding{Weight::note,
                   fmt::format("others use processors {}: a side that runs there is machine-bound",
                               format_cpu_list(busy)),
                   "end what runs there, or keep away by server_cpus and client_cpus"};
}

std::optional<Finding> check_memory(const Facts& facts) {
    constexpr double kEnoughKib = 1024.0 * 1024;
    if (const auto free = number(facts, "memory_available"); free && *free < kEnoughKib) {
        return Finding{Weight::serious,
                       fmt::format("only {:.0f} MiB of memory are available", *free / 1024),
                       "end what holds it; a server that is swapped out measures the disk"};
    }
    return std::nullopt;
}

std::optional<Finding> check_virtualisation(const Facts& facts) {
    if (fact(facts, "virtualised").value_or("") == "yes") {
        return Finding{Weight::note, "a virtual machine: neighbours can take its processors",
                       "repeat more often and look at the spread; compare only within one run"};
    }
    return std::nullopt;
}

Finding check_busy(const MachineShare& share) {
    constexpr double kBusy = 0.10;
    constexpr double kSteal = 0.02;
    if (share.steal > kSteal) {
        return {
            Weight::serious,
            fmt::format("the hypervisor takes {:.1f} % of the processor time", share.steal * 100),
            "measure when the neighbours are quiet, or on another machine"};
    }
    if (share.others > kBusy) {
        return {
            Weight::serious,
            fmt::format("other processes use {:.1f} % of the processor time", share.others * 100),
            "end them; top shows which they are"};
    }
    return {
        Weight::good,
        fmt::format("{:.1f} % of the processor time is in use", (share.others + share.steal) * 100),
        ""};
}

std::optional<Finding> check_build(const Facts& facts) {
    const auto compiler = fact(facts, "compiler").value_or("");
    if (compiler.find("Release") == std::string::npos) {
        return Finding{Weight::serious,
                       fmt::format("benchhost itself is not optimised: {}", compiler),
                       "build with the preset release (./dev build)"};
    }
    return std::nullopt;
}

}  // namespace

std::vector<Finding> diagnose(const Facts& machine, const std::optional<MachineShare>& idle_share,
                              const std::vector<unsigned>& busy_cpus) {
    std::vector<Finding> findings = {check_processors(machine), check_files(machine)};
    if (idle_share) {
        findings.push_back(check_busy(*idle_share));
    }
    for (auto& finding :
         {check_neighbours(busy_cpus), check_kinds(machine), check_frequency(machine),
          check_ports(machine), check_backlog(machine), check_conntrack(machine),
          check_control_group(machine), check_memory(machine), check_virtualisation(machine),
          check_build(machine)}) {
        if (finding) {
            findings.push_back(*finding);
        }
    }
    return findings;
}

std::vector<Finding> examine_machine(Nanoseconds watch) {
    constexpr double kInUse = 0.5;
    const auto cpus = allowed_cpus();
    const auto begin = read_machine_times();
    std::this_thread::sleep_for(watch);
    const auto end = read_machine_times();
    const auto share = [&](const std::vector<unsigned>& some) -> std::optional<MachineShare> {
        const auto before = sum_of(begin, some);
        const auto after = sum_of(end, some);
        return before && after ? std::optional(share_between(*before, *after, Nanoseconds(0)))
                               : std::nullopt;
    };
    std::vector<unsigned> busy;
    std::copy_if(cpus.begin(), cpus.end(), std::back_inserter(busy), [&](unsigned cpu) {
        const auto own = share({cpu});
        return own && own->others > kInUse;
    });
    return diagnose(describe_machine(), share(cpus), busy);
}

}  // namespace benchhost::machine
