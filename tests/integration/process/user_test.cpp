// Servers that run as a user of their own: what they are then, and what they cannot do to us. And
// what any server sees of our environment.
#include "core/machine/user.hpp"

#include "core/machine/proc_file.hpp"
#include "core/plugin/plugin_description.hpp"
#include "tests/integration/process/serving.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::process::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class AsUser : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "only root can run servers as another user";
        }
        const auto found = machine::user_to_become("nobody");
        if (!found) {
            GTEST_SKIP() << found.error().message;
        }
        user_ = *found;
        allow(serving_.directory(), 0755);
    }
    static void allow(const fs::path& path, mode_t mode) {
        ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
    }
    /// A copy where anybody may read it.
    fs::path copy_of(const fs::path& file) const {
        const auto copy = serving_.directory() / file.filename();
        fs::copy_file(file, copy, fs::copy_options::overwrite_existing);
        allow(copy, 0755);
        return copy;
    }
    /// In a folder of its own, as in a trial.
    StartRequest request(const std::string& plugin, const std::string& server) const {
        auto request = serving_.request(plugin, server);
        request.plugin = copy_of(fixture_plugin(plugin));
        request.directory = serving_.directory() / "trial";
        request.user = user_;
        fs::create_directory(request.directory);
        allow(serving_.directory() / "payload.bin", 0644);
        return request;
    }
    std::string status_of(pid_t pid) const {
        return machine::read_proc(fmt::format("/proc/{}/status", pid)).value_or("");
    }

    Serving serving_;
    machine::User user_;
};

TEST_F(AsUser, AServerCanDoNothingToItsSupervisor) {
    auto server = ServerProcess::start(request("tells_rights", "tells-rights"));
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_THAT(http_get(server->port(), "/file"), HasSubstr("Content-Length: 1000\r\n"));
    const auto log = server->log_tail();
    for (const auto& line :
         {fmt::format("user {0} {0} group {1} {1}", user_.id, user_.group),
          fmt::format("groups {}", user_.groups.size()), std::string("no new privileges 1"),
          "home " + user_.home, std::string("a file of its own: done"),
          std::string("its log by name: done"), std::string("tracing it: refused"),
          std::string("ending it: refused"), std::string("its environment: refused"),
          std::string("its memory: refused")}) {
        EXPECT_THAT(log, Contains(line));
    }
    EXPECT_EQ(server->effective_limits().at("user"), "nobody");
    EXPECT_EQ(machine::status_number(status_of(server->pid()), "Uid"), user_.id);
    EXPECT_TRUE(server->usage(false)->open_files);
    EXPECT_TRUE(server->stop().clean);
    EXPECT_TRUE(fs::exists(serving_.directory() / "trial" / "server.log"));
    EXPECT_TRUE(serving_.nothing_left());
}

TEST_F(AsUser, AServerEndsWithItsSupervisor) {
    auto server = ServerProcess::start(request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    ::kill(machine::read_stat(server->pid())->parent, SIGKILL);
    EXPECT_TRUE(serving_.nothing_left());
}

TEST_F(AsUser, AProgramIsThatUsers) {
    auto wanted = request("command", "command");
    wanted.options = {{"program", copy_of(tiny_program()).string()}, {"mode", "worker"}};
    auto server = ServerProcess::start(wanted);
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    const auto status = status_of(server->pid());
    EXPECT_THAT(status, HasSubstr("Name:\ttiny_program"));
    EXPECT_EQ(machine::status_number(status, "Uid"), user_.id);
    EXPECT_EQ(machine::status_number(status, "Gid"), user_.group);
    EXPECT_EQ(machine::status_number(status, "NoNewPrivs"), 1U);
    EXPECT_TRUE(server->stop().clean);
}

TEST_F(AsUser, WhatItMayNotReadIsNamed) {
    auto wanted = request("good", "good");
    allow(wanted.plugin, 0600);
    auto server = ServerProcess::start(wanted);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::spawned);
    EXPECT_THAT(server.error().reason, AllOf(HasSubstr("user nobody may not read"),
                                             HasSubstr(wanted.plugin.string() + " is closed")));

    allow(wanted.plugin, 0644);
    const auto closed = serving_.directory() / "closed";
    fs::create_directory(closed);
    allow(closed, 0700);
    wanted.directory = closed / "trial";
    fs::create_directory(wanted.directory);
    server = ServerProcess::start(wanted);
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, AllOf(HasSubstr("user nobody may not use the folder"),
                                             HasSubstr(closed.string() + " is closed to it")));

    wanted = request("good", "good");
    allow(serving_.directory() / "payload.bin", 0600);
    server = ServerProcess::start(wanted);
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().reason, HasSubstr("payload.bin is closed to it"));
}

TEST_F(AsUser, PluginsAreAskedWhatTheyOffer) {
    const auto plugin = copy_of(fixture_plugin("good"));
    const auto described =
        plugin::describe_plugin(serve_executable(), plugin, "nobody", seconds(60));
    ASSERT_TRUE(described) << described.error().message;
    EXPECT_EQ(described->servers.size(), 1U);
    const auto probed =
        plugin::probe_server(serve_executable(), plugin, "good", {}, "nobody", seconds(60));
    EXPECT_TRUE(probed && probed->available);

    allow(plugin, 0600);
    const auto refused = plugin::describe_plugin(serve_executable(), plugin, "nobody", seconds(60));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("user nobody may not read"));
    EXPECT_TRUE(plugin::describe_plugin(serve_executable(), plugin, {}, seconds(60)));
}

TEST(Environment, OfACiJobKeepsItsSecrets) {
    const Serving serving;
    ::setenv("CI_TOKEN", "secret-of-ci", 1);
    auto server = ServerProcess::start(serving.request("tells_rights", "tells-rights"));
    ::unsetenv("CI_TOKEN");
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_THAT(server->log_tail(), Contains("secret not found"));
    const auto supervisor = machine::read_stat(server->pid())->parent;
    const auto environment =
        machine::read_proc(fmt::format("/proc/{}/environ", supervisor)).value_or("");
    EXPECT_THAT(environment, AllOf(HasSubstr("BENCHHOST_TEST_MARK="), Not(HasSubstr("secret"))));
    EXPECT_TRUE(server->stop().clean);
}

}  // namespace
}  // namespace benchhost::process::testing
