#include "report/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace benchhost::report {
namespace {

// Conditions of the moment: another value of these is the noise that rounds are there for.
constexpr std::array<std::string_view, 8> kOfTheMoment{"load", "uptime", "temperature", "time",
                                                       "date", "free",   "available",   "pid"};

// The plugins' hashes are not part of the machine: they are what is compared.
bool may_differ(const std::string& key) {
    return key.starts_with("plugin ") ||
           std::any_of(kOfTheMoment.begin(), kOfTheMoment.end(),
                       [&](std::string_view word) { return key.find(word) != std::string::npos; });
}

std::string value_or_nothing(const std::map<std::string, std::string>& environment,
                             const std::string& key) {
    const auto found = environment.find(key);
    return found == environment.end() ? "nothing" : fmt::format("\"{}\"", found->second);
}

}  // namespace

std::vector<std::string> environment_differences(const results::ResultSet& base,
                                                 const results::ResultSet& head) {
    std::set<std::string> keys;
    for (const auto* environment : {&base.environment, &head.environment}) {
        for (const auto& [key, value] : *environment) {
            keys.insert(key);
        }
    }
    std::vector<std::string> differences;
    for (const std::string& key : keys) {
        const std::string before = value_or_nothing(base.environment, key);
        const std::string after = value_or_nothing(head.environment, key);
        if (before != after && !may_differ(key)) {
            differences.push_back(fmt::format("{}: {} against {}", key, before, after));
        }
    }
    return differences;
}

}  // namespace benchhost::report
