// A plugin that writes its own messages to the channel by which its process reports: what it says
// is believed as far as the kernel says the same, and costs nobody else anything.
#include "core/base/unique_fd.hpp"
#include "core/process/protocol.hpp"
#include "tests/integration/process/serving.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

namespace benchhost::process::testing {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

StartRequest forger(const Serving& serving, const Event& forged, const std::string& then) {
    auto request = serving.request("forges_messages", "forges-messages");
    request.options = {{"say", encode(forged)}, {"then", then}};
    request.timeouts.ready = seconds(2);
    return request;
}

/// Leads a session of its own, and has nothing to do with any server.
class Bystander {
  public:
    Bystander() : pid_(::fork()) {
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::setsid();
            for (;;) {
                ::pause();
            }
        }
        eventually([this] { return ::getsid(pid_) == pid_; });
    }
    Bystander(const Bystander&) = delete;
    Bystander& operator=(const Bystander&) = delete;
    ~Bystander() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    pid_t pid() const { return pid_; }
    bool lives() const {
        siginfo_t ended{};
        return ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               ended.si_pid == 0;
    }

  private:
    pid_t pid_;
};

/// Listens at a unix socket that is no server's.
UniqueFd listen_at(const std::string& path) {
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener.get(), 1) != 0) {
        listener.reset();
    }
    return listener;
}

/// Somebody else's port.
std::pair<UniqueFd, std::uint16_t> listen_on_port() {
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener.get(), 1) != 0 ||
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        listener.reset();
    }
    return {std::move(listener), ntohs(address.sin_port)};
}

Event spawned_as(pid_t pid) {
    Event event;
    event.kind = Event::Kind::spawned;
    event.pid = pid;
    return event;
}

Event listening_at(Event::Kind kind, const ListeningPlace& place) {
    Event event;
    event.kind = kind;
    event.place = place;
    return event;
}

TEST(Claims, TheServersProcessIsTheOneThatWasStarted) {
    const Serving serving;
    const Bystander bystander;
    auto server =
        ServerProcess::start(forger(serving, spawned_as(bystander.pid()), "exit-when-asked"));
    ASSERT_TRUE(server) << server.error().reason;
    const auto pid = server->pid();
    http_get(server->port(), "/text");
    ASSERT_TRUE(eventually([&] { return server->fault().has_value(); }));
    EXPECT_EQ(server->pid(), pid);
    EXPECT_TRUE(server->stop().tree_gone);
    EXPECT_TRUE(bystander.lives());
    EXPECT_TRUE(serving.nothing_left());
}

TEST(Claims, NobodyElseIsEndedWhenASupervisorIs) {
    const Serving serving;
    const Bystander bystander;
    {
        auto server =
            ServerProcess::start(forger(serving, spawned_as(bystander.pid()), "kill-when-asked"));
        ASSERT_TRUE(server) << server.error().reason;
        http_get(server->port(), "/text");
        ASSERT_TRUE(eventually([&] { return server->fault().has_value(); }));
        server->stop();
    }
    EXPECT_TRUE(bystander.lives());
    EXPECT_TRUE(serving.nothing_left());
}

class ForgedEnd : public ::testing::TestWithParam<const char*> {};

TEST_P(ForgedEnd, IsNotBelieved) {
    const Serving serving;
    Event forged;
    forged.kind = Event::Kind::exited;
    forged.end.emplace();
    forged.end->outcome = "ended as it says";
    forged.end->out_of_memory = "limit of its own";
    forged.log = {"a line that nobody wrote"};
    const auto server = ServerProcess::start(forger(serving, forged, GetParam()));
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, AnyOf(HasSubstr("sent what only its supervisor knows"),
                                             HasSubstr("exited with status 7")));
    EXPECT_THAT(server.error().log_tail, ::testing::IsEmpty());
    EXPECT_TRUE(serving.nothing_left());
}

INSTANTIATE_TEST_SUITE_P(Claims, ForgedEnd, ::testing::Values("wait", "exit"));

TEST(Claims, ASocketOfSomebodyElseIsNotItsOwn) {
    const Serving serving;
    const auto path = (serving.directory() / "else.sock").string();
    const auto listener = listen_at(path);
    ASSERT_TRUE(listener.is_open());
    auto server =
        ServerProcess::start(forger(serving, listening_at(Event::Kind::ready, {0, path}), "wait"));
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::ready);
    EXPECT_THAT(server.error().reason, HasSubstr("said that it is ready at \""));
    EXPECT_THAT(server.error().reason, HasSubstr("but it listens on no port at all"));

    server = ServerProcess::start(
        forger(serving, listening_at(Event::Kind::executing, {0, path}), "hang-up"));
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, HasSubstr("did not get ready within 2s"));
}

TEST(Claims, APortOfSomebodyElseIsNotItsOwn) {
    const Serving serving;
    const auto [listener, port] = listen_on_port();
    ASSERT_TRUE(listener.is_open());
    const auto server = ServerProcess::start(
        forger(serving, listening_at(Event::Kind::executing, {port, ""}), "hang-up"));
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, HasSubstr("did not get ready within 2s"));
}

TEST(Claims, TextsArePrintableAndBounded) {
    const Serving serving;
    Event forged;
    forged.kind = Event::Kind::failed;
    forged.stage = Stage::ready;
    forged.reason = "\x1b[31mred\n" + std::string(20'000, 'x');
    const auto server = ServerProcess::start(forger(serving, forged, "exit"));
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, HasSubstr("?[31mred?xxx"));
    EXPECT_THAT(server.error().reason, Not(HasSubstr("\x1b")));
    EXPECT_LT(server.error().reason.size(), 5000U);
}

// CAP_SYS_PTRACE: whoever has it looks into every process.
bool may_look_into_all() {
    constexpr unsigned kTrace = 19;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("CapEff:")) {
            return ((std::stoull(line.substr(7), nullptr, 16) >> kTrace) & 1U) != 0;
        }
    }
    return false;
}

TEST(Claims, WhatMayNotBeLookedIntoIsNotBelieved) {
    const Serving serving;
    const auto [listener, port] = listen_on_port();
    ASSERT_TRUE(listener.is_open());
    auto request = serving.request("undumpable", "undumpable");
    request.options = {{"port", std::to_string(port)}};
    auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::ready);
    EXPECT_THAT(server.error().reason,
                HasSubstr("said that it is ready on port " + std::to_string(port) + ", but "));
    EXPECT_THAT(server.error().reason, may_look_into_all() ? HasSubstr("it listens on 127.0.0.1:")
                                                           : HasSubstr("may not be looked into"));

    request.options = {{"port", "0"}};
    server = ServerProcess::start(request);
    if (may_look_into_all()) {
        ASSERT_TRUE(server) << server.error().reason;
        EXPECT_THAT(http_get(server->port(), "/text"), HasSubstr("Hello World!"));
    } else {
        ASSERT_FALSE(server);
        EXPECT_THAT(server.error().reason, HasSubstr("may not be looked into"));
    }
}

}  // namespace
}  // namespace benchhost::process::testing
