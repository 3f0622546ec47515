#include "core/process/server_process.hpp"

#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"
#include "core/machine/usage.hpp"
#include "core/process/claims.hpp"
#include "core/process/control_channel.hpp"
#include "core/process/control_groups.hpp"
#include "core/process/protocol.hpp"
#include "core/process/spawn.hpp"
#include "core/process/wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <initializer_list>
#include <stdexcept>
#include <utility>

namespace benchhost::process {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// A supervisor that is alive answers within a millisecond; this allows for a machine under load.
constexpr auto kAnswerLimit = seconds(2);
// Beyond the supervisor's own limit for killing a tree.
constexpr auto kKillLimit = seconds(8);

const char* while_in(Stage stage) {
    switch (stage) {
        case Stage::spawned:
            return "before it was started";
        case Stage::configured:
            return "while it was loaded and configured";
        case Stage::ready:
            return "before it was ready";
        case Stage::serving:
            return "while serving";
        case Stage::stopping:
        case Stage::exited:
            break;
    }
    return "while stopping";
}

std::string missed(Stage stage, Nanoseconds limit, const TreeEnd& end) {
    const auto within = fmt::format("within {}", format_duration(limit));
    switch (stage) {
        case Stage::spawned:
            return "its process did not start " + within;
        case Stage::configured:
            return "was not loaded and configured " + within;
        default:
            break;
    }
    if (!end.unseen.empty()) {
        return fmt::format("did not get ready {}; {}", within, why_unseen(end.unseen));
    }
    if (!end.listening.empty()) {
        return fmt::format("did not get ready {}; it listened on {}", within,
                           fmt::join(end.listening, ", "));
    }
    return fmt::format("did not get ready {}; it listened on no port{}", within,
                       end.asked_name_server
                           ? " and was waiting for a name server: some look up the name of their "
                             "address first; a line for it in /etc/hosts spares them that (of "
                             "servers in Python, bind = fd does as well)"
                           : "");
}

}  // namespace

void throw_exception_from_error(const ServerFault& fault, const boost::source_location& where) {
    throw std::logic_error(fmt::format("{}: unexpected fault in stage {}: {}", where.to_string(),
                                       word_of(fault.stage), fault.reason));
}

struct ServerProcess::Impl {
    Impl(pid_t supervisor_pid, ControlChannel channel)
        : supervisor(supervisor_pid), control(std::move(channel)) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { kill_rest(); }

    enum class Waited { came, ended, timed_out };
    /// One of `kinds`.
    Waited wait_for(std::initializer_list<Event::Kind> kinds, steady_clock::time_point deadline);
    void take(Event event);
    void take_server(pid_t pid);
    std::optional<ServerFault> reach(Stage stage, Event::Kind kind, Nanoseconds limit);
    ServerFault fault_in(Stage stage) const;
    void end_it(const Command& command, Nanoseconds limit);
    void kill_rest();
    bool has_ended() const { return end.has_value() || supervisor_lost; }

    pid_t supervisor;
    ControlChannel control;
    Nanoseconds patience{};
    pid_t server = -1;
    ListeningPlace place;
    std::map<std::string, std::string> limits;
    std::vector<std::string> log;
    std::optional<ServerFault> reported;  // by the server child or the supervisor
    std::optional<TreeEnd> end;
    std::optional<Leftovers> left;
    bool supervisor_lost = false;  // its channel closed before it said how the server ended
};

// The number of a process to be ended comes from a message: it counts when the kernel says that the
// process is a child of the supervisor.
void ServerProcess::Impl::take_server(pid_t pid) {
    const auto stat = machine::read_stat(pid);
    if (stat && stat->parent == supervisor) {
        server = pid;
    }
}

void ServerProcess::Impl::take(Event event) {
    switch (event.kind) {
        case Event::Kind::spawned:
            take_server(event.pid);
            limits = std::move(event.limits);
            break;
        case Event::Kind::ready:
            place = std::move(event.place);
            break;
        case Event::Kind::failed:
            if (!reported) {  // what comes later is a consequence
                reported = ServerFault{event.stage, event.reason, {}};
            }
            break;
        case Event::Kind::exited:
            end = std::move(event.end);
            log = std::move(event.log);
            break;
        case Event::Kind::log:
            log = std::move(event.log);
            break;
        case Event::Kind::destroyed:
            left = std::move(event.left);
            break;
        case Event::Kind::configured:
        case Event::Kind::executing:
            break;
    }
}

