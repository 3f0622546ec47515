// One server under two names has to share a rank: on a machine that is quiet, it does.
#include "core/results/results.hpp"
#include "report/table/table.hpp"
#include "tests/fixtures/command.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace {

using namespace std::chrono_literals;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::report::Row;

// Poco, because the generator is surely not the limit there and the rows can be ranked.
constexpr const char* kTwins =
    "[suite]\nname = twins\nservers = one, two\nrepeats = 10\nretries = 0\n"
    "[profile.text]\nroute = text\nload = closed\nconnections = 4\nduration = 150ms\n"
    "warmup = 50ms\n[server.one]\nplugin = poco\n[server.two]\nplugin = poco\n";

// By chance alone one run in twenty would tell them apart, two in a row one in four hundred.
TEST(RankProof, OneServerUnderTwoNamesSharesARank) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", kTwins);
    std::string seen;
    for (const std::string seed : {"1", "2"}) {
        const auto out = directory / ("out" + seed);
        const auto run = run_command({BENCHHOST_BINARY_DIR "/benchhost", "--config",
                                      directory / "suite.ini", "--out", out, "--seed", seed});
        ASSERT_EQ(run.exit_code, 0) << run.err;
        const auto results = benchhost::results::read_results(out + "/results.json");
        ASSERT_TRUE(results) << results.error().message;
        const auto tables = benchhost::report::make_tables(*results);
        ASSERT_EQ(tables.size(), 1U);
        const auto& rows = tables.front().rows;
        ASSERT_EQ(rows.size(), 2U);
        for (const Row& row : rows) {
            if (row.verdict == benchhost::model::Verdict::machine_bound) {
                GTEST_SKIP() << "others used the processors, so nothing is ranked: " << row.server
                             << ": " << row.verdict_text;
            }
            ASSERT_TRUE(row.place) << row.server << ": " << row.verdict_text << "\n" << run.out;
            ASSERT_EQ(row.trials.size(), 10U);
        }
        if (rows[0].rank == rows[1].rank) {
            EXPECT_FALSE(rows[0].alone_first);
            return;
        }
        seen += run.out;
    }
    FAIL() << seen;
}

}  // namespace
