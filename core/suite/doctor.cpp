#include "core/suite/doctor.hpp"

#include <fmt/format.h>

#include <sstream>
#include <thread>

namespace benchhost::suite {
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
    if (cpus && *cpus < 2) {
        return {Weight::serious, "one processor: server and generator take it from each other",
                "measure on a machine with two or more"};
    }
    return {Weight::good, fmt::format("{} processors", cpus.value_or(0)), ""};
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
    if (const auto quota = fact(facts, "cgroup_cpu")) {
        return Finding{Weight::serious,
                       fmt::format("a control group rations the processors: {}", *quota),
                       "measure outside of it, or lift cpu.max: rationed time comes in jerks"};
    }
    return std::nullopt;
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

std::vector<Finding> diagnose(const Facts& machine, const std::optional<MachineShare>& idle_share) {
    std::vector<Finding> findings = {check_processors(machine), check_files(machine)};
    if (idle_share) {
        findings.push_back(check_busy(*idle_share));
    }
    for (auto& finding : {check_frequency(machine), check_ports(machine), check_backlog(machine),
                          check_control_group(machine), check_memory(machine),
                          check_virtualisation(machine), check_build(machine)}) {
        if (finding) {
            findings.push_back(*finding);
        }
    }
    return findings;
}

std::vector<Finding> examine_machine(Nanoseconds watch) {
    const auto begin = read_machine_times();
    std::this_thread::sleep_for(watch);
    const auto end = read_machine_times();
    std::optional<MachineShare> share;
    if (begin && end) {
        share = share_between(*begin, *end, Nanoseconds{0}, Nanoseconds{0});
    }
    return diagnose(describe_machine(), share);
}

}  // namespace benchhost::suite
