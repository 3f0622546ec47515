#include "core/process/supervisor.hpp"

#include "core/process/control_groups.hpp"
#include "core/process/listeners.hpp"
#include "core/process/log_tail.hpp"
#include "core/process/process_tree.hpp"
#include "core/process/protocol.hpp"
#include "core/process/server_child.hpp"
#include "core/process/wait.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
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
constexpr auto kKillLimit = seconds(5);
constexpr int kBlocksPerTurn = 16;

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
    void on_ready(Event event);
    void on_timers();
    void on_signals();
    void begin_stop(Nanoseconds patience);
    void kill_server();
    bool reap();
    void drain_log(int blocks);
    void conclude();
    void wait_for_rest();
    bool kill_tree();
    void fail(Stage stage, const std::string& reason);
    void send(const Event& event);
    void write_log_file() const;
    TreeEnd describe_end() const;
    std::vector<pid_t> tree() const { return living(descendants(::getpid())); }
    std::optional<steady_clock::time_point> next_timer() const;

    ControlChannel control_;
    const ServerRole& role_;
    StartRequest request_;
    std::optional<ControlGroups> groups_;
    ControlChannel child_{UniqueFd()};
    UniqueFd log_;
    UniqueFd signals_;
    LogTail tail_;
    pid_t server_ = -1;
    std::optional<int> status_;  // of the server, once it has ended
    std::optional<std::uint16_t> executing_port_;
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
    while (!status_ && !abandoned_) {
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
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        return system_error(ErrorCode::environment, "prctl(PR_SET_CHILD_SUBREAPER)", errno);
    }
    sigset_t watched;
    ::sigemptyset(&watched);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&watched, signal);
    }
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    signals_.reset(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.is_open()) {
        return system_error(ErrorCode::environment, "signalfd", errno);
    }
    groups_.emplace(ControlGroups::make(request_.limits, fmt::format("benchhost-{}", ::getpid())));
    return fork_server();
}

Status Supervisor::fork_server() {
    auto channel = ControlChannel::make_pair();
    if (!channel) {
        return channel.error();
    }
    int log[2] = {-1, -1};
    if (::pipe2(log, O_CLOEXEC) != 0) {
        return system_error(ErrorCode::environment, "pipe", errno);
    }
    log_.reset(log[0]);
    const UniqueFd log_writer(log[1]);
    ::fcntl(log_.get(), F_SETFL, O_NONBLOCK);
    const pid_t supervisor = ::getpid();
    server_ = ::fork();
    if (server_ < 0) {
        return system_error(ErrorCode::environment, "fork", errno);
    }
    if (server_ == 0) {
        run_server_child(request_, *groups_, channel->second, log_writer.get(), supervisor, role_);
    }
    child_ = std::move(channel->first);
    return {};
}

void Supervisor::turn() {
    std::vector<pollfd> watched{{signals_.get(), POLLIN, 0}, {control_.fd(), POLLIN, 0}};
    watched.push_back({child_.is_open() ? child_.fd() : -1, POLLIN, 0});
    watched.push_back({log_.is_open() ? log_.get() : -1, POLLIN, 0});
    const auto timer = next_timer();
    ::poll(watched.data(), watched.size(), timer ? poll_timeout(*timer) : -1);
    if (watched[3].revents != 0) {
        drain_log(kBlocksPerTurn);
    }
    if (watched[2].revents != 0) {
        on_child_message();
    }
    if (watched[1].revents != 0) {
        on_control();
    }
    if (watched[0].revents != 0) {
        on_signals();
    }
    on_timers();
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
        drain_log(kBlocksPerTurn);
        Event event;
        event.kind = Event::Kind::log;
        event.log = tail_.lines();
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
            event->limits.insert(groups_->effective().begin(), groups_->effective().end());
            event->cgroups = groups_->folders();
            return send(*event);
        case Event::Kind::executing:
            executing_port_ = event->port;
            return;
        case Event::Kind::ready:
            return on_ready(std::move(*event));
        default:
            return send(*event);
    }
}

// A plugin's word is checked where it can be: a port nobody listens on is not served.
void Supervisor::on_ready(Event event) {
    const auto pids = tree();
    if (!listens_on(pids, event.port)) {
        const auto ports = listening_ports(pids);
        fail(Stage::ready,
             fmt::format("said that it is ready on port {}, but {}", event.port,
                         ports.empty() ? "it listens on no port at all"
                                       : fmt::format("it listens on {}", fmt::join(ports, ", "))));
        return;
    }
    ready_ = true;
    send(event);
}

void Supervisor::on_child_hung_up() {
    child_.close();
    if (executing_port_) {
        // The channel is close-on-exec: the server's own program runs now. No connection is made
        // to see whether it listens, since some servers would wait for a request on it.
        awaits_listener_ = true;
    } else if (!ready_) {
        lost_at_ = steady_clock::now() + kLastMoment;  // its death may be what closed it
    }
}

