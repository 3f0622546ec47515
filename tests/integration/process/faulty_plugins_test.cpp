// Each way in which a plugin can be wrong costs its own row and says why; nothing survives it.
#include "tests/integration/process/serving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <ostream>

namespace benchhost::process::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// What ends by itself or at a limit of seconds has ended by then, on any machine.
constexpr auto kSoon = seconds(50);

/// A plugin that does not get as far as being ready.
struct NotReady {
    const char* plugin;
    const char* server;
    Stage stage;
    const char* reason;
    const char* log = nullptr;  ///< a line that has to be there
    bool waits = false;         ///< nothing happens until the limit
};
std::ostream& operator<<(std::ostream& out, const NotReady& wrong) { return out << wrong.plugin; }

class NotReadyTest : public ::testing::TestWithParam<NotReady> {};

TEST_P(NotReadyTest, SaysStageAndReasonAndLeavesNothing) {
    const Serving serving;
    const auto& wrong = GetParam();
    auto request = serving.request(wrong.plugin, wrong.server);
    if (wrong.waits) {
        request.timeouts.configured = seconds(2);
        request.timeouts.ready = seconds(2);
    }
    const auto began = steady_clock::now();
    const auto server = ServerProcess::start(request);
    EXPECT_LT(steady_clock::now() - began, kSoon);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().stage, wrong.stage) << word_of(server.error().stage);
    EXPECT_THAT(server.error().reason, HasSubstr(wrong.reason));
    if (wrong.log != nullptr) {
        EXPECT_THAT(server.error().log_tail, Contains(HasSubstr(wrong.log)));
    }
    EXPECT_TRUE(serving.nothing_left());
}

INSTANTIATE_TEST_SUITE_P(
    FaultyPlugins, NotReadyTest,
    ::testing::Values(
        NotReady{"no_such_file", "x", Stage::configured, "no such file"},
        NotReady{"wrong_abi", "x", Stage::configured, "was built for plugin ABI 2"},
        NotReady{"refuses_abi", "x", Stage::configured, "it speaks 2, 3"},
        NotReady{"missing_symbol", "x", Stage::configured, "exports no function benchhost_plugin"},
        NotReady{"unresolved_symbol", "unresolved", Stage::configured,
                 "undefined symbol: function_of_a_library_that_was_not_linked"},
        NotReady{"duplicate_ids", "twin", Stage::configured, "two servers with the id twin"},
        NotReady{"good", "bad", Stage::configured, "offers no server \"bad\"; it offers: good"},
        NotReady{"crash_when_loaded", "crash-when-loaded", Stage::configured,
                 "killed by SIGSEGV while it was loaded and configured"},
        NotReady{"hangs_when_loaded", "hangs-when-loaded", Stage::configured,
                 "was not loaded and configured within 2s", nullptr, true},
        NotReady{"create_null", "create-null", Stage::configured,
                 "create returned NULL: the licence has run out", "error: the licence has run out"},
        NotReady{"configure_fails", "configure-fails", Stage::configured,
                 "configure failed: no JSON library for this weather"},
        NotReady{"fails_then_hangs", "fails-then-hangs", Stage::configured,
                 "configure failed: no way back", "error: no way back", true},
        NotReady{"crash_in_configure", "crash-in-configure", Stage::configured,
                 "killed by SIGSEGV while it was loaded and configured",
                 "last words before the crash"},
        NotReady{"returns_early", "returns-early", Stage::ready,
                 "serve returned BH_OK before it was ready"},
        NotReady{"closes_descriptors", "closes-descriptors", Stage::ready,
                 "closed the descriptor by which benchhost-serve reports"},
        NotReady{"never_ready", "never-ready", Stage::ready,
                 "did not get ready within 2s; it listened on ", nullptr, true},
        NotReady{"asks_name_server", "asks-name-server", Stage::ready,
                 "it listened on no port and was waiting for a name server", nullptr, true},
        NotReady{"needs_library", "needs-library", Stage::configured,
                 "needs the library libbenchhost_absent.so, which is not on this machine"},
        NotReady{"wrong_port", "wrong-port", Stage::ready, "said that it is ready on port "},
        NotReady{"throws_in_serve", "throws-in-serve", Stage::ready,
                 "serve threw an exception across the plugin border: bind: no luck today"},
        NotReady{"throws_in_thread", "throws-in-thread", Stage::ready,
                 "killed by SIGABRT before it was ready", "nobody catches this"}),
    [](const auto& wrong) {
        return std::string(wrong.param.plugin) + "_" + std::to_string(wrong.index);
    });

