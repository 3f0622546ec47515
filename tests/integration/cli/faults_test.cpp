// One suite of servers that are wrong in every known way, and a good one among them: each fault
// costs its own row, with the reason, and nothing else.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::processes_with;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::results::Outcome;
using benchhost::results::Trial;
using ::testing::HasSubstr;

struct Wrong {
    const char* plugin;
    const char* server;
    Outcome outcome;
    const char* stage;
    const char* said;  ///< in the reason, or in a note when it was measured
};

const Wrong kWrong[] = {
    {"create_null", "create-null", Outcome::failed, "configured", "create returned NULL"},
    {"configure_fails", "configure-fails", Outcome::failed, "configured", "configure failed"},
    {"crash_in_configure", "crash-in-configure", Outcome::failed, "configured", "SIGSEGV"},
    {"closes_descriptors", "closes-descriptors", Outcome::failed, "ready", "closed the descriptor"},
    {"returns_early", "returns-early", Outcome::failed, "ready", "before it was ready"},
    {"throws_in_serve", "throws-in-serve", Outcome::failed, "ready", "threw an exception"},
    {"wrong_port", "wrong-port", Outcome::failed, "ready", "but it listens on"},
    {"crash_in_serve", "crash-in-serve", Outcome::failed, "probe", "SIGSEGV"},
    {"exit_in_serve", "exit-in-serve", Outcome::failed, "probe", "exited with status 7"},
    {"returns_after_ready", "returns-after-ready", Outcome::failed, "probe", "serve returned"},
    {"wrong_body", "wrong-body", Outcome::failed, "measure", "bad-body"},
    {"hangs_in_stop", "hangs-in-stop", Outcome::ok, "", "did not stop cleanly"},
    {"ignores_sigterm", "ignores-sigterm", Outcome::ok, "", "did not stop cleanly"},
    {"forks_daemon", "forks-daemon", Outcome::ok, "", "outlived it and was killed"},
    {"prints_without_end", "prints-without-end", Outcome::ok, "", ""},
    {"calls_host_from_threads", "calls-host-from-threads", Outcome::ok, "", ""},
    {"hostile_option", "hostile-option", Outcome::ok, "", ""},
    {"leaves_thread", "leaves-thread", Outcome::ok, "", ""},
    {"spins", "spins", Outcome::ok, "", ""},
    {"good", "good", Outcome::ok, "", ""},
};

void expect_row(const Trial& trial, const Wrong& wrong) {
    SCOPED_TRACE(wrong.server);
    EXPECT_EQ(trial.outcome, wrong.outcome) << trial.reason.value_or("");
    if (wrong.outcome == Outcome::ok) {
        EXPECT_GT(trial.requests->ok, 0U);
        EXPECT_EQ(trial.requests->failed_total(), 0U);
        EXPECT_THAT(::testing::PrintToString(trial.notes), HasSubstr(wrong.said));
    } else {
        EXPECT_EQ(trial.stage.value_or(""), wrong.stage);
        EXPECT_THAT(trial.reason.value_or(""), HasSubstr(wrong.said));
        EXPECT_FALSE(trial.requests_per_s);
    }
}

TEST(Faults, EachCostsItsOwnRow) {
    const TemporaryDirectory directory;
    fs::create_directories(directory / "plugins");
    std::string servers;
    for (const auto& wrong : kWrong) {
        fs::copy(std::string(BENCHHOST_FIXTURE_PLUGINS "/") + wrong.plugin + ".so",
                 directory / "plugins/" + wrong.plugin + ".so");
        servers += (servers.empty() ? "" : ",") + std::string(wrong.server);
    }
    write_text(directory / "suite.ini",
               "[suite]\nname = faults\nrepeats = 1\n[profile.text]\nroute = text\nload = closed\n"
               "connections = 4\nduration = 200ms\nwarmup = 50ms\n");
    const auto run = run_command(
        {BENCHHOST_BINARY_DIR "/benchhost", "--config", directory / "suite.ini", "--out",
         directory / "out", "--plugin-dir", directory / "plugins", "--servers", servers},
        240s);
    EXPECT_EQ(run.exit_code, 1) << run.err;
    const auto results = benchhost::results::read_results(directory / "out/results.json");
    ASSERT_TRUE(results) << run.err;
    EXPECT_EQ(results->trials.size(), std::size(kWrong));
    for (const auto& wrong : kWrong) {
        const auto trial = std::find_if(results->trials.begin(), results->trials.end(),
                                        [&](const Trial& t) { return t.server == wrong.server; });
        ASSERT_NE(trial, results->trials.end()) << wrong.server;
        expect_row(*trial, wrong);
    }
    EXPECT_TRUE(processes_with(directory.path()).empty());
}

TEST(Faults, MemoryBeyondTheLimitIsNamed) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini",
               "[suite]\nname = leak\nservers = leaks-memory\nrepeats = 1\n[profile.text]\nroute = "
               "text\nload = closed\nconnections = 4\nduration = 200ms\n[limits]\nmemory = "
               "64MiB\n");
    fs::create_directories(directory / "plugins");
    fs::copy(BENCHHOST_FIXTURE_PLUGINS "/leaks_memory.so", directory / "plugins/leaks_memory.so");
    const auto run =
        run_command({BENCHHOST_BINARY_DIR "/benchhost", "--config", directory / "suite.ini",
                     "--out", directory / "out", "--plugin-dir", directory / "plugins"},
                    60s);
    const auto results = benchhost::results::read_results(directory / "out/results.json");
    ASSERT_TRUE(results) << run.err;
    const auto& trial = results->trials.front();
    const auto limit = trial.effective_limits.find("memory");
    if (limit == trial.effective_limits.end() ||
        limit->second.find("not enforced") != std::string::npos) {
        GTEST_SKIP() << "no memory cgroup can be written here";
    }
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(trial.reason.value_or(""), HasSubstr("out of memory: limit 64MiB"));
}

}  // namespace
