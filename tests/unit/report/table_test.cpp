#include "report/table/table.hpp"

#include "report/table/captions.hpp"
#include "report/table/columns.hpp"
#include "report/table/number.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace benchhost::report {
namespace {

using model::Outcome;
using model::Verdict;
using results::ResultSet;
using results::Trial;
using testing::Contains;
using testing::HasSubstr;

Trial measured(const std::string& server, std::uint32_t round, double rate,
               Verdict verdict = Verdict::server_bound) {
    Trial trial;
    trial.server = server;
    trial.profile = "text";
    trial.round = round;
    trial.outcome = Outcome::ok;
    trial.verdict = verdict;
    trial.requests_per_s = rate;
    return trial;
}

ResultSet results_of(std::vector<Trial> trials, std::uint32_t rounds,
                     const std::string& load = "closed") {
    ResultSet results;
    results.rounds = rounds;
    results.profiles = {{"text", "text", load, ""}};
    results.trials = std::move(trials);
    return results;
}

// Factors of a server's rate by round: noise that all servers share, as in paired rounds.
double noise(std::uint32_t round) { return 1 + 0.1 * std::sin(round * 2.1); }

TEST(OverRounds, MedianRangeAndSpread) {
    const auto value = over_rounds({100, 90, 104});
    ASSERT_TRUE(value);
    EXPECT_EQ(value->median, 100);
    EXPECT_EQ(value->least, 90);
    EXPECT_EQ(value->most, 104);
    EXPECT_DOUBLE_EQ(value->spread().value(), 0.07);
    EXPECT_FALSE(over_rounds({}));
    EXPECT_FALSE(over_rounds({5})->spread()) << "one round tells nothing about the spread";
}

TEST(Captions, SayUnderWhichLimitOfOpenFilesMemoryWasTaken) {
    const auto caption_with = [](const std::vector<std::string>& limits) {
        std::vector<Trial> trials;
        for (std::size_t i = 0; i < limits.size(); ++i) {
            auto trial = measured("x" + std::to_string(i), 1, 900);
            trial.server_usage.emplace();
            trial.server_usage->rss_peak_bytes = 1'000'000;
            trial.effective_limits["nofile"] = limits[i];
            trials.push_back(trial);
        }
        const auto results = results_of(trials, 1);
        return captions(make_tables(results).front());
    };
    EXPECT_THAT(caption_with({"999999", "999999"}),
                Contains(HasSubstr("under a limit of 999,999 open files")));
    EXPECT_THAT(caption_with({"999999", "1024", "4096"}),
                Contains(HasSubstr("under a limit of 1,024 to 999,999 open files")));
    const auto results = results_of({measured("url", 1, 900)}, 1);
    EXPECT_THAT(captions(make_tables(results).front()), testing::Not(Contains(HasSubstr("RSS"))))
        << "nothing is known of its memory";
}

TEST(Table, TheDeclaredClassIsAColumnWhenSomebodyDeclaresOne) {
    auto results = results_of({measured("raw", 1, 900), measured("silent", 1, 800)}, 1);
    results.servers = {{"raw", {}, {}, {{"class", "raw"}}}, {"silent"}};
    const auto tables = make_tables(results);
    const auto columns = visible(main_columns(tables.front()));
    ASSERT_EQ(columns.back().header, "Class");
    EXPECT_EQ(cell_of(columns.back(), tables.front().rows[0]).text, "raw");
    EXPECT_EQ(cell_of(columns.back(), tables.front().rows[1]).text, kUnknown);
    const auto alone = results_of({measured("silent", 1, 800)}, 1);
    const auto silent = make_tables(alone);
    EXPECT_EQ(visible(main_columns(silent.front())).back().header, "Verdict");
}

TEST(Table, AClearDifferenceInEnoughRoundsRanksAndATieShares) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 10; ++round) {
        const double even = round % 2 == 0 ? 1.001 : 0.999;
        trials.push_back(measured("slow", round, 800 * noise(round)));
        trials.push_back(measured("fast", round, 1000 * noise(round)));
        trials.push_back(measured("same", round, 1000 * noise(round) * even));
    }
    const auto results = results_of(trials, 10);
    const auto tables = make_tables(results);
    ASSERT_EQ(tables.size(), 1U);
    const auto& rows = tables[0].rows;
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].rank, "1a");
    EXPECT_EQ(rows[1].rank, "1a");
    EXPECT_EQ(rows[2].server, "slow");
    EXPECT_EQ(rows[2].rank, "3b");
    EXPECT_FALSE(rows[0].alone_first);
    EXPECT_THAT(headline(tables[0]), HasSubstr("2 servers share the first place"));
}

