// The plugins in other languages: built with their toolchain, then served from and measured in a
// child process, as the Go runtime does not leave a process it was loaded into.
#include "core/results/results.hpp"
#include "raw_client.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

namespace {

using namespace std::chrono_literals;
using benchhost::fixtures::Command;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::model::Outcome;
using benchhost::test::ask;
using benchhost::test::RawClient;

constexpr int kCannotBeBuilt = 77;

class ExamplePlugin : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const auto built = run_command({BENCHHOST_SOURCE_DIR "/plugins/sdk/examples/build",
                                        GetParam(), BENCHHOST_EXAMPLE_PLUGINS},
                                       500s);
        if (built.exit_code == kCannotBeBuilt) {
            GTEST_SKIP() << built.err;
        }
        ASSERT_EQ(built.exit_code, 0) << built.err;
    }
    std::string library() const {
        return std::string(BENCHHOST_EXAMPLE_PLUGINS) + "/" + GetParam() + ".so";
    }

    TemporaryDirectory directory_;
};

TEST_P(ExamplePlugin, IsMeasuredOnEveryRoute) {
    std::string suite = std::string("[suite]\nname = example\nservers = ") + GetParam() +
                        "\nrepeats = 1\ncalm = 0\n";
    for (const std::string route : {"text", "json", "file"}) {
        suite += "[profile." + route + "]\nroute = " + route +
                 "\nload = closed\nconnections = 4\nduration = 1s\nwarmup = 50ms\ntimeout = 20s\n";
    }
    write_text(directory_ / "suite.ini", suite);
    // Away from the plugins of the build tree, among which the same one may be.
    std::filesystem::create_directory(directory_ / "bin");
    for (const std::string program : {"/benchhost", "/benchhost-serve"}) {
        std::filesystem::copy_file(BENCHHOST_BINARY_DIR + program, directory_ / "bin" + program);
    }
    Command benchhost({directory_ / "bin" + "/benchhost", "--config", directory_ / "suite.ini",
                       "--out", directory_ / "out"},
                      {"BENCHHOST_PLUGIN_PATH=" BENCHHOST_EXAMPLE_PLUGINS});
    const auto run = benchhost.wait();
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const auto measured = benchhost::results::read_results(directory_ / "out/results.json");
    ASSERT_TRUE(measured.has_value());
    // On a machine that others use some may have been run again.
    EXPECT_EQ(std::count_if(measured->trials.begin(), measured->trials.end(),
                            [](const auto& trial) { return !trial.superseded; }),
              3);
    for (const auto& trial : measured->trials) {
        ASSERT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
        EXPECT_GT(trial.requests->ok, 0U) << trial.profile;
        EXPECT_EQ(trial.requests->failed_total(), 0U) << trial.profile;
    }
}

TEST_P(ExamplePlugin, SpeaksHttpAndStopsWithItsConnectionsOpen) {
    Command serve({BENCHHOST_BINARY_DIR "/benchhost-serve", library(), "--threads", "2"});
    ASSERT_TRUE(serve.wait_for_output("ready http://", 60s));
    const std::string ready = serve.out();
    const auto port = static_cast<std::uint16_t>(std::stoi(ready.substr(ready.rfind(':') + 1)));
    RawClient client(port);
    const std::string get_text = "GET /text HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(get_text + get_text + "HEAD /json HTTP/1.1\r\nHost: x\r\n\r\n" + get_text);
    EXPECT_EQ(client.read_answer().body, "Hello World!");
    EXPECT_EQ(client.read_answer().body, "Hello World!");
    EXPECT_EQ(client.read_answer(true).field("Content-Length"), "106");
    EXPECT_EQ(client.read_answer().body, "Hello World!");
    EXPECT_EQ(ask(port, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").status, 404);
    EXPECT_EQ(ask(port, "POST /text HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").status,
              405);
    EXPECT_EQ(ask(port, "this is not HTTP\r\n\r\n").status, 400);
    RawClient http10(port);
    http10.send("GET /text HTTP/1.0\r\n\r\n");
    EXPECT_EQ(http10.read_answer().body, "Hello World!");
    EXPECT_TRUE(http10.at_end());
    serve.signal(SIGTERM);
    EXPECT_EQ(serve.wait(60s).exit_code, 0);
    EXPECT_TRUE(client.at_end());
}

INSTANTIATE_TEST_SUITE_P(All, ExamplePlugin, testing::Values("hyper", "nethttp"),
                         [](const auto& about) { return std::string(about.param); });

}  // namespace