ServerProcess::Impl::Waited ServerProcess::Impl::wait_for(std::initializer_list<Event::Kind> kinds,
                                                          steady_clock::time_point deadline) {
    while (!has_ended()) {
        const auto received = control.receive(deadline);
        if (!received.message) {
            if (received.silence == ControlChannel::Silence::timed_out) {
                return Waited::timed_out;
            }
            supervisor_lost = true;
            break;
        }
        auto event = decode_event(*received.message);
        if (!event) {
            reported = ServerFault{Stage::spawned, event.error().message, {}};
            continue;
        }
        const bool wanted = std::find(kinds.begin(), kinds.end(), event->kind) != kinds.end();
        take(std::move(*event));
        if (wanted) {
            return Waited::came;
        }
    }
    return Waited::ended;
}

// Waits until the server has completed `stage`, which its supervisor tells by `kind`.
std::optional<ServerFault> ServerProcess::Impl::reach(Stage stage, Event::Kind kind,
                                                      Nanoseconds limit) {
    const auto waited = wait_for({kind, Event::Kind::failed}, steady_clock::now() + limit);
    if (waited == Waited::came && !reported) {
        return std::nullopt;
    }
    const bool timed_out = waited == Waited::timed_out && !reported;
    // Whoever has said why it failed comes to its end at once, unless it hangs there.
    if (timed_out ||
        wait_for({Event::Kind::exited}, steady_clock::now() + kAnswerLimit) == Waited::timed_out) {
        // Its end brings the log and, after a kill, the ports that it listened on instead.
        end_it(Command{Command::Kind::kill, {}}, kKillLimit);
    }
    auto fault = fault_in(stage);
    if (timed_out) {
        fault.stage = stage;
        fault.reason = missed(stage, limit, end.value_or(TreeEnd{}));
    }
    return fault;
}

ServerFault ServerProcess::Impl::fault_in(Stage stage) const {
    ServerFault fault{stage, "", log};
    if (end && end->out_of_memory) {
        fault.reason = fmt::format("out of memory: {} ({} {})", *end->out_of_memory, end->outcome,
                                   while_in(stage));
    } else if (reported) {
        fault.stage = reported->stage;
        fault.reason = reported->reason;
    } else if (end) {
        fault.reason = fmt::format("{} {}", end->outcome, while_in(stage));
        if (stage != Stage::configured && end->exited_zero && !end->survivors.empty()) {
            fault.reason += fmt::format(
                "; it left {} in the background, but a server has to stay in the foreground",
                fmt::join(end->survivors, ", "));
        }
    } else {
        fault.reason =
            fmt::format("its supervisor (process {}) ended {}", supervisor, while_in(stage));
    }
    if (end && end->processes_refused) {
        fault.reason += "; " + *end->processes_refused;
    }
    return fault;
}

// A supervisor that can no longer be told has already said how the server ended, or never will.
void ServerProcess::Impl::end_it(const Command& command, Nanoseconds limit) {
    if (!has_ended()) {
        const auto told = control.send(encode(command));
        wait_for({Event::Kind::exited}, steady_clock::now() + (told ? limit : Nanoseconds{0}));
    }
}

// Ends everything that may be left, also when the supervisor is dead or does not answer.
void ServerProcess::Impl::kill_rest() {
    if (supervisor < 0) {
        return;
    }
    end_it(Command{Command::Kind::kill, {}}, kKillLimit);
    std::vector<pid_t> rest;
    if (!wait_child(supervisor, steady_clock::now() + (end ? kAnswerLimit : seconds(0)))) {
        rest = machine::descendants(supervisor);
        ::kill(supervisor, SIGKILL);
        wait_child(supervisor, steady_clock::now() + kAnswerLimit);
    }
    if (!end && server > 0) {
        // Nobody has looked after the tree: what is left of it is found by its session.
        const auto members = machine::session_members(server);
        rest.insert(rest.end(), members.begin(), members.end());
    }
    for (const pid_t pid : rest) {
        ::kill(pid, SIGKILL);
    }
    if (!end) {
        remove_groups_of(supervisor);
    }
    supervisor = -1;
}

