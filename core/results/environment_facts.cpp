#include "core/results/environment_facts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace benchhost::results {

namespace {

struct NamedKind {
    std::string_view key;
    FactKind kind;
};

constexpr std::array<NamedKind, 33> kKinds{{
    {"benchhost_sha256", FactKind::build},
    {"cgroup_cpu", FactKind::machine},
    {"cgroup_cpu_groups", FactKind::of_the_moment},
    {"cgroup_memory", FactKind::machine},
    {"clock_source", FactKind::machine},
    {"compiler", FactKind::build},
    {"conntrack_free", FactKind::of_the_moment},
    {"conntrack_max", FactKind::machine},
    {"cpu_governor", FactKind::machine},
    {"cpu_kinds", FactKind::machine},
    {"cpu_model", FactKind::machine},
    {"cpus", FactKind::machine},
    {"cpus_allowed", FactKind::machine},
    {"hosts", FactKind::machine},
    {"ip_local_port_range", FactKind::machine},
    {"kernel", FactKind::machine},
    {"libraries", FactKind::build},
    {"load_average", FactKind::of_the_moment},
    {"load_average_after", FactKind::of_the_moment},
    {"memory", FactKind::amount},
    {"memory_available", FactKind::of_the_moment},
    {"nofile_hard", FactKind::limit},
    {"os", FactKind::machine},
    {"smt", FactKind::machine},
    {"somaxconn", FactKind::machine},
    {"swap", FactKind::amount},
    {"tcp_congestion_control", FactKind::machine},
    {"tcp_fin_timeout", FactKind::machine},
    {"tcp_max_syn_backlog", FactKind::machine},
    {"tcp_tw_reuse", FactKind::machine},
    {"transparent_hugepages", FactKind::machine},
    {"turbo_off", FactKind::machine},
    {"virtualised", FactKind::machine},
}};

const NamedKind* find(std::string_view key) {
    return std::find_if(kKinds.begin(), kKinds.end(),
                        [&](const NamedKind& named) { return named.key == key; });
}

}  // namespace

FactKind kind_of_fact(const std::string& key) {
    const auto* const found = find(key);
    return found == kKinds.end() ? FactKind::machine : found->kind;
}

bool is_fact(const std::string& key) {
    const auto name = std::string_view(key).substr(key.rfind(' ') + 1);  // npos + 1 is 0
    return key.starts_with("plugin ") || find(name) != kKinds.end();
}

bool same_amount(const std::string& one, const std::string& other) {
    constexpr double kTolerance = 0.02;
    char* unit_of_one = nullptr;
    char* unit_of_other = nullptr;
    const double first = std::strtod(one.c_str(), &unit_of_one);
    const double second = std::strtod(other.c_str(), &unit_of_other);
    if (unit_of_one == one.c_str() || unit_of_other == other.c_str() ||
        std::string_view(unit_of_one) != unit_of_other) {
        return one == other;
    }
    return std::abs(first - second) <= kTolerance * std::max(std::abs(first), std::abs(second));
}

}  // namespace benchhost::results
