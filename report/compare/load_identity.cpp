#include "report/compare/load_identity.hpp"

#include "core/base/described.hpp"
#include "core/base/units.hpp"

#include <fmt/format.h>

#include <optional>
#include <type_traits>
#include <variant>

namespace benchhost::compare {
namespace {

using results::ProfileInfo;

template <class Value>
std::string spelled(const Value& value) {
    if constexpr (DescribedEnum<Value>) {
        return word_of(value);
    } else if constexpr (std::is_same_v<Value, bool>) {
        return value ? "yes" : "no";
    } else if constexpr (std::is_same_v<Value, Nanoseconds>) {
        return format_duration(value);
    } else {
        return fmt::format("{}", value);
    }
}

/// Enters a value by its name; what it consists of as "name.part".
struct Entries {
    Asked& asked;

    template <class Value>
    void add(const std::string& name, const Value& value) {
        if constexpr (DescribedStruct<Value>) {
            add_members(name + ".", value);
        } else {
            asked[name] = spelled(value);
        }
    }
    template <class Value>
    void add(const std::string& name, const std::optional<Value>& value) {
        if (value) {
            add(name, *value);
        }
    }
    template <class Item>
    void add(const std::string& name, const std::vector<Item>& items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            add(fmt::format("{}[{}]", name, i), items[i]);
        }
    }
    template <class Value>
    void add(const std::string& name, const std::map<std::string, Value>& values) {
        for (const auto& [key, value] : values) {
            add(name + "." + key, value);
        }
    }
    // The config has the keys of a load beside its name, not below it.
    void add(const std::string& name, const results::Load& load) {
        add(name, results::load_name(load));
        if (const auto* known = std::get_if<model::TrialLoad>(&load)) {
            std::visit([&](const auto& model) { add_members("", model); }, *known);
        }
    }
    template <class Struct>
    void add_members(const std::string& prefix, const Struct& object) {
        for_each_member<Struct>([&]<class Member>(Member /*type*/) {
            add(prefix + Member::name, object.*Member::pointer);
        });
    }
};

}  // namespace

Asked asked_of(const results::LimitsInfo& limits) {
    Asked asked;
    Entries{asked}.add("limits", limits);
    return asked;
}

LoadIdentities::LoadIdentities(const results::ResultSet& results)
    : profiles_(results::by_name(results.profiles, &ProfileInfo::name)),
      servers_(results::by_name(results.servers, &results::ServerInfo::id)) {}

Asked LoadIdentities::of(const std::string& profile, const std::string& server) const {
    const auto described = profiles_.find(profile);
    if (described == profiles_.end() ||
        !std::holds_alternative<model::TrialLoad>(described->second->load)) {
        return {};
    }
    Asked asked;
    Entries entries{asked};
    entries.add_members("", *described->second);
    asked.erase("name");
    asked.erase("description");
    if (const auto known = servers_.find(server); known != servers_.end()) {
        entries.add("options", known->second->options);
    }
    return asked;
}

std::string LoadIdentities::in_words(const std::string& profile) const {
    const auto found = profiles_.find(profile);
    return found == profiles_.end()
               ? "not described"
               : fmt::format("{}, {}, {}", results::asked_in_words(*found->second),
                             results::load_name(found->second->load), found->second->description);
}

std::vector<std::string> differences(const Asked& base, const Asked& head) {
    std::vector<std::string> lines;
    auto names = base;
    names.insert(head.begin(), head.end());
    const auto in_words = [](const Asked& asked, const std::string& name) {
        const auto found = asked.find(name);
        return found == asked.end() ? "nothing" : found->second;
    };
    for (const auto& [name, value] : names) {
        const auto before = in_words(base, name);
        const auto after = in_words(head, name);
        if (before != after) {
            lines.push_back(fmt::format("{}: {} in base, {} in head", name, before, after));
        }
    }
    return lines;
}

}  // namespace benchhost::compare