/// A plugin that goes wrong with its first connection.
struct DiesServing {
    const char* plugin;
    const char* server;
    const char* reason;
};
std::ostream& operator<<(std::ostream& out, const DiesServing& wrong) {
    return out << wrong.plugin;
}

class DiesServingTest : public ::testing::TestWithParam<DiesServing> {};

TEST_P(DiesServingTest, IsAFaultInServing) {
    const Serving serving;
    const auto& wrong = GetParam();
    auto server = ServerProcess::start(serving.request(wrong.plugin, wrong.server));
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_FALSE(server->fault());
    touch(server->port());
    ASSERT_TRUE(eventually([&] { return server->fault().has_value(); }));
    EXPECT_EQ(server->fault()->stage, Stage::serving);
    EXPECT_EQ(server->fault()->reason, wrong.reason);
    const auto report = server->stop();
    EXPECT_FALSE(report.clean);
    EXPECT_TRUE(report.tree_gone);
    EXPECT_TRUE(serving.nothing_left());
}

INSTANTIATE_TEST_SUITE_P(
    FaultyPlugins, DiesServingTest,
    ::testing::Values(
        DiesServing{"crash_in_serve", "crash-in-serve", "killed by SIGSEGV while serving"},
        DiesServing{"exit_in_serve", "exit-in-serve", "exited with status 7 while serving"},
        DiesServing{"returns_after_ready", "returns-after-ready",
                    "serve returned BH_FAILED after it was ready without being asked to stop: the "
                    "event loop is tired"}),
    [](const auto& wrong) { return std::string(wrong.param.plugin); });

TEST(FaultyPlugins, TextFilesAndTruncatedLibrariesAreNotLoaded) {
    const Serving serving;
    auto request = serving.request("good", "good");
    std::ifstream good(fixture_plugin("good"), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(good)),
                            std::istreambuf_iterator<char>());
    request.plugin = serving.directory() / "broken.so";
    const auto reason_for = [&](const std::string& content) {
        std::ofstream(request.plugin, std::ios::binary) << content;
        const auto server = ServerProcess::start(request);
        return server ? "started" : server.error().reason;
    };
    EXPECT_THAT(reason_for(""), HasSubstr("0 bytes are no ELF file"));
    EXPECT_THAT(reason_for(std::string(500, 'x')), HasSubstr("no ELF header"));
    for (const std::size_t size : {100UL, 200UL, 1000UL, bytes.size() / 2, bytes.size() - 1}) {
        EXPECT_THAT(reason_for(bytes.substr(0, size)), HasSubstr("truncated")) << size;
    }
    EXPECT_EQ(reason_for(bytes), "started");
    EXPECT_TRUE(serving.nothing_left());
}

/// A server that does not stop when it is asked.
struct DoesNotStop {
    const char* plugin;
    const char* server;
};
class DoesNotStopTest : public ::testing::TestWithParam<DoesNotStop> {};

TEST_P(DoesNotStopTest, IsKilledAtTheLimit) {
    const Serving serving;
    auto request = serving.request(GetParam().plugin, GetParam().server);
    request.timeouts.stopping = milliseconds(1500);
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    const auto report = server->stop();
    EXPECT_FALSE(report.clean);
    EXPECT_EQ(report.how, "killed after 1500ms");
    EXPECT_TRUE(report.tree_gone);
    EXPECT_GE(report.took, milliseconds(1500));
    EXPECT_LT(report.took, kSoon);
    EXPECT_TRUE(serving.nothing_left());
}