TEST(Table, TooFewRoundsClaimNothing) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 5; ++round) {
        trials.push_back(measured("slow", round, 10));
        trials.push_back(measured("fast", round, 1000));
    }
    const auto results = results_of(trials, 5);
    const auto tables = make_tables(results);
    EXPECT_EQ(tables[0].rows[0].rank, "(1)");
    EXPECT_EQ(tables[0].rows[1].rank, "(2)");
    EXPECT_FALSE(tables[0].rows[0].alone_first);
    EXPECT_THAT(headline(tables[0]),
                HasSubstr("fast has the best median, 1,000 requests/s; order not tested: 5 rounds, "
                          "--repeats 6 would do"));
}

TEST(Table, OnlyServerBoundRowsTakeARank) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 3; ++round) {
        trials.push_back(measured("client", round, 3000, Verdict::client_bound));
        trials.push_back(measured("most", round, 2000,
                                  round == 1 ? Verdict::machine_bound : Verdict::server_bound));
        trials.push_back(measured("half", round, 1000,
                                  round != 1 ? Verdict::machine_bound : Verdict::server_bound));
        trials.push_back(measured("whole", round, 500));
    }
    const auto results = results_of(trials, 3);
    const auto table = make_tables(results)[0];
    EXPECT_EQ(headline(table),
              "fastest: client, at least 3,000 requests/s (the load generator was the limit); best "
              "of those measured to their limit: most, 2,000 requests/s; order not tested: 3 "
              "rounds, --repeats 7 would do; 1 machine-bound");
    const auto& rows = table.rows;
    EXPECT_EQ(rows[0].verdict_text, "client-bound");
    EXPECT_EQ(rows[0].rank, "–");
    EXPECT_EQ(rows[1].verdict_text, "server-bound 2/3");
    EXPECT_EQ(rows[1].rank, "(2)") << "one is provably ahead";
    EXPECT_EQ(rows[2].verdict_text, "machine-bound 2/3");
    EXPECT_EQ(rows[2].rank, "–");
    EXPECT_EQ(rows[3].rank, "(3)") << "a spoilt row moves nobody";
}

TEST(Table, WhoLeadsTheRankedMayHaveOthersAbove) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 10; ++round) {
        trials.push_back(measured("slow", round, 800 * noise(round)));
        trials.push_back(measured("fast", round, 1000 * noise(round)));
    }
    const auto alone = results_of(trials, 10);
    EXPECT_EQ(headline(make_tables(alone)[0]),
              "fast leads by 25 % (25 to 25 %) with 1,004 requests/s");
    for (std::uint32_t round = 1; round <= 10; ++round) {
        trials.push_back(measured("client", round, 3000 * noise(round), Verdict::client_bound));
    }
    const auto below = results_of(trials, 10);
    EXPECT_THAT(headline(make_tables(below)[0]), HasSubstr("fastest: client, at least 3,0"));
}

TEST(Table, AnInvalidRoundNeverEntersAMedian) {
    const auto results = results_of(
        {measured("s", 1, 100), measured("s", 2, 102), measured("s", 3, 9000, Verdict::invalid)},
        3);
    const auto row = make_tables(results)[0].rows[0];
    EXPECT_EQ(row.requests_per_s->median, 101);
    EXPECT_EQ(row.requests_per_s->rounds, 2U);
    EXPECT_EQ(row.verdict_text, "server-bound 2/3");
    EXPECT_THAT(row.notes, Contains("invalid in round 3"));
}

