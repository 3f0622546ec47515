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

constexpr std::array<NamedKind, 11> kKinds{{
    {"benchhost_sha256", FactKind::build},
    {"cgroup_cpu_groups", FactKind::of_the_moment},
    {"compiler", FactKind::build},
    {"conntrack_free", FactKind::of_the_moment},
    {"libraries", FactKind::build},
    {"load_average", FactKind::of_the_moment},
    {"load_average_after", FactKind::of_the_moment},
    {"memory", FactKind::amount},
    {"memory_available", FactKind::of_the_moment},
    {"nofile_hard", FactKind::limit},
    {"swap", FactKind::amount},
}};

}  // namespace

FactKind kind_of_fact(const std::string& key) {
    const auto* const found = std::find_if(
        kKinds.begin(), kKinds.end(), [&](const NamedKind& named) { return named.key == key; });
    return found == kKinds.end() ? FactKind::machine : found->kind;
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