INSTANTIATE_TEST_SUITE_P(FaultyPlugins, DoesNotStopTest,
                         ::testing::Values(DoesNotStop{"hangs_in_stop", "hangs-in-stop"},
                                           DoesNotStop{"ignores_sigterm", "ignores-sigterm"}),
                         [](const auto& wrong) { return std::string(wrong.param.plugin); });

TEST(FaultyPlugins, ADaemonLeftBehindIsKilledAndNamed) {
    const Serving serving;
    auto server = ServerProcess::start(serving.request("forks_daemon", "forks-daemon"));
    ASSERT_TRUE(server) << server.error().reason;
    ASSERT_TRUE(eventually([&] { return serving.left().size() == 3; }));
    const auto report = server->stop();
    EXPECT_FALSE(report.clean);
    EXPECT_THAT(report.how, HasSubstr("exited with status 0; benchhost-serve("));
    EXPECT_THAT(report.how, HasSubstr("outlived it and was killed"));
    EXPECT_TRUE(report.tree_gone);
    EXPECT_TRUE(serving.nothing_left());
}

TEST(FaultyPlugins, PrintingWithoutEndFillsNothingAndHindersNobody) {
    const Serving serving;
    auto server = ServerProcess::start(serving.request("prints_without_end", "prints-without-end"));
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    // Several times what is kept has been printed when the tail is full.
    EXPECT_TRUE(eventually([&] { return !server->log_tail().empty(); }));
    EXPECT_FALSE(server->fault());
    const auto report = server->stop();
    EXPECT_TRUE(report.clean) << report.how;
    EXPECT_LT(std::filesystem::file_size(serving.directory() / "server.log"), 128U * 1024);
    EXPECT_TRUE(serving.nothing_left());
}

TEST(FaultyPlugins, LeakingIntoTheMemoryLimitIsCalledByItsName) {
    const Serving serving;
    auto request = serving.request("leaks_memory", "leaks-memory");
    request.limits.memory = 64 * 1024 * 1024;
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    const auto limit = server->effective_limits().at("memory");
    if (!limit.starts_with("64MiB (cgroup v")) {
        EXPECT_THAT(limit, HasSubstr("not enforced: "));
        GTEST_SKIP() << limit;
    }
    touch(server->port());
    ASSERT_TRUE(eventually([&] { return server->fault().has_value(); }));
    EXPECT_EQ(server->fault()->reason,
              "out of memory: limit 64MiB (killed by SIGKILL while serving)");
    EXPECT_TRUE(server->stop().tree_gone);
    EXPECT_TRUE(serving.nothing_left());
}

TEST(FaultyPlugins, AForkBombIsBoundedAndKilled) {
    const Serving serving;
    auto request = serving.request("fork_bomb", "fork-bomb");
    request.limits.processes = 60;
    request.timeouts.stopping = milliseconds(1500);  // it is past listening to anybody
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    const auto limit = server->effective_limits().at("processes");
    touch(server->port());
    ASSERT_TRUE(eventually([&] { return serving.left().size() > 40; }));
    if (limit.starts_with("60 (cgroup v")) {
        EXPECT_LE(serving.left().size(), 61U);  // the supervisor stands outside
    }
    const auto report = server->stop();
    EXPECT_TRUE(report.tree_gone) << report.how;
    if (limit.starts_with("60 (cgroup v")) {
        EXPECT_THAT(report.processes_refused.value_or(""),
                    HasSubstr("the limit of 60 processes and threads was reached "));
    }
    EXPECT_TRUE(serving.nothing_left());
}

}  // namespace
}  // namespace benchhost::process::testing
