#include "core/plugin/plugin_options.hpp"

#include "core/base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::plugin {
namespace {

Error unknown_option(const ServerDescription& server, const std::string& key) {
    std::string known;
    for (const auto& option : server.options) {
        known += fmt::format("{}{}{}", known.empty() ? "" : ", ", option.key,
                             option.type == "prefix" ? "*" : "");
    }
    return {ErrorCode::usage, fmt::format("server {} has no option {}; it has: {}", server.id,
                                          in_quotes(key), known.empty() ? "none" : known)};
}

}  // namespace

const OptionDescription* find_option(const ServerDescription& server, const std::string& key) {
    for (const auto& option : server.options) {
        const bool matches =
            option.type == "prefix" ? key.starts_with(option.key) : key == option.key;
        if (matches) {
            return &option;
        }
    }
    return nullptr;
}

Result<std::string> check_value(const OptionDescription& option, const std::string& value) {
    if (option.type == "number") {
        const auto number = parse_count(value, 0, UINT64_MAX);
        return number ? Result<std::string>(std::to_string(*number)) : number.error();
    }
    if (option.type == "yes-no") {
        const auto flag = parse_yes_no(value);
        return flag ? Result<std::string>(*flag ? "yes" : "no") : flag.error();
    }
    if (option.type == "choice" &&
        std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end()) {
        return Error{ErrorCode::usage, fmt::format("{} is not one of {}", in_quotes(value),
                                                   fmt::join(option.choices, ", "))};
    }
    return value;
}

Result<Options> check_options(const ServerDescription& server, const Options& options) {
    Options checked;
    for (const auto& [key, value] : options) {
        const auto* option = find_option(server, key);
        if (option == nullptr) {
            return unknown_option(server, key);
        }
        auto accepted = check_value(*option, value);
        if (!accepted) {
            return with_context(fmt::format("option {} of server {}", key, server.id),
                                accepted.error());
        }
        checked.emplace_back(key, std::move(*accepted));
    }
    return checked;
}

}  // namespace benchhost::plugin