boost::system::result<ServerProcess, ServerFault> ServerProcess::start(
    const StartRequest& request) {
    auto channel = ControlChannel::make_pair();
    if (!channel) {
        return ServerFault{Stage::spawned, channel.error().message, {}};
    }
    SpawnRequest spawn;
    spawn.executable = request.serve_executable;
    spawn.arguments = {"--supervise"};
    spawn.channel = channel->second.fd();
    const auto supervisor = spawn_process(spawn);
    if (!supervisor) {
        return ServerFault{Stage::spawned, supervisor.error().message, {}};
    }
    channel->second.close();
    auto impl = std::make_unique<Impl>(*supervisor, std::move(channel->first));
    impl->patience = request.timeouts.stopping;
    if (const auto sent = impl->control.send(encode(request)); !sent) {
        return ServerFault{Stage::spawned, sent.error().message, {}};
    }
    const auto& limits = request.timeouts;
    if (auto fault = impl->reach(Stage::spawned, Event::Kind::spawned, limits.spawned)) {
        return *fault;
    }
    if (auto fault = impl->reach(Stage::configured, Event::Kind::configured, limits.configured)) {
        return *fault;
    }
    if (auto fault = impl->reach(Stage::ready, Event::Kind::ready, limits.ready)) {
        return *fault;
    }
    return ServerProcess(std::move(impl));
}

ServerProcess::ServerProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServerProcess::ServerProcess(ServerProcess&&) noexcept = default;
ServerProcess& ServerProcess::operator=(ServerProcess&&) noexcept = default;
ServerProcess::~ServerProcess() = default;

const ListeningPlace& ServerProcess::place() const { return impl_->place; }
pid_t ServerProcess::pid() const { return impl_->server; }

std::optional<ServerFault> ServerProcess::fault() {
    impl_->wait_for({Event::Kind::exited}, steady_clock::now());
    if (!impl_->has_ended() && !impl_->reported) {
        return std::nullopt;
    }
    return impl_->fault_in(Stage::serving);
}

Result<machine::TreeUsage> ServerProcess::usage(bool with_pss) const {
    return machine::sample_tree(impl_->supervisor, with_pss);
}

std::vector<std::string> ServerProcess::log_tail() const {
    if (!impl_->has_ended() &&
        impl_->control.send(encode(Command{Command::Kind::log, {}})).has_value()) {
        impl_->wait_for({Event::Kind::log}, steady_clock::now() + kAnswerLimit);
    }
    return impl_->log;
}

const std::map<std::string, std::string>& ServerProcess::effective_limits() const {
    return impl_->limits;
}

StopReport ServerProcess::stop() {
    const auto began = steady_clock::now();
    auto& impl = *impl_;
    impl.wait_for({Event::Kind::exited}, began);
    const bool already = impl.has_ended();
    impl.end_it(Command{Command::Kind::stop, impl.patience}, impl.patience + kKillLimit);
    impl.kill_rest();
    StopReport report;
    report.took = steady_clock::now() - began;
    report.killed = !impl.end || (impl.end->forced && !already);
    if (!impl.end) {
        report.how = "its supervisor did not answer; everything that was found was killed";
        report.tree_gone = machine::session_members(impl.server).empty();
        return report;
    }
    const auto& end = *impl.end;
    report.tree_gone = end.tree_gone;
    report.survivors = end.survivors;
    report.printed = end.printed;
    report.left = impl.left;
    report.processes_refused = end.processes_refused;
    if (!end.after_stop) {
        report.fault = impl.fault_in(Stage::serving);
    }
    report.clean = end.after_stop && !end.forced && (end.exited_zero || end.by_sigterm) &&
                   end.survivors.empty();
    report.how = already          ? end.outcome + " before it was asked to stop"
                 : end.forced     ? fmt::format("killed after {}", format_duration(impl.patience))
                 : end.by_sigterm ? "ended by SIGTERM"
                                  : end.outcome;
    if (end.out_of_memory) {
        report.how += "; a process of it was killed: out of memory, " + *end.out_of_memory;
    }
    if (!end.survivors.empty()) {
        report.how += fmt::format("; {} outlived it and {} killed", fmt::join(end.survivors, ", "),
                                  end.survivors.size() == 1 ? "was" : "were");
    }
    return report;
}

}  // namespace benchhost::process
