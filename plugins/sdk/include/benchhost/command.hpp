// A server that is a program of its own: extension benchhost.command/1 as a C++ class.
//
//   class MyProgram {
//     public:
//       static constexpr sdk::Description kDescription = {.id = "mine", .name = "My program"};
//       void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes);
//       // What to execute; `directory` is the trial's own folder, the place for files it needs.
//       sdk::Program program(const sdk::Endpoint& endpoint, const std::string& directory);
//       sdk::Program probe();  // tells whether it can run, see bh_command::probe; optional
//   };
//   BENCHHOST_PLUGIN(sdk::command<MyProgram>)
//
// program() and probe() fail by throwing, as everything else (plugin.hpp).
#pragma once

#include <benchhost/plugin.hpp>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchhost::sdk {

/// A program and its surroundings; no shell is involved.
struct Program {
    std::vector<std::string> argv;                                 ///< argv[0] is looked up in PATH
    std::vector<std::pair<std::string, std::string>> environment;  ///< added to the host's
    std::string working_directory;  ///< empty: the trial's own folder
    std::string unix_socket;        ///< listens there instead of on the endpoint's port
    int inherited_fd = -1;          ///< a descriptor that it keeps, see listening_socket
};

/// A socket that listens at the endpoint, for a program that adopts one. Throws std::system_error.
inline int listening_socket(const Endpoint& endpoint, int backlog) {
    addrinfo wanted{};
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(endpoint.port);
    if (::getaddrinfo(endpoint.address.c_str(), port.c_str(), &wanted, &found) != 0) {
        throw std::invalid_argument("\"" + endpoint.address + "\" is no IP address");
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> address(found, &::freeaddrinfo);
    const int fd = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(fd, address->ai_addr, address->ai_addrlen) != 0 || ::listen(fd, backlog) != 0) {
        const std::error_code error(errno, std::generic_category());
        if (fd >= 0) {
            ::close(fd);
        }
        throw std::system_error(error, "cannot listen on port " + port);
    }
    return fd;
}

namespace detail {

/// A Program as the C struct, which stays valid until the next one.
class ProgramForHost {
  public:
    const bh_program* set(Program program) {
        program_ = std::move(program);
        entries_.clear();
        argv_.clear();
        environment_.clear();
        for (const auto& [key, value] : program_.environment) {
            entries_.push_back(key + "=" + value);
        }
        for (const std::string& word : program_.argv) {
            argv_.push_back(word.c_str());
        }
        for (const std::string& entry : entries_) {
            environment_.push_back(entry.c_str());
        }
        argv_.push_back(nullptr);
        environment_.push_back(nullptr);
        c_program_ = {sizeof(bh_program),
                      argv_.data(),
                      environment_.data(),
                      text_or_null(program_.working_directory),
                      text_or_null(program_.unix_socket),
                      program_.inherited_fd};
        return &c_program_;
    }

  private:
    static const char* text_or_null(const std::string& text) {
        return text.empty() ? nullptr : text.c_str();
    }

    Program program_;
    std::vector<std::string> entries_;
    std::vector<const char*> argv_;
    std::vector<const char*> environment_;
    bh_program c_program_{};
};

template <class Server, class = void>
constexpr bool kHasProbe = false;
template <class Server>
constexpr bool kHasProbe<Server, std::void_t<decltype(&Server::probe)>> = true;

/// What Instance holds for a program: the author's class and what the host was given of it.
template <class Server>
struct CommandServer : Server {
    using Server::Server;
    ProgramForHost program_for_host;
    ProgramForHost probe_for_host;
};

template <class Server>
struct CommandInstance : Instance<CommandServer<Server>> {
    using Base = Instance<CommandServer<Server>>;

    static const bh_program* program(void* self, const bh_endpoint* endpoint,
                                     const char* directory) noexcept {
        auto& server = Base::of(self).server;
        const bh_program* made = nullptr;
        guarded(Base::of(self).host, [&] {
            made = server.program_for_host.set(server.program(endpoint_from(*endpoint), directory));
        });
        return made;
    }
    static const bh_program* probe(void* self) noexcept {
        auto& server = Base::of(self).server;
        const bh_program* made = nullptr;
        guarded(Base::of(self).host, [&] { made = server.probe_for_host.set(server.probe()); });
        return made;
    }
    static constexpr auto probe_or_null() {
        if constexpr (kHasProbe<Server>) {
            return &probe;
        } else {
            return static_cast<const bh_program* (*)(void*)>(nullptr);
        }
    }
    static constexpr bh_command make() { return {sizeof(bh_command), &program, probe_or_null()}; }
    static const void* extension(void* /*self*/, const char* id) noexcept {
        static constexpr bh_command kCommand = make();
        return std::strcmp(id, BH_EXTENSION_COMMAND) == 0 ? &kCommand : nullptr;
    }
};

}  // namespace detail

/// The C description of a class as shown at the top of this file.
template <class Server>
inline constexpr bh_server command = {sizeof(bh_server),
                                      Server::kDescription.caps | BH_CAP_COMMAND,
                                      Server::kDescription.id,
                                      Server::kDescription.name,
                                      Server::kDescription.version,
                                      Server::kDescription.language,
                                      Server::kDescription.concurrency,
                                      Server::kDescription.url,
                                      detail::Options<Server>::kTable.data(),
                                      detail::Options<Server>::kCount,
                                      &detail::CommandInstance<Server>::create,
                                      &detail::CommandInstance<Server>::configure,
                                      nullptr,
                                      nullptr,
                                      &detail::CommandInstance<Server>::destroy,
                                      &detail::CommandInstance<Server>::extension,
                                      Server::kDescription.declared_class,
                                      Server::kDescription.route_kinds};

}  // namespace benchhost::sdk
