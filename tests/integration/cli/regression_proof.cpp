// A plugin that costs more is found: where the machine is quiet enough to tell.
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <picojson.h>

#include <filesystem>
#include <string>

namespace {

using namespace std::chrono_literals;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::AnyOf;
using ::testing::HasSubstr;

TEST(RegressionProof, ADearerPluginIsARegressionThatASecondRunConfirms) {
    const TemporaryDirectory directory;
    // Short trials: CPU per request is still known to a percent or so. Six blocks are the fewest
    // that can show anything.
    write_text(directory / "suite.ini",
               "[profile.text]\nroute = text\nload = closed\nconnections = 8\n"
               "duration = 150ms\nwarmup = 50ms\n[gate]\ncpu = 8%\nblocks = 6\n");
    const auto run =
        run_command({BENCHHOST_BINARY_DIR "/benchhost", "compare", "--base-plugin",
                     BENCHHOST_FIXTURE_PLUGINS "/good.so", "--head-plugin",
                     BENCHHOST_FIXTURE_PLUGINS "/extra_cpu.so", "--config", directory / "suite.ini",
                     "--out", directory / "out", "--set", "server.extra-cpu.extra_cpu_percent=60"},
                    500s);
    // It is never "no regression".
    ASSERT_THAT(run.exit_code, AnyOf(1, 3)) << run.out << run.err;
    if (run.exit_code == 3) {
        GTEST_SKIP() << "the machine is too noisy: " << run.out;
    }
    EXPECT_THAT(run.out, HasSubstr("confirmed by a second run"));
    EXPECT_TRUE(std::filesystem::exists(directory / "out/confirm/results.json"));
    picojson::value compared;
    picojson::parse(compared, read_text(directory / "out/comparison.json"));
    const auto& cell = compared.get("cells").get(0);
    EXPECT_EQ(cell.get("server").to_str(), "extra-cpu");
    EXPECT_EQ(cell.get("metric").to_str(), "cpu");
    EXPECT_GT(cell.get("change").get<double>(), 0.3);
    EXPECT_LT(cell.get("change").get<double>(), 0.9);
    EXPECT_THAT(read_text(directory / "out/comparison.xml"), HasSubstr("<failure"));
}

}  // namespace
