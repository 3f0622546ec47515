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

#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchhost::sdk {

/// A program and its surroundings; no shell is involved.
struct Program {
    std::vector<std::string> argv;                                 ///< argv[0] is looked up in PATH
    std::vector<std::pair<std::string, std::string>> environment;  ///< added to the host's
    std::string working_directory;  ///< empty: the trial's own folder
};

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
        const std::string& folder = program_.working_directory;
        c_program_ = {sizeof(bh_program), argv_.data(), environment_.data(),
                      folder.empty() ? nullptr : folder.c_str()};
        return &c_program_;
    }

  private:
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
                                      Server::kDescription.declared_class};

}  // namespace benchhost::sdk
