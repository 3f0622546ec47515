// Suites of servers that lose and delay known shares, on machines that are disturbed.
#include "core/results/losses.hpp"
#include "report/table/table.hpp"
#include "tests/integration/truth/counted.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace benchhost::fixtures {
namespace {

using model::Outcome;
using model::Verdict;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Ne;
using ::testing::Optional;

class SuiteCase : public TruthCase {
  protected:
    static std::string suite(const std::string& servers, unsigned repeats,
                             const std::string& profile) {
        return fmt::format(
            "[suite]\nname = truth\nservers = {}\nrepeats = {}\nretries = 0\ncalm = 0\n"
            "[profile.p]\nroute = text\n{}\n",
            servers, repeats, profile);
    }
    static const report::Row* row_of(const report::ProfileTable& table, const std::string& server) {
        for (const auto& row : table.rows) {
            if (row.server == server) {
                return &row;
            }
        }
        return nullptr;
    }
};

TEST_F(SuiteCase, ALimitOfUsersIsNotAboveTheConnectionsThatAreServed) {
    const auto results = run(suite("few", 1,
                                   "load = limit\nof = users\nstart = 200\nstep = 100\nmost = 600\n"
                                   "think_time = 1s..3s\nspawn_rate = 2000/s\nstep_duration = 1s\n"
                                   "warmup = 500ms\ntimeout = 2s") +
                             server_section("few", "--maxconn 300"));
    ASSERT_EQ(results.trials.size(), 1U);
    const auto& trial = results.trials.front();
    ASSERT_TRUE(trial.limit) << said(trial);
    // A disturbed machine may leave it at less.
    EXPECT_THAT(trial.limit->highest_ok.value_or(0), Le(300)) << said(trial);
    EXPECT_THAT(trial.verdict, Ne(Verdict::load_limited)) << said(trial);
    for (const auto& step : trial.limit->steps) {
        EXPECT_FALSE(step.passed && step.load > 300) << step.load;
    }
}

TEST_F(SuiteCase, AServerThatDropsRequestsTakesNoRankAndFailsTheRun) {
    const auto results =
        run(suite("base, drop, some", 6,
                  "load = closed\nconnections = 16\nduration = 500ms\nwarmup = 50ms\n"
                  "timeout = 200ms") +
            server_section("base", "--fixed 2") + server_section("drop", "--drop 0.5") +
            server_section("some", "--drop 0.04"));
    EXPECT_EQ(exit_code_, 1) << err_;
    const auto tables = report::make_tables(results);
    ASSERT_EQ(tables.size(), 1U);
    for (const auto* server : {"drop", "some"}) {
        const auto* row = row_of(tables.front(), server);
        ASSERT_NE(row, nullptr);
        EXPECT_FALSE(row->place) << server << " has rank " << row->rank;
        for (const auto* trial : row->trials) {
            EXPECT_TRUE(results::lost_too_much(*trial)) << server;
        }
    }
}

TEST_F(SuiteCase, OneWrongAnswerFailsTheRun) {
    const auto results =
        run(suite("wrong", 1, "load = closed\nconnections = 4\nduration = 600ms\nwarmup = 50ms") +
            server_section("wrong", "--fixed 1 --wrong 0.05"));
    EXPECT_EQ(exit_code_, 1) << err_;
    ASSERT_EQ(results.trials.size(), 1U);
    EXPECT_TRUE(results.trials[0].verdict == Verdict::invalid ||
                results.trials[0].outcome == Outcome::failed)
        << said(results.trials[0]);
}

TEST_F(SuiteCase, StagesThatWereAnsweredAreLoadLimitedAndTakeNoRank) {
    const auto results = run(suite("one, two", 1,
                                   "load = rate\nstages = 100/s:500ms, 800/s:1s, 100/s:500ms\n"
                                   "connections = 64\nwarmup = 200ms") +
                             server_section("one", "") + server_section("two", "--fixed 1"));
    const auto tables = report::make_tables(results);
    ASSERT_EQ(tables.size(), 1U) << err_;
    EXPECT_THAT(results.profiles.front().description, HasSubstr("to 800"));
    for (const auto& row : tables.front().rows) {
        EXPECT_FALSE(row.place) << row.server << ": " << row.rank;
        EXPECT_THAT(row.verdict, Optional(Ne(Verdict::server_bound))) << said(*row.trials.front());
    }
}

TEST_F(SuiteCase, ADisturbedSearchDoesNotBlameTheGenerator) {
    const BusyLoops others;
    const auto results =
        run(suite("serial", 1,
                  "load = limit\nof = rate\nstart = 500\nstep = 500\nmost = 2000\n"
                  "step_duration = 1s\nwarmup = 200ms\ntimeout = 1s\nsearch_time = 60s") +
            server_section("serial", "--serial-us 1000"));
    ASSERT_EQ(results.trials.size(), 1U);
    const auto& trial = results.trials.front();
    EXPECT_THAT(trial.verdict, Ne(Verdict::client_bound)) << said(trial);
    EXPECT_THAT(trial.verdict, Ne(Verdict::load_limited)) << said(trial);
    if (trial.limit) {
        EXPECT_LE(trial.limit->highest_ok.value_or(0), 1050);
    }
}

TEST_F(SuiteCase, AShortWindowOnABusyMachineIsNotTheServersLimit) {
    const BusyLoops others(2);
    for (const auto* window : {"250ms", "400ms"}) {
        const auto results =
            run(suite("asio, counting", 2,
                      fmt::format("load = closed\nconnections = 16\nduration = {}\n"
                                  "warmup = 100ms\ntimeout = 200ms",
                                  window)) +
                server_section("counting", ""));
        EXPECT_EQ(results.trials.size(), 4U) << err_;
        for (const auto& trial : results.trials) {
            EXPECT_THAT(trial.verdict, Ne(Verdict::server_bound))
                << window << " " << trial.server << ": " << said(trial);
        }
        for (const auto& table : report::make_tables(results)) {
            for (const auto& row : table.rows) {
                EXPECT_FALSE(row.place) << row.server << ": " << row.rank;
            }
        }
        std::filesystem::remove_all(directory_ / "out");
    }
}

TEST_F(SuiteCase, NoAnswerYetOnABusyMachineIsNoFailureOfTheServer) {
    const auto profile =
        "load = closed\nconnections = 2\nduration = 600ms\nwarmup = 50ms\ntimeout = 20s";
    const BusyLoops others(2);
    const auto results = run(suite("slow", 1, profile) + server_section("slow", "--fixed 1000"));
    ASSERT_EQ(results.trials.size(), 1U);
    const auto& trial = results.trials.front();
    EXPECT_EQ(trial.outcome, Outcome::ok) << said(trial);
    EXPECT_THAT(trial.verdict, Optional(Verdict::machine_bound)) << said(trial);
    EXPECT_EQ(exit_code_, 0) << err_;
}

/// Below a shell that stops it and lets it go on, again and again.
TEST_F(SuiteCase, AServerThatIsStoppedIsNotTheLimit) {
    write_text(directory_ / "stop.sh",
               "\"$@\" &\nserver=$!\ntrap 'kill -CONT $server; kill $server; exit' TERM\n"
               "while kill -0 $server; do\n"
               "  sleep 0.3; kill -STOP $server; sleep 0.3; kill -CONT $server\ndone\n");
    auto section = server_section("stopped", "");
    const std::string argv = "argv = ";
    section.insert(section.find(argv) + argv.size(),
                   fmt::format("/bin/sh {} ", directory_ / "stop.sh"));
    const auto results =
        run(suite("stopped", 1, "load = closed\nconnections = 8\nduration = 2s\ntimeout = 20s") +
            section);
    ASSERT_EQ(results.trials.size(), 1U) << err_;
    const auto& trial = results.trials.front();
    EXPECT_EQ(trial.outcome, Outcome::ok) << said(trial);
    EXPECT_THAT(trial.verdict, Optional(Verdict::machine_bound)) << said(trial);
    EXPECT_THAT(trial.verdict_why.value_or(""),
                AnyOf(HasSubstr("stopped or frozen for about"), HasSubstr("share processors")));
}

TEST_F(SuiteCase, FiguresThatContradictEachOtherAreFlagged) {
    auto results =
        run(suite("one", 1, "load = closed\nconnections = 512\nduration = 600ms\nwarmup = 100ms") +
            server_section("one", "--fixed 1"));
    ASSERT_EQ(results.trials.size(), 1U) << err_;
    auto& trial = results.trials.front();
    trial.requests_per_s = 148'906;
    trial.response_time_ms = results::LatencySummary{2.1, 2.0, 2.1, 2.15, 2.17, 2.19, 2.19, 2.19};
    trial.service_time_ms = trial.response_time_ms;
    trial.histogram.reset();
    trial.service_histogram.reset();
    write_text(directory_ / "edited.json", results::to_json(results));
    const auto shown =
        run_command({BENCHHOST_BINARY_DIR "/benchhost", "report", directory_ / "edited.json"});
    EXPECT_THAT(shown.out, HasSubstr("its figures contradict each other"));
    const auto compared =
        run_command({BENCHHOST_BINARY_DIR "/benchhost", "compare", directory_ / "out/results.json",
                     directory_ / "edited.json"});
    EXPECT_EQ(compared.exit_code, 2);
    EXPECT_THAT(compared.err, HasSubstr("head: the figures of one under"));
    // And the processor stands where Go's tools look for it.
    const auto stat = run_command({BENCHHOST_BINARY_DIR "/benchhost", "report",
                                   directory_ / "out/results.json", "--format", "benchstat"});
    if (results.environment.contains("cpu_model")) {
        EXPECT_THAT(stat.out, HasSubstr("cpu: " + results.environment.at("cpu_model"))) << stat.err;
    }
}

/// Within a network of its own that has a thousand local ports.
TEST_F(SuiteCase, PortsThatRanOutAreNotTheServersLimit) {
    const Words inside = {"/usr/bin/unshare", "-rn", "/bin/sh", "-c"};
    auto command = inside;
    command.emplace_back(
        "ip link set lo up && ip addr add 10.9.9.9/32 dev lo && "
        "sysctl -qw net.ipv4.ip_local_port_range='60000 60999'");
    if (run_command(command).exit_code != 0) {
        GTEST_SKIP() << "no network of its own can be made here";
    }
    write_text(directory_ / "far.ini",
               suite("far", 1,
                     "load = limit\nof = users\nstart = 400\nstep = 400\nmost = 2000\n"
                     "spawn_rate = 4000/s\nthink_time = 500ms..1s\nstep_duration = 1s\n"
                     "warmup = 200ms\ntimeout = 1s\nsearch_time = 20s") +
                   "[server.far]\nurl = http://10.9.9.9:8001\n");
    command.back() += fmt::format(
        " && {{ {} --address 10.9.9.9 --port 8001 & }} && for i in 1 2 3 4 5 6 7 8 9; do ss -ltn | "
        "grep -q :8001 && break; sleep 0.2; done; {}/benchhost --config {} --out {} --no-progress; "
        "kill $!",
        BENCHHOST_COUNTING_SERVER, BENCHHOST_BINARY_DIR, directory_ / "far.ini",
        directory_ / "out");
    const auto ran = run_command(command, std::chrono::seconds(500));
    const auto results = results::read_results(directory_ / "out/results.json");
    ASSERT_TRUE(results) << ran.err;
    const auto& trial = results->trials.front();
    EXPECT_THAT(trial.verdict, Ne(Verdict::server_bound)) << said(trial);
    ASSERT_TRUE(trial.limit) << said(trial);
    EXPECT_FALSE(trial.limit->first_failed) << said(trial);
    EXPECT_THAT(trial.limit->why, AnyOf(HasSubstr("local port"), HasSubstr("processor time"),
                                        HasSubstr("no-port-or-fd")));
}

}  // namespace
}  // namespace benchhost::fixtures