void Supervisor::on_timers() {
    const auto now = steady_clock::now();
    if (awaits_listener_ && listens_on(tree(), *executing_port_)) {
        awaits_listener_ = false;
        ready_ = true;
        Event event;
        event.kind = Event::Kind::ready;
        event.port = *executing_port_;
        send(event);
    }
    if (second_signal_ && now >= *second_signal_) {
        second_signal_.reset();
        ::kill(-server_, SIGTERM);  // one sent during start-up may have been lost
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

void Supervisor::on_signals() {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo != SIGCHLD) {
            kill_server();
        }
    }
    reap();
}

// Whether a child is left, ended or not.
bool Supervisor::reap() {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended == server_) {
            status_ = status;
        }
    }
    return ended == 0 || errno != ECHILD;
}

void Supervisor::begin_stop(Nanoseconds patience) {
    if (stopping_) {
        return;
    }
    stopping_ = true;
    const auto now = steady_clock::now();
    second_signal_ = now + kSecondSignal;
    kill_at_ = now + patience;
    ::kill(-server_, SIGTERM);
}

void Supervisor::kill_server() {
    if (!killed_ && !status_) {
        killed_ = true;
        for (const auto port : listening_ports(tree())) {
            end_.listening.push_back(std::to_string(port));
        }
        ::kill(server_, SIGKILL);  // conclude() sees to the rest of the tree
    }
}

void Supervisor::fail(Stage stage, const std::string& reason) {
    Event event;
    event.kind = Event::Kind::failed;
    event.stage = stage;
    event.reason = reason;
    send(event);
    if (server_ > 0) {
        kill_server();
    }
}

void Supervisor::send(const Event& event) {
    if (!abandoned_ && !control_.send(encode(event))) {
        abandoned_ = true;
    }
}

void Supervisor::drain_log(int blocks) {
    std::vector<char> block(std::size_t{64} * 1024);
    for (int i = 0; i < blocks && log_.is_open(); ++i) {
        const ssize_t got = ::read(log_.get(), block.data(), block.size());
        if (got > 0) {
            tail_.append({block.data(), static_cast<std::size_t>(got)});
            if (request_.echo_log) {
                std::fwrite(block.data(), 1, static_cast<std::size_t>(got), stderr);
            }
        } else if (got == 0) {
            log_.reset();
        } else if (errno != EINTR) {
            return;
        }
    }
}

void Supervisor::conclude() {
    while (child_.is_open() && !abandoned_) {
        const auto last = child_.receive(steady_clock::now());
        if (!last.message) {
            break;
        }
        if (const auto event = decode_event(*last.message);
            event && event->kind != Event::Kind::ready) {
            send(*event);  // why it ended, said just before
        }
    }
    if (stopping_ && !killed_) {
        wait_for_rest();
    }
    for (const pid_t pid : killed_ || abandoned_ ? std::vector<pid_t>{} : tree()) {
        end_.survivors.push_back(process_label(pid));
    }
    end_.tree_gone = kill_tree();
    drain_log(kBlocksPerTurn);
    Event event;
    event.kind = Event::Kind::exited;
    event.end = describe_end();
    event.log = tail_.lines();
    write_log_file();
    groups_.reset();
    send(event);
}

// Workers whose master has just ended by itself are given a moment to do the same.
void Supervisor::wait_for_rest() {
    const auto limit = steady_clock::now() + kLastMoment;
    while (!tree().empty() && steady_clock::now() < limit) {
        wait_readable(signals_.get(), std::min(limit, steady_clock::now() + milliseconds(10)));
        drain_log(kBlocksPerTurn);
        reap();
    }
}

// Orphans become our children, so "no child left" means that nothing of the tree is left.
bool Supervisor::kill_tree() {
    const auto limit = steady_clock::now() + kKillLimit;
    while (steady_clock::now() < limit) {
        if (!reap()) {
            return true;
        }
        // The whole group at once is the only way to outrun a fork bomb.
        ::kill(-server_, SIGKILL);
        for (const pid_t pid : descendants(::getpid())) {
            ::kill(pid, SIGKILL);
        }
        signalfd_siginfo signal{};
        wait_readable(signals_.get(), steady_clock::now() + milliseconds(5));
        while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        }
    }
    return false;
}

TreeEnd Supervisor::describe_end() const {
    TreeEnd end = end_;
    end.forced = killed_;
    end.after_stop = stopping_;
    if (status_) {
        end.outcome = describe_exit(*status_);
        end.exited_zero = WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
        end.by_sigterm = WIFSIGNALED(*status_) && WTERMSIG(*status_) == SIGTERM;
    }
    end.out_of_memory = groups_->out_of_memory();
    return end;
}

void Supervisor::write_log_file() const {
    if (request_.directory.empty()) {
        return;
    }
    const auto path = request_.directory / "server.log";
    std::ofstream file(path, std::ios::binary);
    const auto kept = tail_.bytes();
    if (tail_.total_bytes() > kept.size()) {
        file << "[the first " << tail_.total_bytes() - kept.size() << " bytes are left out]\n";
    }
    file << kept;
    if (!file.flush()) {
        fmt::print(stderr, "benchhost-serve: cannot write {}\n", path.string());
    }
}

}  // namespace

int supervise(UniqueFd control, const ServerRole& role) {
    return Supervisor(ControlChannel(std::move(control)), role).run();
}

}  // namespace benchhost::process
