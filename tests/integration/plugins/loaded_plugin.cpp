#include "loaded_plugin.hpp"

#include "tests/fixtures/sanitizer.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <stdexcept>

namespace benchhost::test {
namespace {

template <class Struct>
std::vector<const Struct*> pointers_to(const std::vector<Struct>& structs) {
    std::vector<const Struct*> pointers(structs.size());
    std::transform(structs.begin(), structs.end(), pointers.begin(),
                   [](const Struct& one) { return &one; });
    return pointers;
}

}  // namespace

// A sanitizer can name, and forgive, only what is still mapped when it reports.
constexpr int kUnloading = fixtures::kUnderSanitizer ? RTLD_NODELETE : 0;

LoadedPlugin::LoadedPlugin(const std::filesystem::path& library, const std::string& server)
    : library_(::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | kUnloading)) {
    if (library_ == nullptr) {
        throw std::runtime_error(::dlerror());
    }
    const auto entry = reinterpret_cast<bh_plugin_entry>(::dlsym(library_, BH_ENTRY_SYMBOL));
    plugin_ = entry != nullptr ? entry(BH_ABI) : nullptr;
    for (std::uint32_t i = 0; plugin_ != nullptr && i < plugin_->server_count; ++i) {
        if (plugin_->servers[i]->id == server) {
            server_ = plugin_->servers[i];
        }
    }
    if (server_ == nullptr) {
        throw std::runtime_error(library.string() + " offers no server " + server);
    }
    host_ = {sizeof(bh_host), BH_ABI, this, &log_line, &got_ready, nullptr};
}

LoadedPlugin::~LoadedPlugin() {
    stop();
    ::dlclose(library_);
}

std::uint16_t LoadedPlugin::start(const std::vector<PluginRoute>& routes,
                                  const PluginSettings& settings, std::uint32_t threads,
                                  int listen_fd, std::uint16_t port) {
    thread_ = std::thread([this, routes, settings, threads, listen_fd, port] {
        run(routes, settings, {sizeof(bh_endpoint), "127.0.0.1", port, threads, listen_fd});
    });
    return port_.get_future().get();
}

int LoadedPlugin::stop() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            if (self_ != nullptr) {
                server_->stop(self_);
            }
        }
        thread_.join();
    }
    return result_;
}

std::vector<std::string> LoadedPlugin::log() const {
    const std::lock_guard lock(mutex_);
    return log_;
}

void LoadedPlugin::run(const std::vector<PluginRoute>& routes, const PluginSettings& settings,
                       const bh_endpoint& endpoint) {
    std::vector<bh_route> route_structs;
    std::vector<bh_setting> setting_structs;
    for (const PluginRoute& route : routes) {
        const bool is_file = route.kind == BH_ROUTE_FILE;
        route_structs.push_back({sizeof(bh_route), static_cast<std::uint32_t>(route.kind),
                                 route.path.c_str(), route.content_type.c_str(),
                                 is_file ? nullptr : route.body.data(), route.body.size(),
                                 is_file ? route.file.c_str() : nullptr});
    }
    for (const auto& [key, value] : settings) {
        setting_structs.push_back({sizeof(bh_setting), key.c_str(), value.c_str()});
    }
    const auto route_pointers = pointers_to(route_structs);
    const auto setting_pointers = pointers_to(setting_structs);

    void* self = server_->create(&host_);
    if (self != nullptr) {
        result_ = server_->configure(
            self, setting_pointers.data(), static_cast<std::uint32_t>(setting_pointers.size()),
            route_pointers.data(), static_cast<std::uint32_t>(route_pointers.size()));
        if (result_ == BH_OK) {
            {
                const std::lock_guard lock(mutex_);
                self_ = self;
            }
            result_ = server_->serve(self, &endpoint);
        }
        {
            const std::lock_guard lock(mutex_);
            self_ = nullptr;
        }
        server_->destroy(self);
    }
    got_ready(&host_, 0);
}

void LoadedPlugin::log_line(const bh_host* host, bh_log_level /*level*/, const char* message) {
    auto* plugin = static_cast<LoadedPlugin*>(host->ctx);
    const std::lock_guard lock(plugin->mutex_);
    plugin->log_.emplace_back(message);
}

void LoadedPlugin::got_ready(const bh_host* host, std::uint16_t port) {
    auto* plugin = static_cast<LoadedPlugin*>(host->ctx);
    const std::lock_guard lock(plugin->mutex_);
    if (!plugin->port_is_known_) {
        plugin->port_is_known_ = true;
        plugin->port_.set_value(port);
    }
}

}  // namespace benchhost::test
