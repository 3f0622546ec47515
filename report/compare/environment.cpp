#include "core/results/environment_facts.hpp"
#include "report/compare/comparison.hpp"
#include "report/compare/load_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace benchhost::compare {
namespace {

using results::FactKind;
using results::ResultSet;
using Fact = std::optional<std::string>;

Fact fact_of(const ResultSet& results, const std::string& key) {
    const auto found = results.environment.find(key);
    return found == results.environment.end() ? Fact{} : found->second;
}

std::string in_words(const Fact& value) {
    return value ? fmt::format("\"{}\"", *value) : "nothing";
}

/// The limits of open files that servers really had.
std::set<std::string> files_in_force(const ResultSet& results) {
    std::set<std::string> limits;
    for (const auto& trial : results.trials) {
        if (const auto found = trial.effective_limits.find("nofile");
            found != trial.effective_limits.end()) {
            limits.insert(found->second);
        }
    }
    return limits;
}

// "GCC 12.2.0 (Release)": how it was optimised.
std::string build_type(const Fact& compiler) {
    return compiler ? compiler->substr(std::min(compiler->size(), compiler->rfind('('))) : "";
}

// Whether the figures of both sides can be compared although this fact is another one.
bool is_harmless(const std::string& key, const Fact& before, const Fact& after,
                 const ResultSet& base, const ResultSet& head) {
    switch (results::kind_of_fact(key)) {
        case FactKind::limit:
            return files_in_force(base) == files_in_force(head);
        case FactKind::build:
            return base.benchhost_version == head.benchhost_version &&
                   (key != "compiler" || build_type(before) == build_type(after));
        default:
            return false;
    }
}

// The plugins' hashes are not part of the machine: they are what is compared.
bool means_nothing(const std::string& key, const Fact& before, const Fact& after) {
    const auto kind = results::kind_of_fact(key);
    return before == after || key.starts_with("plugin ") || kind == FactKind::of_the_moment ||
           (kind == FactKind::amount && before && after && results::same_amount(*before, *after));
}

// An older benchhost did not keep them.
std::vector<std::string> other_limits(const ResultSet& base, const ResultSet& head) {
    if (!base.limits || !head.limits) {
        return {};
    }
    auto before = *base.limits;
    auto after = *head.limits;
    if (files_in_force(base) == files_in_force(head)) {
        after.server.erase("nofile");
        before.server.erase("nofile");
    }
    return differences(asked_of(before), asked_of(after));
}

}  // namespace

EnvironmentDifferences environment_differences(const ResultSet& base, const ResultSet& head) {
    std::set<std::string> keys;
    for (const auto* environment : {&base.environment, &head.environment}) {
        for (const auto& [key, value] : *environment) {
            keys.insert(key);
        }
    }
    EnvironmentDifferences differences;
    differences.grave = other_limits(base, head);
    for (const std::string& key : keys) {
        const auto before = fact_of(base, key);
        const auto after = fact_of(head, key);
        if (means_nothing(key, before, after)) {
            continue;
        }
        auto& kept =
            is_harmless(key, before, after, base, head) ? differences.harmless : differences.grave;
        kept.push_back(fmt::format("{}: {} against {}", key, in_words(before), in_words(after)));
    }
    return differences;
}

}  // namespace benchhost::compare
