// A good server from start to stop, and what happens to it when its owner goes.
#include "tests/fixtures/sanitizer.hpp"
#include "tests/integration/process/serving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

namespace benchhost::process::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Lifecycle, ServesWhatItWasGivenAndStopsCleanly) {
    const Serving serving;
    auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_GT(server->port(), 0);
    EXPECT_THAT(http_get(server->port(), "/text"), HasSubstr("\r\n\r\nHello World!"));
    EXPECT_THAT(http_get(server->port(), "/json"), HasSubstr("\r\n\r\n{\"test\":true}"));
    EXPECT_THAT(http_get(server->port(), "/file"), HasSubstr("Content-Length: 1000\r\n"));
    EXPECT_FALSE(server->fault());

    const auto report = server->stop();
    EXPECT_TRUE(report.clean) << report.how;
    EXPECT_TRUE(report.tree_gone);
    EXPECT_EQ(report.how, "exited with status 0");
    EXPECT_LT(report.took, std::chrono::seconds(50)) << "by itself, not at its limit";
    EXPECT_TRUE(serving.nothing_left());
}

// One of the supervisor's that lived on in the server would hide the supervisor's end.
TEST(Lifecycle, AServerHasNoDescriptorOfOursWhereCloseRangeIsRefused) {
    if (fixtures::kUnderSanitizer) {
        GTEST_SKIP() << "a sanitizer wants to be the first library of a process";
    }
    ::setenv("LD_PRELOAD", no_close_range().c_str(), 1);
    const Serving serving;
    auto server = ServerProcess::start(serving.request("good", "good"));
    ::unsetenv("LD_PRELOAD");
    ASSERT_TRUE(server) << server.error().reason;
    const auto open = server->usage(false)->open_files;
    auto usual = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(usual) << usual.error().reason;
    EXPECT_EQ(open, usual->usage(false)->open_files);
    EXPECT_TRUE(usual->stop().clean);
    EXPECT_TRUE(server->stop().clean);
}

TEST(Lifecycle, WhatAServerDoesNotGiveBackIsNamed) {
    const auto left_by = [](const std::string& plugin, const std::string& server_id) {
        const Serving serving;
        auto server = ServerProcess::start(serving.request(plugin, server_id));
        return server ? server->stop().left.value_or(Leftovers{{"not told"}, 99, true})
                      : Leftovers{{server.error().reason}, 99, true};
    };
    const auto nothing = left_by("good", "good");
    EXPECT_THAT(nothing.descriptors, ::testing::IsEmpty());
    EXPECT_EQ(nothing.threads, 0U);
    EXPECT_FALSE(nothing.own_runtime);
    EXPECT_THAT(left_by("leaves_socket", "leaves-socket").descriptors,
                ::testing::ElementsAre(StartsWith("socket:[")));
    EXPECT_EQ(left_by("leaves_thread", "leaves-thread").threads, 1U);
}

TEST(Lifecycle, ASecondSignalDoesNotCutTheCleaningShort) {
    const Serving serving;
    auto request = serving.request("slow_destroy", "slow-destroy");
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    const auto report = server->stop();
    EXPECT_TRUE(report.clean);
    EXPECT_EQ(report.how, "exited with status 0");
    EXPECT_GT(report.took, std::chrono::seconds(1));
    EXPECT_THAT(server->log_tail(), Contains("cleaned up"));
}

TEST(Lifecycle, MovesAndEndsWithItsOwner) {
    const Serving serving;
    {
        auto first = ServerProcess::start(serving.request("good", "good"));
        ASSERT_TRUE(first) << first.error().reason;
        const ServerProcess second = std::move(*first);
        EXPECT_EQ(::kill(second.pid(), 0), 0);
        EXPECT_EQ(serving.left().size(), 2U);  // the supervisor and the server
    }
    EXPECT_TRUE(serving.nothing_left());
}

TEST(Lifecycle, TellsTheLimitsInForce) {
    const Serving serving;
    auto request = serving.request("good", "good");
    rlimit ours{};
    ::getrlimit(RLIMIT_NOFILE, &ours);
    const auto wanted = std::min<rlim_t>(ours.rlim_cur, 777);
    request.limits.nofile = wanted;
    request.limits.cpus = {0};
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_EQ(server->effective_limits().at("nofile"), std::to_string(wanted));
    EXPECT_EQ(server->effective_limits().at("cpus"), "0");
    std::ifstream status("/proc/" + std::to_string(server->pid()) + "/status");
    const std::string text((std::istreambuf_iterator<char>(status)),
                           std::istreambuf_iterator<char>());
    EXPECT_THAT(text, HasSubstr("Cpus_allowed_list:\t0\n"));
}

TEST(Lifecycle, RefusesAProcessorThatIsNotThere) {
    const Serving serving;
    auto request = serving.request("good", "good");
    request.limits.cpus = {0, 4095};
    const auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::spawned);
    EXPECT_THAT(server.error().reason, HasSubstr("4095"));
}

TEST(Lifecycle, SaysWhenTheExecutableOrTheFolderIsMissing) {
    const Serving serving;
    auto request = serving.request("good", "good");
    request.serve_executable = "/nonexistent/benchhost-serve";
    auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::spawned);
    EXPECT_THAT(server.error().reason, HasSubstr("/nonexistent/benchhost-serve"));

    request = serving.request("good", "good");
    request.directory = "/nonexistent/trial";
    server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::spawned);
    EXPECT_THAT(server.error().reason, HasSubstr("/nonexistent/trial"));
}

