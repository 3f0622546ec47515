#include "core/machine/doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace benchhost::machine {
namespace {

const std::map<std::string, std::string> kGood = {{"cpus", "8"},
                                                  {"nofile_hard", "999999"},
                                                  {"cpu_governor", "performance"},
                                                  {"ip_local_port_range", "10000\t65000"},
                                                  {"virtualised", "no"},
                                                  {"compiler", "GNU 12 (Release)"}};

std::size_t worse_than_good(const std::vector<Finding>& findings, Finding::Weight weight) {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(),
                      [&](const Finding& finding) { return finding.weight == weight; }));
}

TEST(Doctor, FindsNothingOnAGoodMachine) {
    const auto findings = diagnose(kGood, MachineShare{0, 0.01});
    EXPECT_EQ(worse_than_good(findings, Finding::Weight::good), findings.size());
}

TEST(Doctor, NamesEachFaultAndItsMend) {
    const std::map<std::string, std::pair<std::string, Finding::Weight>> faults = {
        {"cpus", {"1", Finding::Weight::serious}},
        {"nofile_hard", {"1024", Finding::Weight::serious}},
        {"cpu_governor", {"powersave", Finding::Weight::note}},
        {"ip_local_port_range", {"32768\t40000", Finding::Weight::note}},
        {"somaxconn", {"128", Finding::Weight::note}},
        {"cpus_allowed", {"3", Finding::Weight::serious}},
        {"cpu_kinds", {"0-15; slower: 16-19", Finding::Weight::note}},
        {"cgroup_cpu_groups", {"0.5 processors in group /q", Finding::Weight::serious}},
        {"conntrack_free", {"1999", Finding::Weight::serious}},
        {"memory_available", {"200000 kB", Finding::Weight::serious}},
        {"virtualised", {"yes", Finding::Weight::note}},
        {"compiler", {"GNU 12 (Debug)", Finding::Weight::serious}}};
    for (const auto& [name, fault] : faults) {
        auto facts = kGood;
        facts[name] = fault.first;
        const auto findings = diagnose(facts, MachineShare{0, 0});
        EXPECT_EQ(worse_than_good(findings, fault.second), 1U) << name;
        for (const auto& finding : findings) {
            EXPECT_EQ(finding.mend.empty(), finding.weight == Finding::Weight::good) << name;
        }
    }
}

TEST(Doctor, NamesWhatAffinityAndCpusetLeave) {
    auto facts = kGood;
    facts["cpus_allowed"] = "0-1,4";
    EXPECT_EQ(diagnose(facts, std::nullopt).front().what,
              "8 processors, of which affinity and cpuset leave us 0-1,4");
}

TEST(Doctor, NamesSingleProcessorsThatOthersUse) {
    const auto findings = diagnose(kGood, MachineShare{0, 0.02}, {3});
    EXPECT_EQ(worse_than_good(findings, Finding::Weight::note), 1U);
    EXPECT_EQ(worse_than_good(findings, Finding::Weight::serious), 0U);
}

TEST(Doctor, ABusyMachineIsSerious) {
    EXPECT_EQ(worse_than_good(diagnose(kGood, MachineShare{0.1, 0}), Finding::Weight::serious), 1U);
    EXPECT_EQ(worse_than_good(diagnose(kGood, MachineShare{0, 0.5}), Finding::Weight::serious), 1U);
}

}  // namespace
}  // namespace benchhost::machine
