#include "core/serve/server_role.hpp"

#include "core/base/printable.hpp"
#include "core/host/plugin_library.hpp"
#include "core/host/server_instance.hpp"
#include "core/plugin/plugin_options.hpp"
#include "core/process/log_tail.hpp"
#include "core/process/protocol.hpp"
#include "core/serve/describe.hpp"
#include "core/serve/execute.hpp"
#include "core/serve/footprint.hpp"
#include "core/serve/stop_signal.hpp"

#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

namespace benchhost {
namespace {

using process::ControlChannel;
using process::Event;
using process::Stage;
using process::StartRequest;

constexpr int kFailed = 1;

void report(const ControlChannel& supervisor, Event::Kind kind,
            const process::ListeningPlace& place = {}) {
    Event event;
    event.kind = kind;
    event.place = place;
    if (!supervisor.send(encode(event))) {
        std::_Exit(kFailed);  // a server that nobody watches must not go on
    }
}

int fail(const ControlChannel& supervisor, Stage stage, const Error& error) {
    Event event;
    event.kind = Event::Kind::failed;
    event.stage = stage;
    event.reason = printable(error.message);
    // When even this cannot be said, the exit status still tells that it failed.
    return supervisor.send(encode(event)) ? kFailed : kFailed + 1;
}

int run_program(host::ServerInstance& instance, const StartRequest& request,
                const ControlChannel& supervisor) {
    host::Endpoint endpoint{request.address, request.port, request.threads};
    if (endpoint.port == 0) {
        const auto port = pick_free_port(request.address);
        if (!port) {
            return fail(supervisor, Stage::ready, port.error());
        }
        endpoint.port = *port;
    }
    const auto directory = request.directory.string();
    const auto program = instance.program(endpoint, directory);
    if (!program) {
        return fail(supervisor, Stage::ready, program.error());
    }
    report(supervisor, Event::Kind::executing, {endpoint.port, program->unix_socket});
    return fail(supervisor, Stage::ready, execute(*program, directory));
}

int run_serve(host::ServerInstance& instance, const host::HostServices& services,
              const StartRequest& request, const ControlChannel& supervisor, StopSignal& signal) {
    signal.arm([&] { instance.stop(); });
    const auto served =
        instance.serve({request.address, request.port, request.threads}, signal.asked());
    signal.disarm();
    if (!served) {
        const auto stage = signal.asked()         ? Stage::stopping
                           : services.was_ready() ? Stage::serving
                                                  : Stage::ready;
        return fail(supervisor, stage, served.error());
    }
    return 0;
}

int play_loaded(const host::PluginLibrary& library, const host::HostServices& services,
                const StartRequest& request, const ControlChannel& supervisor, StopSignal& signal) {
    const auto server = library.find(request.server);
    if (!server) {
        return fail(supervisor, Stage::configured, server.error());
    }
    const auto options = plugin::check_options(describe_server(**server), request.options);
    if (!options) {
        return fail(supervisor, Stage::configured, options.error());
    }
    auto instance = host::ServerInstance::create(**server, services);
    if (!instance) {
        return fail(supervisor, Stage::configured, instance.error());
    }
    if (auto configured = instance->configure(*options, request.routes); !configured) {
        return fail(supervisor, Stage::configured, configured.error());
    }
    report(supervisor, Event::Kind::configured);
    return instance->is_command() ? run_program(*instance, request, supervisor)
                                  : run_serve(*instance, services, request, supervisor, signal);
}

// After destroy(): what the plugin has not given back.
void report_leftovers(const ControlChannel& supervisor, const Footprint& bare,
                      const Footprint& loaded) {
    Event event;
    event.kind = Event::Kind::destroyed;
    event.left = loaded.left_since();
    event.left->own_runtime = loaded.threads() > bare.threads();
    // Nobody misses it: a channel that is gone has been noticed by the supervisor.
    (void)supervisor.send(encode(event));
}

}  // namespace

int play_server(const StartRequest& request, const ControlChannel& supervisor) {
    StopSignal signal;
    const auto bare = Footprint::take();
    const auto library = host::PluginLibrary::load(request.plugin);
    if (!library) {
        return fail(supervisor, Stage::configured, library.error());
    }
    // Lives longer than it has to: a thread that the plugin left behind may go on to call it.
    const host::HostServices services([&](std::uint16_t port) {
        report(supervisor, Event::Kind::ready, {port, ""});
    });
    const auto loaded = Footprint::take();
    const int status = play_loaded(*library, services, request, supervisor, signal);
    report_leftovers(supervisor, bare, loaded);
    // Not returned: unloading a library whose threads may linger is asking for a crash, and the
    // process ends here anyway.
    std::exit(status);
}

}  // namespace benchhost