TEST(Table, FailedAndSkippedStayAtTheBottomWithTheirReason) {
    Trial crash;
    crash.server = "a-crash";
    crash.profile = "text";
    crash.outcome = Outcome::failed;
    crash.stage = "ready";
    crash.reason = "exit code 1";
    Trial skip = crash;
    skip.server = "b-skip";
    skip.outcome = Outcome::skipped;
    skip.stage.reset();
    skip.reason = "no such route";
    const auto results = results_of({skip, crash, measured("z", 1, 1)}, 1);
    const auto rows = make_tables(results)[0].rows;
    EXPECT_EQ(rows[0].server, "z");
    EXPECT_EQ(rows[1].server, "a-crash");
    EXPECT_THAT(rows[1].notes, Contains("failed: ready: exit code 1"));
    EXPECT_EQ(rows[2].server, "b-skip");
    EXPECT_THAT(rows[2].notes, Contains("skipped: no such route"));
    EXPECT_FALSE(rows[1].requests_per_s);
    EXPECT_FALSE(rows[1].total_requests);
}

TEST(Table, OneFailedRoundCostsTheRankButNotTheNumbers) {
    auto failed = measured("s", 2, 100);
    failed.outcome = Outcome::failed;
    const auto results = results_of({measured("s", 1, 100), failed, measured("s", 3, 104)}, 3);
    const auto row = make_tables(results)[0].rows[0];
    EXPECT_EQ(row.standing, Standing::failed);
    EXPECT_EQ(row.verdict_text, "failed 1/3");
    EXPECT_EQ(row.rank, "–");
    EXPECT_EQ(row.requests_per_s->median, 102);
}

TEST(Table, ARoundThatWasRunAgainReplacesTheEarlierAttempt) {
    const auto results = results_of({measured("s", 1, 1), measured("s", 1, 7)}, 1);
    const auto tables = make_tables(results);
    EXPECT_EQ(tables[0].rounds, 1U);
    EXPECT_EQ(tables[0].rows[0].requests_per_s->median, 7);
}

TEST(Table, UnderTheSameOfferWhoKeepsUpStandsAboveWhoDropsTheSlowRequests) {
    auto kept_up = measured("kept-up", 1, 1000, Verdict::load_limited);
    kept_up.response_time_ms = results::LatencySummary{};
    kept_up.response_time_ms->p99 = 9;
    auto dropped = measured("dropped", 1, 100);
    dropped.response_time_ms = results::LatencySummary{};
    dropped.response_time_ms->p99 = 1;
    const auto results = results_of({dropped, kept_up}, 1, "rate");
    const auto tables = make_tables(results);
    EXPECT_EQ(tables[0].order, Order::p99);
    EXPECT_EQ(tables[0].rows[0].server, "kept-up");
    EXPECT_EQ(headline(tables[0]),
              "kept-up has the lowest p99, 9.00 ms; 1 could not keep up with the load");
}

TEST(Table, LimitProfilesAreRankedByTheHighestConfirmedLoad) {
    const auto limited = [](const std::string& server, std::optional<double> load, double rate) {
        Trial trial = measured(server, 1, rate);
        trial.limit = results::LimitFound{"users", load, 5000, "timeout", {}};
        return trial;
    };
    const auto results = results_of(
        {limited("few", 100, 99999), limited("many", 4000, 10), limited("none", std::nullopt, 5)},
        1, "limit");
    const auto tables = make_tables(results);
    EXPECT_EQ(tables[0].load_unit, "users");
    EXPECT_EQ(tables[0].rows[0].server, "many");
    EXPECT_EQ(tables[0].rows[1].server, "few");
    EXPECT_EQ(tables[0].rows[2].server, "none");
    EXPECT_EQ(tables[0].rows[2].rank, "–");
}

