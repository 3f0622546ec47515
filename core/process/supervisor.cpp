#include "core/process/supervisor.hpp"

#include "core/machine/listeners.hpp"
#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"
#include "core/process/claims.hpp"
#include "core/process/control_groups.hpp"
#include "core/process/log_pipe.hpp"
#include "core/process/protocol.hpp"
#include "core/process/reaper.hpp"
#include "core/process/server_child.hpp"
#include "core/process/wait.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr auto kListenPoll = milliseconds(5);
constexpr auto kSecondSignal = seconds(1);
constexpr auto kLastMoment = milliseconds(250);  // for the rest of a tree whose head has ended
constexpr auto kMostMoments = seconds(2);        // while the machine keeps that from running

class Supervisor {
  public:
    Supervisor(ControlChannel control, const ServerRole& role)
        : control_(std::move(control)), role_(role) {}
    int run();

  private:
    Status start();
    Status fork_server();
    void turn();
    void on_control();
    void on_child_message();
    void on_child_hung_up();
    void on_spawned(Event event);
    void on_ready(Event event);
    void become_ready(ListeningPlace place);
    void on_timers();
    bool has_ended();
    void begin_stop(Nanoseconds patience);
    void kill_server();
    void conclude();
    void wait_for_rest();
    void fail(Stage stage, const std::string& reason);
    void send(const Event& event);
    TreeEnd describe_end() const;
    std::optional<steady_clock::time_point> next_timer() const;

    ControlChannel control_;
    const ServerRole& role_;
    StartRequest request_;
    std::optional<ControlGroups> groups_;
    ControlChannel child_{UniqueFd()};
    pid_t server_ = -1;
    bool spawned_ = false;
    LogPipe log_;
    Reaper reaper_;
    std::optional<ListeningPlace> executing_;
    bool awaits_listener_ = false;
    bool ready_ = false;
    bool stopping_ = false;
    bool killed_ = false;
    bool abandoned_ = false;  // benchhost is gone
    std::optional<steady_clock::time_point> second_signal_;
    std::optional<steady_clock::time_point> kill_at_;
    std::optional<steady_clock::time_point> lost_at_;
    TreeEnd end_;
};

int Supervisor::run() {
    if (const auto started = start(); !started) {
        fail(Stage::spawned, started.error().message);
        return 1;
    }
    while (!reaper_.server_status() && !abandoned_) {
        turn();
    }
    conclude();
    return 0;
}

Status Supervisor::start() {
    const auto first = control_.receive(steady_clock::now() + seconds(30));
    if (!first.message) {
        return Error{ErrorCode::internal, "no start message came"};
    }
    auto request = decode_start_request(*first.message);
    if (!request) {
        return request.error();
    }
    request_ = std::move(*request);
    if (auto begun = reaper_.begin(); !begun) {
        return begun;
    }
    groups_.emplace(ControlGroups::make(request_.limits));
    return fork_server();
}

Status Supervisor::fork_server() {
    auto channel = ControlChannel::make_pair();
    if (!channel) {
        return channel.error();
    }
    const auto log_writer = log_.open(request_.echo_log);
    if (!log_writer) {
        return log_writer.error();
    }
    const pid_t supervisor = ::getpid();
    const pid_t server = ::fork();
    if (server < 0) {
        return system_error(ErrorCode::environment, "fork", errno);
    }
    if (server == 0) {
        run_server_child(request_, *groups_, channel->second, log_writer->get(), supervisor, role_);
    }
    server_ = server;
    reaper_.set_server(server);
    child_ = std::move(channel->first);
    return {};
}

void Supervisor::turn() {
    std::vector<pollfd> watched{{reaper_.fd(), POLLIN, 0}, {control_.fd(), POLLIN, 0}};
    watched.push_back({child_.fd(), POLLIN, 0});
    watched.push_back({log_.fd(), POLLIN, 0});
    const auto timer = next_timer();
    ::poll(watched.data(), watched.size(), timer ? poll_timeout(*timer) : -1);
    if (watched[3].revents != 0) {
        log_.drain();
    }
    if (watched[2].revents != 0) {
        on_child_message();
    }
    if (watched[1].revents != 0) {
        on_control();
    }
    if (watched[0].revents != 0 && reaper_.take_signals()) {
        kill_server();
    }
    on_timers();
}

