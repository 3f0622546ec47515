// Servers that are programs: executed without a shell, watched without being connected to.
#include "tests/fixtures/sanitizer.hpp"
#include "tests/integration/process/serving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

namespace benchhost::process::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using std::chrono::milliseconds;

StartRequest command(const Serving& serving, const std::string& mode) {
    auto request = serving.request("command", "command");
    request.options = {{"program", tiny_program().string()}, {"mode", mode}};
    return request;
}

TEST(Command, TheMeasuredProcessIsTheProgramItself) {
    const Serving serving;
    auto server = ServerProcess::start(command(serving, "serve"));
    ASSERT_TRUE(server) << server.error().reason;
    const auto running =
        std::filesystem::read_symlink("/proc/" + std::to_string(server->pid()) + "/exe");
    EXPECT_EQ(running, std::filesystem::canonical(tiny_program()));
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    EXPECT_THAT(server->log_tail(), ElementsAre("hello from the environment"));
    // Only what it opened itself: stdin, stdout, stderr and its listening socket.
    EXPECT_TRUE(eventually([&] { return server->usage(false)->open_files == 4U; }));
    const auto report = server->stop();
    EXPECT_TRUE(report.clean);
    EXPECT_EQ(report.how, "ended by SIGTERM");
    EXPECT_TRUE(serving.nothing_left());
}

TEST(Command, HasNoDescriptorOfOursWhereCloseRangeIsRefused) {
    if (fixtures::kUnderSanitizer) {
        GTEST_SKIP() << "a sanitizer wants to be the first library of a process";
    }
    ::setenv("LD_PRELOAD", no_close_range().c_str(), 1);
    const Serving serving;
    auto server = ServerProcess::start(command(serving, "serve"));
    ::unsetenv("LD_PRELOAD");
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_TRUE(eventually([&] { return server->usage(false)->open_files == 4U; }));
    EXPECT_TRUE(server->stop().clean);
}

TEST(Command, AWorkerIsPartOfTheTree) {
    const Serving serving;
    auto server = ServerProcess::start(command(serving, "worker"));
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    const auto usage = server->usage(true);
    ASSERT_TRUE(usage);
    EXPECT_EQ(usage->processes, 2U);
    EXPECT_TRUE(server->stop().clean);
    EXPECT_TRUE(serving.nothing_left());
}

TEST(Command, APortGivenIsThePortUsed) {
    const Serving serving;
    std::uint16_t port = 0;
    {
        auto first = ServerProcess::start(command(serving, "serve"));
        ASSERT_TRUE(first) << first.error().reason;
        port = first->port();
        auto request = command(serving, "serve");
        request.port = port;
        const auto second = ServerProcess::start(request);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().stage, Stage::ready);
        EXPECT_EQ(second.error().reason, "exited with status 98 before it was ready");
        EXPECT_THAT(second.error().log_tail, Contains(HasSubstr("Address already in use")));
    }
    EXPECT_NE(port, 0);
}

struct Wrong {
    const char* mode;
    const char* reason;
    bool waits = false;  ///< nothing happens until the limit
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.mode; }

class WrongCommandTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongCommandTest, SaysWhyItIsNotReady) {
    const Serving serving;
    auto request = command(serving, GetParam().mode);
    if (GetParam().waits) {
        request.timeouts.ready = std::chrono::seconds(2);
    }
    const auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::ready);
    EXPECT_THAT(server.error().reason, HasSubstr(GetParam().reason));
    EXPECT_TRUE(serving.nothing_left());
}

INSTANTIATE_TEST_SUITE_P(
    Command, WrongCommandTest,
    ::testing::Values(Wrong{"silent", "did not get ready within 2s; it listened on no port", true},
                      Wrong{"elsewhere", "did not get ready within 2s; it listened on ", true},
                      Wrong{"unheard-of", "exited with status 5 before it was ready"},
                      Wrong{"no-program", "no program for this mode"},
                      Wrong{"background", "in the background, but a server has to stay"}),
    [](const auto& wrong) {
        std::string name = wrong.param.mode;
        name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
        return name;
    });

TEST(Command, AProgramThatIsNotThere) {
    const Serving serving;
    auto request = serving.request("command", "command");
    request.options = {{"program", "no-such-program-anywhere"}};
    const auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, Stage::ready);
    EXPECT_EQ(server.error().reason,
              "cannot execute no-such-program-anywhere: No such file or directory");
}

TEST(Command, StubbornOnesAreKilled) {
    const Serving serving;
    auto request = command(serving, "stubborn");
    request.timeouts.stopping = milliseconds(1200);
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    const auto report = server->stop();
    EXPECT_FALSE(report.clean);
    EXPECT_EQ(report.how, "killed after 1200ms");
    EXPECT_TRUE(serving.nothing_left());
}

}  // namespace
}  // namespace benchhost::process::testing