TEST(Table, TwoServersOfOneNameAreToldApart) {
    auto results = results_of({measured("nginx", 1, 2), measured("nginx-tuned", 1, 1)}, 1);
    results.servers = {{"nginx", "nginx", "1.22"}, {"nginx-tuned", "nginx", "1.22"}};
    const auto rows = make_tables(results)[0].rows;
    EXPECT_EQ(rows[0].label, "nginx 1.22 (nginx)");
    EXPECT_EQ(rows[1].label, "nginx 1.22 (nginx-tuned)");
}

TEST(Table, WhatIsNotANumberCountsAsUnknown) {
    const auto results =
        results_of({measured("s", 1, std::numeric_limits<double>::quiet_NaN())}, 1);
    EXPECT_FALSE(make_tables(results)[0].rows[0].requests_per_s);
}

TEST(Table, AProfileThatOnlyTrialsKnowIsShown) {
    auto results = results_of({measured("s", 1, 5)}, 1);
    results.profiles.clear();
    const auto tables = make_tables(results);
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_EQ(tables[0].profile.name, "text");
}

TEST(Table, ALimitThatNobodySawFailIsAtLeast) {
    auto trial = measured("fast", 1, 5000, Verdict::load_limited);
    trial.limit =
        results::LimitFound{"users", 10'000, {}, "10000 is the most that may be tried", {}};
    const auto results = results_of({trial}, 1, "limit");
    const auto table = make_tables(results).front();
    EXPECT_THAT(cell_of(visible(main_columns(table))[5], table.rows.front()).text, "≥ 10,000");
    EXPECT_THAT(table.rows.front().notes, Contains(HasSubstr("bears at least 10,000 users")));
    EXPECT_FALSE(table.rows.front().place);
}

TEST(Table, SeveralRatesAreOneColumnEach) {
    auto trial = measured("a", 1, 900, Verdict::load_limited);
    results::LoadStep half, most;
    half.load = 500;
    half.share = 0.5;
    half.p99_ms = 1.5;
    most.load = 900;
    most.share = 0.9;
    most.p99_ms = 12;
    most.why = "3 of 900 requests failed";
    trial.sweep = results::Sweep{1000, {half, most}};
    const auto results = results_of({trial}, 1, "sweep");
    const auto table = make_tables(results).front();
    const auto columns = visible(main_columns(table));
    const auto text = [&](std::size_t column) {
        return cell_of(columns[column], table.rows.front()).text;
    };
    EXPECT_EQ(columns[5].header, "Capacity (requests/s)");
    EXPECT_EQ(text(5), "1,000");
    EXPECT_EQ(columns[6].header, "p99 at 50 % (ms)");
    EXPECT_EQ(text(6), "1.50");
    EXPECT_EQ(columns[7].header, "p99 at 90 % (ms)");
    EXPECT_EQ(text(7), "12.0");
    EXPECT_THAT(table.rows.front().notes, Contains(HasSubstr("at 90 %: 3 of 900")));
}

TEST(Table, ARoundOfAnyNumberCostsNoMoreThanAnother) {
    auto results = results_of({measured("a", 1, 900), measured("b", 1, 800)}, 1);
    for (const std::uint32_t round : {7U, 4294967295U}) {
        results.trials.push_back(measured("a", round, 910));
        results.trials.push_back(measured("b", round, 790));
    }
    const auto table = make_tables(results).front();
    EXPECT_EQ(table.rows.front().server, "a");
    EXPECT_EQ(table.rows.front().trials.size(), 3U);
}

TEST(Table, ASpoiltAttemptGivesWayToTheOneThatStandsInForIt) {
    auto spoilt = measured("a", 1, 100, Verdict::machine_bound);
    spoilt.superseded = true;
    const auto results = results_of({spoilt, measured("a", 1, 900)}, 1);
    const auto table = make_tables(results).front();
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_EQ(table.rows.front().trials.size(), 1U);
    EXPECT_EQ(table.rows.front().requests_per_s->median, 900);
}

}  // namespace
}  // namespace benchhost::report
