#include "core/host/plugin_library.hpp"

#include "core/host/elf_file.hpp"
#include "core/host/guarded_call.hpp"
#include "core/host/validation.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace benchhost::host {
namespace {

using boost::dll::shared_library;

constexpr std::uint32_t kNewestAbiAsked = 16;

/// The loader's words, and what they mean where an author or a user cannot be expected to know.
std::string loader_message(const std::filesystem::path& path) {
    const char* told = ::dlerror();
    if (told == nullptr) {
        return "the loader gives no reason";
    }
    const std::string message = told;
    const auto missing = message.find(": cannot open shared object file: No such file");
    if (missing != std::string::npos && message.substr(0, missing) != path.string()) {
        return fmt::format(
            "needs the library {0}, which is not on this machine: install the "
            "package that has {0}",
            message.substr(0, missing));
    }
    if (message.find("static TLS block") != std::string::npos) {
        return message +
               "; a library that is loaded late may not need static TLS: build it without "
               "-ftls-model=initial-exec (jemalloc: --disable-initial-exec-tls), or measure a "
               "program of your own by plugin = command, with an allocator in env.LD_PRELOAD";
    }
    return message;
}

Result<shared_library> open_library(const std::filesystem::path& path) {
    shared_library library;
    boost::dll::fs::error_code error;
    // Every symbol now, so that a missing one is an error here and not a crash under load.
    library.load(path, error, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    if (error) {
        return Error{ErrorCode::server, loader_message(path)};
    }
    return library;
}

// For a plugin that refuses us: the versions that it does speak.
std::string versions_spoken(bh_plugin_entry entry) {
    std::string versions;
    for (std::uint32_t abi = 0; abi <= kNewestAbiAsked; ++abi) {
        if (entry(abi) != nullptr) {
            versions += fmt::format("{}{}", versions.empty() ? "" : ", ", abi);
        }
    }
    return versions.empty() ? "none that we know" : versions;
}

Result<const bh_plugin*> call_entry(bh_plugin_entry entry) {
    const bh_plugin* plugin = nullptr;
    std::string spoken;
    const auto called = guarded(BH_ENTRY_SYMBOL, [&] {
        plugin = entry(BH_ABI);
        if (plugin == nullptr) {
            spoken = versions_spoken(entry);
        }
    });
    if (!called) {
        return called.error();
    }
    if (plugin == nullptr) {
        return Error{ErrorCode::server,
                     fmt::format("does not speak plugin ABI {}, which this benchhost does; it "
                                 "speaks {}; build it against this benchhost's plugin.h",
                                 BH_ABI, spoken)};
    }
    return plugin;
}

}  // namespace

Result<PluginLibrary> PluginLibrary::load(const std::filesystem::path& path) {
    auto library = open(path);
    if (library) {
        if (auto checked = validate(library->plugin()); !checked) {
            return checked.error();
        }
    }
    return library;
}

Result<PluginLibrary> PluginLibrary::open(const std::filesystem::path& path) {
    if (auto checked = check_elf_file(path); !checked) {
        return checked.error();
    }
    auto library = open_library(std::filesystem::absolute(path));
    if (!library) {
        return library.error();
    }
    if (!library->has(BH_ENTRY_SYMBOL)) {
        return Error{ErrorCode::server,
                     "not a benchhost plugin: it exports no function " BH_ENTRY_SYMBOL};
    }
    // Boost.DLL gives a reference to what stands at the symbol: the function itself.
    auto* const entry = &library->get<const bh_plugin*(std::uint32_t)>(BH_ENTRY_SYMBOL);
    const auto plugin = call_entry(entry);
    if (!plugin) {
        return plugin.error();
    }
    return PluginLibrary(std::move(*library), *plugin);
}

std::vector<const bh_server*> PluginLibrary::servers() const {
    return {plugin_->servers, plugin_->servers + plugin_->server_count};
}

Result<const bh_server*> PluginLibrary::find(const std::string& id) const {
    std::string known;
    for (const bh_server* server : servers()) {
        if (id == server->id) {
            return server;
        }
        known += fmt::format("{}{}", known.empty() ? "" : ", ", server->id);
    }
    return Error{ErrorCode::usage,
                 fmt::format("offers no server \"{}\"; it offers: {}", id, known)};
}

}  // namespace benchhost::host
