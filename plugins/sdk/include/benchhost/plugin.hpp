// C++17 on top of plugin.h: write a class, export it with one line. A whole plugin:
//
//   #include <benchhost/plugin.hpp>
//   namespace sdk = benchhost::sdk;
//
//   class MyServer {
//     public:
//       static constexpr sdk::Description kDescription = {
//           .id = "mine", .name = "My server", .version = "1.0", .concurrency = "one event loop"};
//       static constexpr bh_option kOptions[] = {                                  // optional
//           sdk::number_option("backlog", "511", "pending connections")};
//
//       explicit MyServer(sdk::Host host);                                         // or no
//       argument void configure(const sdk::Settings& settings, const std::vector<sdk::Route>&
//       routes); void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready); void stop();
//   };
//   BENCHHOST_PLUGIN(sdk::server<MyServer>)
//
// configure() and serve() fail by throwing: the text of the exception becomes the server's log, and
// the border is never crossed by it. The constructor, configure, serve and the destructor run on
// one thread; stop() comes from another one, perhaps before serve() and more than once: it must not
// block, and serve() returns soon after it. serve() calls ready(port) once it accepts connections.
// Several servers: BENCHHOST_PLUGIN(sdk::server<A>, sdk::server<B>). A server that is a program:
// command.hpp.
#pragma once

#include <benchhost/plugin.h>
#include <benchhost/values.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchhost::sdk {

namespace detail {

/// The pointers to Server::kOptions, when it has some.
template <class Server, class = void>
struct Options {
    static constexpr std::array<const bh_option*, 0> kTable = {};
    static constexpr std::uint32_t kCount = 0;
};
template <class Server>
struct Options<Server, std::void_t<decltype(Server::kOptions)>> {
    template <std::size_t... index>
    static constexpr auto pointers(std::index_sequence<index...> /*unused*/) {
        return std::array<const bh_option*, sizeof...(index)>{&Server::kOptions[index]...};
    }
    static constexpr auto kTable =
        pointers(std::make_index_sequence<std::size(Server::kOptions)>{});
    static constexpr std::uint32_t kCount = static_cast<std::uint32_t>(kTable.size());
};

template <class Server>
Settings settings_from(const bh_setting* const* settings, std::uint32_t count) {
    Settings::Values values;
    for (const bh_option* option : Options<Server>::kTable) {
        if (option->default_value != nullptr) {
            values.emplace_back(option->key, option->default_value);
        }
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        values.emplace_back(settings[i]->key, settings[i]->value);
    }
    return Settings(std::move(values));
}

/// Runs `work`; an exception becomes a line in the log and BH_FAILED. The host adds in which call.
template <class Work>
int guarded(const Host& host, Work&& work) noexcept {
    try {
        work();
        return BH_OK;
    } catch (const std::exception& error) {
        host.error(error.what());
    } catch (...) {
        host.error("an exception that is no std::exception");
    }
    return BH_FAILED;
}

/// One Server behind the C functions of bh_server.
template <class Server>
struct Instance {
    explicit Instance(const bh_host* given) : host(given), server(make(host)) {}

    static Server make(const Host& host) {
        if constexpr (std::is_constructible_v<Server, Host>) {
            return Server(host);
        } else {
            return Server();
        }
    }
    static Instance& of(void* self) { return *static_cast<Instance*>(self); }

    static void* create(const bh_host* host) noexcept {
        std::unique_ptr<Instance> made;
        guarded(Host(host), [&] { made = std::make_unique<Instance>(host); });
        return made.release();
    }
    static int configure(void* self, const bh_setting* const* settings, std::uint32_t setting_count,
                         const bh_route* const* routes, std::uint32_t route_count) noexcept {
        return guarded(of(self).host, [&] {
            of(self).server.configure(settings_from<Server>(settings, setting_count),
                                      routes_from(routes, route_count));
        });
    }
    static int serve(void* self, const bh_endpoint* endpoint) noexcept {
        return guarded(of(self).host, [&] {
            of(self).server.serve(endpoint_from(*endpoint), Ready(of(self).host.get()));
        });
    }
    static void stop(void* self) noexcept {
        guarded(of(self).host, [&] { of(self).server.stop(); });
    }
    static void destroy(void* self) noexcept { delete static_cast<Instance*>(self); }

    Host host;
    Server server;
};

template <const bh_server&... servers>
struct PluginTable {
    static constexpr std::array<const bh_server*, sizeof...(servers)> kServers = {&servers...};
    static constexpr bh_plugin kPlugin = {sizeof(bh_plugin), BH_ABI, sizeof...(servers),
                                          kServers.data()};
};

}  // namespace detail

/// The C description of a class as shown at the top of this file.
template <class Server>
// NOLINTNEXTLINE(readability-identifier-naming): it reads as a verb where it is used
inline constexpr bh_server server = {sizeof(bh_server),
                                     Server::kDescription.caps,
                                     Server::kDescription.id,
                                     Server::kDescription.name,
                                     Server::kDescription.version,
                                     Server::kDescription.language,
                                     Server::kDescription.concurrency,
                                     Server::kDescription.url,
                                     detail::Options<Server>::kTable.data(),
                                     detail::Options<Server>::kCount,
                                     &detail::Instance<Server>::create,
                                     &detail::Instance<Server>::configure,
                                     &detail::Instance<Server>::serve,
                                     &detail::Instance<Server>::stop,
                                     &detail::Instance<Server>::destroy,
                                     nullptr,
                                     Server::kDescription.declared_class,
                                     Server::kDescription.route_kinds};

}  // namespace benchhost::sdk

/// Defines the library's one exported function. Once a library, outside of any namespace.
#define BENCHHOST_PLUGIN(...)                                                                  \
    extern "C" BH_EXPORT const bh_plugin* benchhost_plugin(std::uint32_t host_abi) {           \
        return host_abi == BH_ABI ? &benchhost::sdk::detail::PluginTable<__VA_ARGS__>::kPlugin \
                                  : nullptr;                                                   \
    }