// Collects first: a program that has gone into the background may listen, yet it has ended.
bool Supervisor::has_ended() {
    reaper_.reap();
    return reaper_.server_status().has_value();
}

std::optional<steady_clock::time_point> Supervisor::next_timer() const {
    std::optional<steady_clock::time_point> next;
    const auto consider = [&](std::optional<steady_clock::time_point> candidate) {
        if (candidate && (!next || *candidate < *next)) {
            next = candidate;
        }
    };
    consider(second_signal_);
    consider(kill_at_);
    consider(lost_at_);
    if (awaits_listener_) {
        consider(steady_clock::now() + kListenPoll);
    }
    return next;
}

void Supervisor::on_control() {
    const auto received = control_.receive(steady_clock::now());
    if (!received.message) {
        abandoned_ = abandoned_ || received.silence == ControlChannel::Silence::hung_up;
        return;
    }
    const auto command = decode_command(*received.message);
    if (!command) {
        return;  // nobody but ourselves writes here; an unknown wish of a newer host is not ours
    }
    if (command->kind == Command::Kind::log) {
        log_.drain();
        Event event;
        event.kind = Event::Kind::log;
        event.log = log_.lines();
        send(event);
    } else if (command->kind == Command::Kind::stop) {
        begin_stop(command->patience);
    } else {
        kill_server();
    }
}

void Supervisor::on_child_message() {
    const auto received = child_.receive(steady_clock::now());
    if (!received.message) {
        if (received.silence == ControlChannel::Silence::hung_up) {
            on_child_hung_up();
        }
        return;
    }
    auto event = decode_event(*received.message);
    if (!event) {
        return fail(Stage::configured, "wrote nonsense to its control channel");
    }
    switch (event->kind) {
        case Event::Kind::spawned:
            return on_spawned(std::move(*event));
        case Event::Kind::executing:
            executing_ = std::move(event->place);
            return;
        case Event::Kind::ready:
            return on_ready(std::move(*event));
        case Event::Kind::configured:
        case Event::Kind::failed:
        case Event::Kind::destroyed:
            return send(*as_told_by_child(*event));
        case Event::Kind::exited:
        case Event::Kind::log:
            return fail(Stage::configured, "sent what only its supervisor knows");
    }
}

// Whoever has the plugin's channel may write anything: which process it is we know ourselves.
void Supervisor::on_spawned(Event event) {
    if (std::exchange(spawned_, true)) {
        return fail(Stage::configured, "said twice that it was spawned");
    }
    event.pid = server_;
    // What the child could not join is in its message already, and stays.
    event.limits.insert(groups_->effective().begin(), groups_->effective().end());
    send(event);
}

// Where it serves is said once, and believed when the kernel says the same.
void Supervisor::on_ready(Event event) {
    if (ready_) {
        return;
    }
    const auto pids = reaper_.tree();
    const auto owner = owner_of(pids, request_.address, event.place);
    if (owner != machine::SocketOwner::theirs) {
        return fail(Stage::ready, why_not_believed(pids, owner, event.place));
    }
    become_ready(std::move(event.place));
}

void Supervisor::become_ready(ListeningPlace place) {
    ready_ = true;
    Event event;
    event.kind = Event::Kind::ready;
    event.place = std::move(place);
    send(event);
}

void Supervisor::on_child_hung_up() {
    child_.close();
    if (ready_) {
        return;
    }
    if (executing_) {
        // The channel is close-on-exec: the server's own program runs now. No connection is made
        // to see whether it listens, since some servers would wait for a request on it.
        awaits_listener_ = true;
    } else {
        lost_at_ = steady_clock::now() + kLastMoment;  // its death may be what closed it
    }
}

void Supervisor::on_timers() {
    const auto now = steady_clock::now();
    if (awaits_listener_ &&
        owner_of(reaper_.tree(), request_.address, *executing_) == machine::SocketOwner::theirs &&
        !has_ended()) {
        awaits_listener_ = false;
        become_ready(*executing_);
    }
    if (second_signal_ && now >= *second_signal_) {
        second_signal_.reset();
        reaper_.signal_group(SIGTERM);  // one sent during start-up may have been lost
    }
    if (kill_at_ && now >= *kill_at_) {
        kill_at_.reset();
        kill_server();
    }
    if (lost_at_ && now >= *lost_at_) {
        lost_at_.reset();
        fail(Stage::ready,
             "closed the descriptor by which benchhost-serve reports; a plugin must "
             "not close descriptors that it did not open");
    }
}

