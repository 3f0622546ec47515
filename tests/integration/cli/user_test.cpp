// [limits] user and --user: as whom servers and plugins run, from the command line to the results.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::Command;
using benchhost::fixtures::copy_programs;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::HasSubstr;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kServe = BENCHHOST_BINARY_DIR "/benchhost-serve";

class LimitsUser : public ::testing::Test {
  protected:
    void SetUp() override {
        allow(folder_.path(), 0755);
        fs::create_directory(folder_ / "plugins");
    }
    static void allow(const std::string& path, mode_t mode) {
        ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
    }
    /// Why nobody can be become, or "".
    static std::string why_not() {
        return ::geteuid() != 0                  ? "only root can run servers as another user"
               : ::getpwnam("nobody") == nullptr ? "this machine has no user nobody"
                                                 : "";
    }
    /// A copy of a fixture that anybody may read.
    std::string plugin(const std::string& name) const {
        const auto copy = folder_ / ("plugins/" + name + ".so");
        fs::copy_file(fs::path(BENCHHOST_FIXTURE_PLUGINS) / (name + ".so"), copy,
                      fs::copy_options::overwrite_existing);
        allow(copy, 0755);
        return copy;
    }
    std::string suite(const std::string& user) const {
        write_text(folder_ / "suite.ini",
                   "[suite]\nname = s\nrepeats = 1\nretries = 0\ncalm = 0\n[profile.text]\n"
                   "connections = 2\nduration = 1s\nwarmup = 50ms\ntimeout = 10s\n[limits]\n"
                   "user = " +
                       user + "\n");
        allow(folder_ / "suite.ini", 0644);
        return folder_ / "suite.ini";
    }

    TemporaryDirectory folder_;
};

TEST_F(LimitsUser, WhoIsNotThereIsToldWithItsLine) {
    for (const auto& command :
         {std::vector<std::string>{kBenchhost, "check", suite("no-such-user-here")},
          std::vector<std::string>{kBenchhost, "--config", suite("no-such-user-here"), "--out",
                                   folder_ / "out"}}) {
        const auto run = run_command(command);
        EXPECT_EQ(run.exit_code, 2) << run.err;
        EXPECT_THAT(run.err, HasSubstr("suite.ini:12: user: this machine knows no user"));
    }
    EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(LimitsUser, TakesRoot) {
    const auto config = suite(::geteuid() == 0 ? "daemon" : "root");
    std::vector<std::string> command{kBenchhost, "check", config};
    if (::geteuid() == 0) {
        command[0] = copy_programs(folder_.path());
        allow(folder_ / "bin", 0755);
        command.insert(command.begin(), {"/usr/bin/python3", "-c",
                                         "import os, sys\nos.setgid(65534)\nos.setuid(65534)\n"
                                         "os.execv(sys.argv[1], sys.argv[1:])"});
    }
    const auto run = run_command(command);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr("suite.ini:12: user: only root can run servers as"));
}

TEST_F(LimitsUser, IsThatOfTheServersAndStandsInTheResults) {
    if (const auto why = why_not(); !why.empty()) {
        GTEST_SKIP() << why;
    }
    plugin("tells_rights");
    const auto run =
        run_command({kBenchhost, "--config", suite("nobody"), "--out", folder_ / "out",
                     "--plugin-dir", folder_ / "plugins", "--servers", "tells-rights"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto results = benchhost::results::read_results(folder_ / "out/results.json");
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_EQ(results->limits->user, "nobody");
    ASSERT_EQ(results->trials.size(), 1U);
    const auto& trial = results->trials.front();
    EXPECT_EQ(trial.outcome, benchhost::model::Outcome::ok) << trial.reason.value_or("");
    EXPECT_EQ(trial.effective_limits.at("user"), "nobody");
    EXPECT_TRUE(trial.server_usage);
}

TEST_F(LimitsUser, APluginThatItMayNotReadIsLeftOutBeforeMeasuring) {
    if (const auto why = why_not(); !why.empty()) {
        GTEST_SKIP() << why;
    }
    allow(plugin("good"), 0600);
    const auto run = run_command({kBenchhost, "--config", suite("nobody"), "--out", folder_ / "out",
                                  "--plugin-dir", folder_ / "plugins", "--servers", "good"});
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr("nothing is left to measure"));
    EXPECT_THAT(run.err, HasSubstr("user nobody may not read"));
    EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(LimitsUser, OfAPluginThatIsCheckedOrListed) {
    if (const auto why = why_not(); !why.empty()) {
        GTEST_SKIP() << why;
    }
    const auto good = plugin("good");
    allow(good, 0600);
    auto run = run_command({kBenchhost, "check", good, "--user", "nobody"});
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("user nobody may not read"));
    run =
        run_command({kBenchhost, "list", "--plugin-dir", folder_ / "plugins", "--user", "nobody"});
    EXPECT_THAT(run.out, HasSubstr("good.so: cannot be loaded: "));
    EXPECT_THAT(run.out, HasSubstr("user nobody may not read"));
    for (const auto* wrong : {"", "no-such-user-here"}) {
        run = run_command({kBenchhost, "check", good, "--user", wrong});
        EXPECT_EQ(run.exit_code, 2) << run.out;
        EXPECT_THAT(run.err, HasSubstr("--user: "));
    }
}

TEST_F(LimitsUser, OfAServerStartedByHand) {
    if (const auto why = why_not(); !why.empty()) {
        GTEST_SKIP() << why;
    }
    Command serve({kServe, plugin("tells_rights"), "--user", "nobody"});
    EXPECT_TRUE(serve.wait_for_output("ready http://", std::chrono::seconds(60)));
    EXPECT_TRUE(serve.wait_for_output("ending it: refused", std::chrono::seconds(60)));
    serve.signal(SIGTERM);
    const auto ended = serve.wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("no new privileges 1"));
    EXPECT_THAT(ended.err, HasSubstr("a file of its own: done"));
}

}  // namespace
