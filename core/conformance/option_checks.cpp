#include "core/conformance/option_checks.hpp"

#include "core/plugin/plugin_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace benchhost::conformance {
namespace {

constexpr std::size_t kLongestKey = 40;

bool is_plain_key(const std::string& key) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    };
    return !key.empty() && key.size() <= kLongestKey && key.front() >= 'a' && key.front() <= 'z' &&
           std::all_of(key.begin(), key.end(), allowed);
}

}  // namespace

Finding check_options(const plugin::ServerDescription& server) {
    std::set<std::string> keys;
    for (const auto& option : server.options) {
        if (!is_plain_key(option.key)) {
            return fail(
                fmt::format("\"{}\" cannot be a key in a config: small letters, digits, "
                            "_ . - only, beginning with a letter, at most {}",
                            option.key, kLongestKey));
        }
        if (option.key == "plugin" || option.key == "url") {
            return fail(fmt::format("\"{}\" is a key of [server.<id>] itself", option.key));
        }
        if (!keys.insert(option.key).second) {
            return fail(fmt::format("there are two options \"{}\"", option.key));
        }
        if (option.help.empty()) {
            return warn(fmt::format("option {} has no help", option.key));
        }
        if (option.default_value && option.type != "prefix") {
            const auto accepted =
                plugin::check_options(server, {{option.key, *option.default_value}});
            if (!accepted) {
                return fail("its own default is refused: " + accepted.error().message);
            }
        }
    }
    return pass(server.options.empty() ? "none"
                                       : fmt::format("{} declared", server.options.size()));
}

}  // namespace benchhost::conformance
