// How long people wait for what is not measuring: the harness around a trial, and the report of a
// long suite.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/large_results.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

namespace {

using namespace std::chrono_literals;
using benchhost::fixtures::kUnderSanitizer;
using benchhost::fixtures::large_results;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";

class SpeedProof : public ::testing::Test {
  protected:
    void SetUp() override {
        if (kUnderSanitizer) {
            GTEST_SKIP() << "a sanitizer makes everything several times slower";
        }
    }
};

// Of all children so far. Unlike the time of a clock it does not grow with what else is running.
double children_cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST_F(SpeedProof, TwoThousandTrialsAreReportedInLessThanTwoSeconds) {
    const TemporaryDirectory directory;
    write_text(directory / "results.json", benchhost::results::to_json(large_results(200, 10)));
    for (const std::string format : {"md", "html", "csv", "json", "junit"}) {
        const double before = children_cpu_s();
        const auto run = run_command({kBenchhost, "report", directory / "results.json", "--format",
                                      format, "--out", directory / ("report." + format)});
        const double cpu_s = children_cpu_s() - before;
        fmt::print("{}: {:.2f} s of processor time\n", format, cpu_s);
        EXPECT_EQ(run.exit_code, 0) << format << ": " << run.err;
        EXPECT_LT(cpu_s, 2) << format;
    }
}

constexpr double kWarmup = 0.1;  // seconds

// The median of what trials took beyond warm-up and window.
double overhead_s(const std::string& config, const std::string& out) {
    const auto run = run_command({kBenchhost, "--config", config, "--out", out}, 240s);
    const auto results = benchhost::results::read_results(out + "/results.json");
    EXPECT_TRUE(results) << run.err;
    std::vector<double> overheads;
    for (const auto& trial : results ? results->trials : std::vector<benchhost::results::Trial>{}) {
        if (trial.outcome == benchhost::model::Outcome::ok) {
            overheads.push_back(trial.took_s.value() - trial.duration_s.value() - kWarmup);
        }
    }
    if (overheads.size() < 3) {
        ADD_FAILURE() << run.err;
        return 0;
    }
    std::sort(overheads.begin(), overheads.end());
    return overheads[overheads.size() / 2];
}

constexpr const char* kSuite =
    "[suite]\nservers = {}\nrepeats = 5\nretries = 0\ncalm = 0\n[profile.text]\nconnections = 8\n"
    "duration = 200ms\nwarmup = 100ms\n";

TEST_F(SpeedProof, TheHarnessTakesLessThanASecondAroundANativeServer) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", fmt::format(kSuite, "asio"));
    const double seconds = overhead_s(directory / "suite.ini", directory / "out");
    fmt::print("native: {:.3f} s a trial beside the measuring\n", seconds);
    EXPECT_LT(seconds, 1);
}

TEST_F(SpeedProof, TheHarnessTakesLessThanTwoSecondsAroundAPythonServer) {
    const TemporaryDirectory directory;
    write_text(
        directory / "suite.ini",
        fmt::format(kSuite, "gunicorn") +
            fmt::format("[server.gunicorn]\nplugin = command\nargv = gunicorn --bind "
                        "{{host}}:{{port}} --workers 1 --log-level warning wsgi_app:app\n"
                        "workdir = {}\nenv.TEXT_FILE = {{text_file}}\nenv.JSON_FILE = "
                        "{{json_file}}\nenv.ABOUT_FILE = {{about_file}}\nenv.FILE = {{file}}\n"
                        "env.PYTHONDONTWRITEBYTECODE = 1\n",
                        BENCHHOST_WSGI_APP));
    const double seconds = overhead_s(directory / "suite.ini", directory / "out");
    fmt::print("gunicorn: {:.3f} s a trial beside the measuring\n", seconds);
    EXPECT_LT(seconds, 2);
}

}  // namespace