void Supervisor::begin_stop(Nanoseconds patience) {
    // What has ended by itself did not do so because it was asked to.
    if (stopping_ || has_ended()) {
        return;
    }
    stopping_ = true;
    const auto now = steady_clock::now();
    second_signal_ = now + kSecondSignal;
    kill_at_ = now + patience;
    reaper_.signal_group(SIGTERM);
}

void Supervisor::kill_server() {
    if (!killed_ && !reaper_.server_status()) {
        killed_ = true;
        const auto pids = reaper_.tree();
        end_.listening = machine::listening_places(pids);
        end_.unseen = unseen_processes(pids);
        end_.asked_name_server = machine::asks_name_server(pids);
        reaper_.signal_server(SIGKILL);  // conclude() sees to the rest of the tree
    }
}

void Supervisor::fail(Stage stage, const std::string& reason) {
    Event event;
    event.kind = Event::Kind::failed;
    event.stage = stage;
    event.reason = reason;
    send(event);
    if (reaper_.has_server()) {
        kill_server();
    }
}

void Supervisor::send(const Event& event) {
    if (!abandoned_ && !control_.send(encode(event))) {
        abandoned_ = true;
    }
}

void Supervisor::conclude() {
    while (child_.is_open() && !abandoned_) {
        const auto last = child_.receive(steady_clock::now());
        if (!last.message) {
            break;
        }
        const auto event = decode_event(*last.message);
        // Said just before it ended: why, or, by one that ended at once, that it was spawned.
        if (event && event->kind == Event::Kind::spawned && !spawned_) {
            on_spawned(*event);
        } else if (const auto told = event ? as_told_by_child(*event) : std::nullopt) {
            send(*told);
        }
    }
    if (stopping_ && !killed_) {
        wait_for_rest();
    }
    for (const pid_t pid : killed_ || abandoned_ ? std::vector<pid_t>{} : reaper_.tree()) {
        end_.survivors.push_back(machine::process_label(pid));
    }
    end_.tree_gone = reaper_.kill_tree();
    log_.drain();
    Event event;
    event.kind = Event::Kind::exited;
    event.end = describe_end();
    event.log = log_.lines();
    if (!request_.directory.empty()) {
        if (const auto written = log_.write_to(request_.directory / "server.log"); !written) {
            fmt::print(stderr, "benchhost-serve: {}\n", written.error().message);
        }
    }
    groups_.reset();
    send(event);
}

// Workers whose master has just ended by itself are given a moment to do the same: those that are
// about to run or wait for a processor, a longer one than those that sleep.
void Supervisor::wait_for_rest() {
    const auto began = steady_clock::now();
    for (;;) {
        const auto rest = reaper_.tree();
        const bool patient = std::any_of(rest.begin(), rest.end(), machine::is_runnable);
        const auto limit = began + (patient ? Nanoseconds(kMostMoments) : Nanoseconds(kLastMoment));
        if (rest.empty() || steady_clock::now() >= limit) {
            return;
        }
        reaper_.pause(std::min(limit, steady_clock::now() + milliseconds(10)));
        log_.drain();
    }
}

TreeEnd Supervisor::describe_end() const {
    TreeEnd end = end_;
    end.forced = killed_;
    end.after_stop = stopping_;
    if (const auto status = reaper_.server_status()) {
        end.outcome = describe_exit(*status);
        end.exited_zero = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
        end.by_sigterm = WIFSIGNALED(*status) && WTERMSIG(*status) == SIGTERM;
    }
    end.printed = log_.total_bytes();
    end.out_of_memory = groups_->out_of_memory();
    end.processes_refused = groups_->processes_refused();
    return end;
}

}  // namespace

int supervise(UniqueFd control, const ServerRole& role) {
    return Supervisor(ControlChannel(std::move(control)), role).run();
}

}  // namespace benchhost::process
