#include "core/results/environment_facts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string_view>

namespace benchhost::results {

FactKind kind_of_fact(const std::string& key) {
    static const std::map<std::string, FactKind, std::less<>> kKinds{
        {"benchhost_sha256", FactKind::build},
        {"compiler", FactKind::build},
        {"libraries", FactKind::build},
        {"load_average", FactKind::of_the_moment},
        {"load_average_after", FactKind::of_the_moment},
        {"memory", FactKind::amount},
        {"memory_available", FactKind::of_the_moment},
        {"nofile_hard", FactKind::limit},
        {"swap", FactKind::amount},
    };
    const auto found = kKinds.find(key);
    return found == kKinds.end() ? FactKind::machine : found->second;
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
