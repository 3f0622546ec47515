// Ranks of suites of which it is known who is faster. BENCHHOST_TRUTH_SEED=N plays one again.
#include "report/table/table.hpp"
#include "tests/unit/truth/played_trials.hpp"
#include "tests/unit/truth/tally_of_wrongs.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace benchhost::truth {
namespace {

constexpr double kAlpha = 0.05;

/// Servers, of which some are equal, some faster than the generator, and some lose requests.
std::map<std::string, Pace> draw_suite(Draw& draw) {
    constexpr double kFactors[] = {1, 1, 1.02, 1.1, 1.5};
    std::map<std::string, Pace> suite;
    const unsigned count = draw.whole(2, 4);
    const double noise = draw.log_between(0.003, 0.05);
    const double ceiling = draw.chance(0.4) ? draw.between(900, 1600) : 1e9;
    for (unsigned i = 0; i < count; ++i) {
        Pace pace{1000 * kFactors[draw.whole(0, 4)], noise, 0, ceiling};
        if (draw.chance(0.2)) {
            pace.lost = draw.between(0.02, 0.6);
            pace.rate *= draw.between(1, 3);  // what fails is soon done
        }
        suite[fmt::format("s{}", i)] = pace;
    }
    return suite;
}

/// "3b" says that two are better; 0: no rank.
unsigned long rank_in(const report::Row& row) {
    return row.place ? std::strtoul(row.rank.c_str(), nullptr, 10) : 0;
}

bool is_better(const Pace& one, const Pace& other) {
    return one.lost == 0 && one.rate > other.rate;
}

/// What the table claims that is not so; "" when nothing is.
std::string false_claim(const report::ProfileTable& table,
                        const std::map<std::string, Pace>& suite) {
    for (const auto& row : table.rows) {
        const auto& pace = suite.at(row.server);
        const auto better = static_cast<unsigned long>(
            std::count_if(suite.begin(), suite.end(),
                          [&](const auto& other) { return is_better(other.second, pace); }));
        if (rank_in(row) > better + 1) {
            return fmt::format("{} has rank {}, and {} are better", row.server, row.rank, better);
        }
    }
    const auto& lead = table.contest.lead;
    if (lead && lead->is_proven &&
        !is_better(suite.at(table.rows[lead->first].server),
                   suite.at(table.rows[lead->second].server))) {
        return "who leads is not better";
    }
    return {};
}

TEST(TruthOfRanks, FalseOnesAreAtMostAlphaAndLossesTakeNone) {
    Wrongs wrongs;
    std::uint64_t with_ranks = 0;
    for_each_seed(1500, [&](std::uint64_t seed) {
        Draw draw(seed);
        const auto suite = draw_suite(draw);
        const auto rounds = draw.whole(8, 12);
        PlayedTrials played(draw);
        std::vector<results::Trial> trials;
        for (const auto& [server, pace] : suite) {
            for (std::uint32_t round = 1; round <= rounds; ++round) {
                trials.push_back(played.trial(server, round, pace));
            }
        }
        auto results = PlayedTrials::results_of(std::move(trials), rounds);
        for (const auto& each : suite) {
            results.servers.push_back({each.first});
        }
        const auto tables = report::make_tables(results);
        ASSERT_EQ(tables.size(), 1U);
        std::string story;
        bool ranked = false;
        for (const auto& row : tables[0].rows) {
            const auto& pace = suite.at(row.server);
            story += fmt::format("  {} {}: {:.0f}/s, loses {:.2g}\n", row.rank, row.server,
                                 pace.rate, pace.lost);
            ranked = ranked || rank_in(row) > 1;
            if (row.place && pace.lost > 0.01) {
                wrongs.add_grave("a lossy server has a rank", seed, story);
            }
        }
        const auto claim = false_claim(tables[0], suite);
        story = fmt::format("seed {}: {}\n{}", seed, claim, story);
        wrongs.count_trial(ranked ? "with different ranks" : "without");
        with_ranks += ranked ? 1 : 0;
        if (!claim.empty()) {
            wrongs.add("a false rank", seed, story);
        }
        if (only_seed()) {
            fmt::print("{}", story);
        }
    });
    wrongs.print();
    EXPECT_EQ(wrongs.grave(), 0U) << wrongs.first_story();
    EXPECT_LE(wrongs.share(), kAlpha) << wrongs.first_story();
    EXPECT_TRUE(with_ranks * 4 > wrongs.trials() || only_seed()) << "or nothing was tried";
}

}  // namespace
}  // namespace benchhost::truth