TEST(Lifecycle, KeepsTheLogAndLeavesItInTheFolder) {
    const Serving serving;
    auto server =
        ServerProcess::start(serving.request("calls_host_from_threads", "calls-host-from-threads"));
    ASSERT_TRUE(server) << server.error().reason;
    // 8 threads with 50 lines each; the last lines are there, whole.
    ASSERT_TRUE(eventually([&] { return server->log_tail().size() == 100; }));
    for (const auto& line : server->log_tail()) {
        EXPECT_TRUE(line.ends_with(".") || line.ends_with("that it is ready")) << line;
    }
    EXPECT_FALSE(server->fault());
    EXPECT_TRUE(server->stop().clean);
    std::ifstream log(serving.directory() / "server.log");
    const std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
    EXPECT_THAT(text, HasSubstr("error: thread 3 line 49."));
}

TEST(Lifecycle, RefusesAnUnknownOptionAndAWrongValue) {
    const Serving serving;
    auto request = serving.request("good", "good");
    request.options = {{"colour", "red"}};
    auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::configured);
    EXPECT_THAT(server.error().reason, HasSubstr("colour"));

    request = serving.request("wrong_body", "wrong-body");
    request.options = {{"after", "soon"}};
    server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, HasSubstr("\"soon\" is not a whole number"));
}

TEST(Lifecycle, TheOptionsReachThePlugin) {
    const Serving serving;
    auto request = serving.request("wrong_body", "wrong-body");
    request.options = {{"after", "2"}};
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World?"));
}

TEST(Lifecycle, APortThatIsTakenIsSaidByThePlugin) {
    const Serving serving;
    auto first = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(first) << first.error().reason;
    auto request = serving.request("good", "good");
    request.port = first->port();
    const auto second = ServerProcess::start(request);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().stage, Stage::ready);
    EXPECT_EQ(second.error().reason,
              "serve returned BH_FAILED before it was ready without being asked to stop: cannot "
              "listen: Address already in use");
}

TEST(Lifecycle, AnOwnerKilledOutrightLeavesNothing) {
    const Serving serving;
    for (const auto* name : {"good", "forks_daemon"}) {
        auto request = serving.request(name, name == std::string("good") ? "good" : "forks-daemon");
        int started[2];
        ASSERT_EQ(::pipe(started), 0);
        const pid_t owner = ::fork();
        if (owner == 0) {
            auto server = ServerProcess::start(request);
            const char ok = server ? 'y' : 'n';
            if (::write(started[1], &ok, 1) == 1) {
                ::pause();
            }
            ::_exit(0);
        }
        char ok = 0;
        ASSERT_EQ(::read(started[0], &ok, 1), 1);
        ASSERT_EQ(ok, 'y');
        EXPECT_GE(serving.left().size(), 2U);  // the supervisor and the server
        ::kill(owner, SIGKILL);
        ::waitpid(owner, nullptr, 0);
        EXPECT_TRUE(serving.nothing_left()) << name;
        ::close(started[0]);
        ::close(started[1]);
    }
}

TEST(Lifecycle, ASupervisorKilledOutrightIsAFaultAndLeavesNothing) {
    const Serving serving;
    auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    for (const pid_t pid : serving.left()) {
        if (pid != server->pid()) {
            ::kill(pid, SIGKILL);
        }
    }
    ASSERT_TRUE(eventually([&] { return server->fault().has_value(); }));
    EXPECT_THAT(server->fault()->reason, StartsWith("its supervisor (process "));
    const auto report = server->stop();
    EXPECT_FALSE(report.clean);
    EXPECT_TRUE(serving.nothing_left());
}

// Whoever looks too late is still told why.
TEST(Lifecycle, AServerThatDiedBeforeItWasAskedToStopSaysSo) {
    const Serving serving;
    auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    ::kill(server->pid(), SIGKILL);
    ASSERT_TRUE(eventually([&] { return ::kill(server->pid(), 0) != 0; }));  // and is collected
    const auto report = server->stop();
    ASSERT_TRUE(report.fault);
    EXPECT_EQ(report.fault->reason, "killed by SIGKILL while serving");
    EXPECT_FALSE(report.clean);

    auto asked = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(asked) << asked.error().reason;
    EXPECT_FALSE(asked->stop().fault);
}

TEST(Lifecycle, ManyServersAtOnceKeepApart) {
    const Serving serving;
    std::vector<ServerProcess> servers;
    for (int i = 0; i < 8; ++i) {
        auto request = serving.request("good", "good");
        request.routes[0].body = "server " + std::to_string(i);
        auto server = ServerProcess::start(request);
        ASSERT_TRUE(server) << server.error().reason;
        servers.push_back(std::move(*server));
    }
    servers[3].stop();
    for (std::size_t i = 0; i < servers.size(); ++i) {
        const auto answer = http_get(servers[i].port(), "/text");
        if (i != 3) {
            EXPECT_TRUE(answer.ends_with("server " + std::to_string(i))) << answer;
        }
    }
    servers.clear();
    EXPECT_TRUE(serving.nothing_left());
}

TEST(Lifecycle, StoppingTwiceAndStoppingTheDeadIsHarmless) {
    const Serving serving;
    auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    ::kill(server->pid(), SIGKILL);
    ASSERT_TRUE(eventually([&] { return server->fault().has_value(); }));
    EXPECT_EQ(server->fault()->stage, Stage::serving);
    EXPECT_EQ(server->fault()->reason, "killed by SIGKILL while serving");
    const auto report = server->stop();
    EXPECT_FALSE(report.clean);
    EXPECT_EQ(report.how, "killed by SIGKILL before it was asked to stop");
    EXPECT_TRUE(report.tree_gone);
    EXPECT_EQ(server->stop().how, report.how);
    EXPECT_FALSE(server->usage(false));
}

}  // namespace
}  // namespace benchhost::process::testing
