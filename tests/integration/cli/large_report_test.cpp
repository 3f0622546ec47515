// What results of days of measuring take to be told.
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/large_results.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;

// 50 servers in 100 rounds. To record each of the 10,000 histograms anew would take a minute.
benchhost::results::ResultSet five_thousand_trials() {
    constexpr std::uint32_t kRounds = 100;
    auto results = benchhost::fixtures::large_results(50, 2);
    const auto recorded = results.trials;
    for (std::uint32_t round = 3; round <= kRounds; ++round) {
        for (const auto& trial : recorded) {
            if (trial.round % 2 == round % 2) {
                results.trials.push_back(trial);
                results.trials.back().round = round;
            }
        }
    }
    results.rounds = kRounds;
    return results;
}

/// The most that was ever resident of it, in KiB; 0 when it failed. A child of ours would count
/// what we had when it was forked.
std::uint64_t most_resident_of(const std::vector<std::string>& command) {
    std::vector<std::string> argv = {
        "/usr/bin/python3", "-c",
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"};
    argv.insert(argv.end(), command.begin(), command.end());
    const auto run = run_command(argv);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return std::strtoull(run.out.c_str(), nullptr, 10);
}

TEST(LargeResults, AreToldInLittleMemory) {
    if (benchhost::fixtures::kUnderSanitizer) {
        GTEST_SKIP() << "a sanitizer keeps freed memory for its reports";
    }
#ifndef NDEBUG
    GTEST_SKIP() << "without optimisation it takes minutes";
#endif
    const TemporaryDirectory directory;
    {
        const auto results = five_thousand_trials();
        ASSERT_EQ(results.trials.size(), 5000U);
        ASSERT_TRUE(benchhost::results::write_file(directory / "results.json",
                                                   benchhost::results::to_json(results)));
    }
    // The page has all of the results in it once more.
    for (const auto& [format, most_mib] : {std::pair{"md", 200U}, {"html", 300U}}) {
        const auto resident = most_resident_of({BENCHHOST_BINARY_DIR "/benchhost", "report",
                                                directory / "results.json", "--format", format,
                                                "--out", directory / "report"});
        EXPECT_GT(resident, 0U) << format;
        EXPECT_LT(resident, most_mib * 1024U) << format;
    }
}

}  // namespace
