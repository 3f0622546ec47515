#include "core/conformance/plugin_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>

namespace benchhost::conformance {

Finding check_symbols(const plugin::PluginDescription& plugin) {
    constexpr std::size_t kShown = 5;
    const auto& shadowed = plugin.shadowed;
    if (shadowed.empty()) {
        return pass("its own functions are called");
    }
    const auto allocator = std::find_if(shadowed.begin(), shadowed.end(),
                                        [](const auto& symbol) { return symbol.name == "malloc"; });
    if (allocator != shadowed.end()) {
        return warn(
            fmt::format("brings an allocator in {}, but malloc is that of {}: measured "
                        "would be another server than yours; an allocator works in a "
                        "program alone (plugin = command, with env.LD_PRELOAD if need be)",
                        allocator->own, allocator->used));
    }
    std::string names;
    for (std::size_t i = 0; i < std::min(kShown, shadowed.size()); ++i) {
        names += fmt::format("{}{} (of {}, used is that of {})", i == 0 ? "" : ", ",
                             shadowed[i].name, shadowed[i].own, shadowed[i].used);
    }
    return warn(
        fmt::format("defines symbols that benchhost-serve also has, and its own are not "
                    "used: {}{}; link that library statically, out of sight of others "
                    "(-Wl,--exclude-libs,ALL)",
                    names, shadowed.size() > kShown ? ", and others" : ""));
}

Finding check_id(const plugin::ServerDescription& server, const std::filesystem::path& plugin,
                 const plugin::Catalog& others) {
    const auto other = others.find(server.id);
    std::error_code error;
    if (other.plugin == nullptr || std::filesystem::equivalent(other.plugin->path, plugin, error)) {
        return pass(server.id);
    }
    return warn(
        fmt::format("{} offers a server \"{}\" too; a suite measures only that of the "
                    "plugin which is found first: give this one another id",
                    other.plugin->path.string(), server.id));
}

}  // namespace benchhost::conformance
