// One suite of servers that are wrong in every known way, and a good one among them: each fault
// costs its own row, with the reason, and nothing else.
#include "core/base/units.hpp"
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/eventually.hpp"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <list>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::Command;
using benchhost::fixtures::CommandResult;
using benchhost::fixtures::eventually;
using benchhost::fixtures::processes_with;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::model::Outcome;
using benchhost::results::Trial;
using ::testing::HasSubstr;

// What the good server has to be given in full: of less, a busy machine may take away the whole.
constexpr std::chrono::milliseconds kWindow(1000);
// Who does answer is given the time for it.
const std::string kShort =
    "duration = " + std::to_string(kWindow.count()) + "ms\nwarmup = 50ms\ntimeout = 10s\n";

struct Wrong {
    const char* plugin;
    const char* server;
    Outcome outcome;
    const char* stage;
    const char* said;          ///< in the reason, or in a note when it was measured
    const char* options = "";  ///< lines of a section of its own; its id is then `server`
    const char* implementation = "";
};

// At the start, while it is probed, during the load, and when it is stopped: wrong, dead or silent.
const std::vector<Wrong> kWrong = {
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
    {"wrong_body", "wrong-body-from-the-start", Outcome::failed, "probe", "answered other bytes",
     "after = 1\n", "wrong-body"},
    {"crash_in_stop", "crash-in-stop", Outcome::ok, "", "did not stop cleanly"},
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

// Right at first. What comes in the warm-up comes after its first requests, what comes under load
// in the middle of the window.
const std::vector<Wrong> kFailLater = {
    {"fails_later", "crash-in-warm-up", Outcome::failed, "measure", "SIGSEGV", "after = 20\n",
     "crashes-later"},
    {"fails_later", "crash-under-load", Outcome::failed, "measure", "SIGSEGV",
     "after = 20\ndelay_ms = 1500\n", "crashes-later"},
    {"fails_later", "hang-in-warm-up", Outcome::failed, "measure", "no request was answered",
     "after = 20\n", "hangs-later"},
    {"fails_later", "hang-under-load", Outcome::failed, "measure", "stopped answering",
     "after = 20\ndelay_ms = 1500\n", "hangs-later"},
    {"good", "good", Outcome::ok, "", ""},
};
constexpr const char* kRoomForFailing = "duration = 1s\nwarmup = 1s\ntimeout = 500ms\n";

// Each waits for a time limit of its own.
const std::vector<Wrong> kSilent = {
    {"hangs_in_configure", "hangs-in-configure", Outcome::failed, "configured",
     "was not loaded and configured within 10s"},
    {"never_ready", "never-ready", Outcome::failed, "ready", "did not get ready within 15s"},
    {"fails_later", "hang-in-probe", Outcome::failed, "probe", "/text was not answered", "",
     "hangs-later"},
};

// None, but where others kept a good server from a processor for longer than its clients wait,
// which its row says.
void expect_no_failure(const Trial& trial) {
    const auto timeouts = trial.requests->failed.find("timeout");
    const auto late = timeouts == trial.requests->failed.end() ? 0 : timeouts->second;
    EXPECT_EQ(trial.requests->failed_total(), late);
    if (late > 0) {
        EXPECT_EQ(trial.verdict, benchhost::model::Verdict::machine_bound)
            << late << " timeouts; " << trial.verdict_why.value_or("");
    }
}

/// Others left it no time: not one answer came, right or wrong, and its row says why.
bool had_no_time(const Trial& trial) {
    return trial.outcome == Outcome::ok &&
           trial.verdict == benchhost::model::Verdict::machine_bound && trial.requests->ok == 0 &&
           trial.requests->failed_total() == 0 && trial.ended->ok == 0 &&
           trial.ended->failed_total() == 0;
}

void expect_row(const Trial& trial, const Wrong& wrong) {
    SCOPED_TRACE(wrong.server);
    if (wrong.stage == std::string("measure") && had_no_time(trial)) {
        std::cout << wrong.server << " cannot be told: " << *trial.verdict_why << "\n";
        return;
    }
    EXPECT_EQ(trial.outcome, wrong.outcome) << trial.reason.value_or("");
    if (wrong.outcome == Outcome::ok) {
        EXPECT_TRUE(trial.requests->ok > 0U || had_no_time(trial));
        expect_no_failure(trial);
        EXPECT_GE(trial.duration_s.value_or(0), 0.99 * benchhost::to_seconds(kWindow));
        EXPECT_THAT(::testing::PrintToString(trial.notes), HasSubstr(wrong.said));
    } else {
        EXPECT_EQ(trial.stage.value_or(""), wrong.stage);
        EXPECT_THAT(trial.reason.value_or(""), HasSubstr(wrong.said));
        EXPECT_FALSE(trial.requests_per_s);
    }
}

const Trial* find(const benchhost::results::ResultSet& results, const std::string& server) {
    const auto found = std::find_if(results.trials.begin(), results.trials.end(),
                                    [&](const Trial& trial) { return trial.server == server; });
    return found == results.trials.end() ? nullptr : &*found;
}

class Faults : public ::testing::Test {
  protected:
    /// The command that measures all of them in one suite, in a folder of its own.
    std::vector<std::string> prepare(const std::vector<Wrong>& all, const fs::path& folder,
                                     const std::string& window,
                                     const std::string& limits = "") const {
        fs::create_directories(folder / "plugins");
        std::string text =
            "[suite]\nname = faults\nrepeats = 1\nretries = 0\ncalm = 0\n[profile.text]\n"
            "route = text\nload = closed\nconnections = 4\n" +
            window + limits;
        std::string servers;
        for (const auto& wrong : all) {
            const std::string file = std::string(wrong.plugin) + ".so";
            fs::copy(fs::path(BENCHHOST_FIXTURE_PLUGINS) / file, folder / "plugins" / file,
                     fs::copy_options::skip_existing);
            servers += (servers.empty() ? "" : ",") + std::string(wrong.server);
            if (*wrong.implementation != '\0') {
                text += std::string("[server.") + wrong.server +
                        "]\nplugin = " + wrong.implementation + "\n" + wrong.options;
            }
        }
        write_text(folder / "suite.ini", text);
        return {BENCHHOST_BINARY_DIR "/benchhost",
                "--config",
                folder / "suite.ini",
                "--out",
                folder / "out",
                "--plugin-dir",
                folder / "plugins",
                "--servers",
                servers};
    }
    void take_results(const CommandResult& run, const fs::path& folder, std::size_t trials) {
        const auto results = benchhost::results::read_results(folder / "out/results.json");
        ASSERT_TRUE(results) << run.err;
        results_ = *results;
        EXPECT_EQ(run.exit_code, 1) << run.err;
        EXPECT_EQ(results_.trials.size(), trials);
        EXPECT_TRUE(eventually([&] { return processes_with(folder).empty(); }));
    }
    void run_all(const std::vector<Wrong>& all, const std::string& window,
                 const std::string& limits = "") {
        take_results(run_command(prepare(all, directory_.path(), window, limits), 500s),
                     directory_.path(), all.size());
    }
    void expect_rows(const std::vector<Wrong>& all) const {
        for (const auto& wrong : all) {
            const auto* trial = find(results_, wrong.server);
            ASSERT_NE(trial, nullptr) << wrong.server;
            expect_row(*trial, wrong);
        }
    }
    /// Empty when it is in force, else why not.
    static std::string not_enforced(const Trial& trial, const std::string& limit) {
        const auto found = trial.effective_limits.find(limit);
        if (found == trial.effective_limits.end()) {
            return "no such limit";
        }
        return found->second.find("not enforced") == std::string::npos ? "" : found->second;
    }

    TemporaryDirectory directory_;
    benchhost::results::ResultSet results_;
};

TEST_F(Faults, EachCostsItsOwnRow) {
    run_all(kWrong, kShort);
    expect_rows(kWrong);
}

TEST_F(Faults, ThoseOfTheWarmUpAreToldFromThoseOfTheWindow) {
    run_all(kFailLater, kRoomForFailing);
    expect_rows(kFailLater);
}

// At the same time, since they do nothing but wait.
TEST_F(Faults, SilenceIsBoundedInEveryStage) {
    const Wrong good{"good", "good", Outcome::ok, "", ""};
    std::list<Command> running;
    for (const auto& silent : kSilent) {
        running.emplace_back(prepare({silent, good}, directory_ / silent.server, kShort));
    }
    auto run = running.begin();
    for (const auto& silent : kSilent) {
        take_results((run++)->wait(500s), directory_ / silent.server, 2);
        expect_rows({silent, good});
    }
}

TEST_F(Faults, MemoryBeyondTheLimitIsNamed) {
    const std::vector<Wrong> wrong = {
        {"leaks_memory", "leaks-memory", Outcome::failed, "probe", "out of memory: limit 64MiB"},
        {"good", "good", Outcome::ok, "", ""}};
    run_all(wrong, kShort, "[limits]\nmemory = 64MiB\n");
    expect_row(*find(results_, "good"), wrong[1]);
    if (const auto why = not_enforced(*find(results_, "good"), "memory"); !why.empty()) {
        GTEST_SKIP() << why;
    }
    expect_row(*find(results_, "leaks-memory"), wrong[0]);
}

TEST_F(Faults, AForkBombIsBoundedAndEnded) {
    const std::vector<Wrong> wrong = {
        {"fork_bomb", "fork-bomb", Outcome::failed, "probe", "not answered"},
        {"good", "good", Outcome::ok, "", ""}};
    run_all(wrong, kShort, "[limits]\nprocesses = 60\n");
    expect_rows(wrong);
    const auto& limits = find(results_, "good")->effective_limits;
    ASSERT_EQ(limits.count("processes"), 1U);
    EXPECT_TRUE(limits.at("processes").starts_with("60 (cgroup v") ||
                limits.at("processes").starts_with("not enforced: "))
        << limits.at("processes");
    if (limits.at("processes").starts_with("60 (cgroup v")) {
        const auto& bomb = *find(results_, "fork-bomb");
        EXPECT_NE((bomb.reason.value_or("") + fmt::format("{}", fmt::join(bomb.notes, "")))
                      .find("the limit of 60 processes and threads was reached "),
                  std::string::npos);
    }
}

}  // namespace
