#include "core/host/validation.hpp"

#include "core/base/names.hpp"
#include "core/base/printable.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <set>
#include <string>

namespace benchhost::host {
namespace {

// The sizes of ABI 1 as it was first published: later members are looked at only when covered.
constexpr std::size_t kLeastPlugin = offsetof(bh_plugin, servers) + sizeof(bh_plugin::servers);
constexpr std::size_t kLeastServer = offsetof(bh_server, extension) + sizeof(bh_server::extension);
constexpr std::size_t kLeastOption = offsetof(bh_option, help) + sizeof(bh_option::help);
constexpr std::uint32_t kMostServers = 1000;
constexpr std::uint32_t kMostOptions = 1000;

Error refusal(const std::string& reason) { return {ErrorCode::server, reason}; }

bool is_valid_id(const std::string& id) {
    const auto allowed = [](char c, bool first) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (!first && (c == '_' || c == '.' || c == '-'));
    };
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (!allowed(id[i], i == 0)) {
            return false;
        }
    }
    return !id.empty() && id.size() <= kLongestName;
}

Status check_option(const std::string& server, const bh_option* option) {
    if (option == nullptr || option->size < kLeastOption) {
        return refusal(fmt::format("server {}: an option is null or of a wrong size", server));
    }
    if (option->key == nullptr || option->key[0] == '\0' || option->help == nullptr) {
        return refusal(fmt::format("server {}: an option has no key or no help", server));
    }
    if (option->type > BH_OPTION_PREFIX) {
        return refusal(fmt::format("server {}: option {} is of the unknown type {}", server,
                                   option->key, option->type));
    }
    if (option->type == BH_OPTION_CHOICE && option->choices == nullptr) {
        return refusal(fmt::format("server {}: option {} has no choices", server, option->key));
    }
    return {};
}

Status check_functions(const std::string& id, const bh_server& server) {
    const bool command = (server.caps & BH_CAP_COMMAND) != 0;
    const struct {
        const char* name;
        bool missing;
    } functions[] = {{"create", server.create == nullptr},
                     {"configure", server.configure == nullptr},
                     {"destroy", server.destroy == nullptr},
                     {"serve", server.serve == nullptr && !command},
                     {"stop", server.stop == nullptr && !command},
                     {"extension", server.extension == nullptr && command}};
    for (const auto& function : functions) {
        if (function.missing) {
            return refusal(fmt::format("server {} has no function {}", id, function.name));
        }
    }
    return {};
}

Status check_server(const bh_server* server, std::set<std::string>& ids) {
    if (server == nullptr) {
        return refusal("one of its servers is null");
    }
    if (server->size < kLeastServer) {
        return refusal(
            fmt::format("a server of {} bytes is shorter than ABI {} has it ({}); set "
                        "size to sizeof(bh_server)",
                        server->size, BH_ABI, kLeastServer));
    }
    const std::string id = server->id != nullptr ? server->id : "";
    if (!is_valid_id(id)) {
        return refusal(
            fmt::format("{} is no server id: small letters, digits, _ . - only, "
                        "beginning with a letter or digit, at most {}",
                        in_quotes(id), kLongestName));
    }
    if (!ids.insert(id).second) {
        return refusal(fmt::format("offers two servers with the id {}", id));
    }
    if (server->name == nullptr || server->language == nullptr || server->concurrency == nullptr ||
        server->url == nullptr) {
        return refusal(fmt::format("server {} lacks a name, language, concurrency or url", id));
    }
    if (server->option_count > 0 && server->options == nullptr) {
        return refusal(fmt::format("server {} counts options and has none", id));
    }
    if (server->option_count > kMostOptions) {
        return refusal(
            fmt::format("server {} says that it has {} options", id, server->option_count));
    }
    for (std::uint32_t i = 0; i < server->option_count; ++i) {
        if (auto checked = check_option(id, server->options[i]); !checked) {
            return checked;
        }
    }
    return check_functions(id, *server);
}

}  // namespace

Status validate(const bh_plugin& plugin) {
    // The first two members are the same in every ABI: that is how another one is recognised.
    if (plugin.abi != BH_ABI) {
        return refusal(
            fmt::format("was built for plugin ABI {}, this benchhost speaks ABI {}; "
                        "build it against this benchhost's plugin.h",
                        plugin.abi, BH_ABI));
    }
    if (plugin.size < kLeastPlugin) {
        return refusal(
            fmt::format("its bh_plugin of {} bytes is shorter than ABI {} has it ({}); "
                        "set size to sizeof(bh_plugin)",
                        plugin.size, BH_ABI, kLeastPlugin));
    }
    if (plugin.server_count == 0 || plugin.servers == nullptr) {
        return refusal("offers no server");
    }
    if (plugin.server_count > kMostServers) {
        return refusal(fmt::format("says that it offers {} servers", plugin.server_count));
    }
    std::set<std::string> ids;
    for (std::uint32_t i = 0; i < plugin.server_count; ++i) {
        if (auto checked = check_server(plugin.servers[i], ids); !checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace benchhost::host
