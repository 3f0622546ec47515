// What a row says of its rounds: each percentile in its column, and whose limit it was.
#include "report/table/row.hpp"

#include "report/table/columns.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

namespace benchhost::report {
namespace {

using model::Verdict;
using results::Trial;

/// A percentile for each share, all of them different.
Trial round_with_percentiles(std::uint32_t round = 1, Verdict verdict = Verdict::server_bound) {
    Trial trial;
    trial.server = "s";
    trial.profile = "text";
    trial.round = round;
    trial.outcome = model::Outcome::ok;
    trial.verdict = verdict;
    trial.requests_per_s = 1000;
    trial.requests = results::Requests{};
    trial.requests->planned = trial.requests->sent = trial.requests->ok = 10'000;
    trial.response_time_ms = results::LatencySummary{1, 2, 3, 4, 5, 6, 7, 8};
    return trial;
}

results::ResultSet suite_with(std::vector<Trial> trials) {
    results::ResultSet results;
    results.rounds = static_cast<std::uint32_t>(trials.size());
    results.profiles = {{"text", "text", "closed", ""}};
    results.profiles.front().timeout = std::chrono::seconds(2);
    results.trials = std::move(trials);
    return results;
}

/// What each column that a machine has a name for says of `of`.
template <class Of>
std::map<std::string, std::string> cells(const ColumnsOf<Of>& columns, std::string Names::*name,
                                         const Of& of) {
    std::map<std::string, std::string> found;
    for (const auto& column : named(columns, name)) {
        found[column.names.*name] = exact(column.value(of));
    }
    return found;
}

TEST(PercentileColumns, OfATableAreEachInTheirPlace) {
    const auto results = suite_with({round_with_percentiles()});
    const auto table = make_tables(results).front();
    auto csv = cells(main_columns(table), &Names::csv, table.rows.front());
    EXPECT_EQ(csv["Median Response Time (ms)"], "2");
    EXPECT_EQ(csv["p99 (ms)"], "6");
    EXPECT_EQ(csv["p99.9 (ms)"], "7");
    auto json = cells(main_columns(table), &Names::json, table.rows.front());
    EXPECT_EQ(json["p50_ms"], "2");
    EXPECT_EQ(json["p99_ms"], "6");
    EXPECT_EQ(json["p99_9_ms"], "7");
}

TEST(PercentileColumns, OfARoundAreEachInTheirPlace) {
    auto csv = cells(round_columns(std::chrono::seconds(2)), &Names::csv, round_with_percentiles());
    EXPECT_EQ(csv["Mean (ms)"], "1");
    EXPECT_EQ(csv["p50 (ms)"], "2");
    EXPECT_EQ(csv["p90 (ms)"], "4");
    EXPECT_EQ(csv["p99 (ms)"], "6");
    EXPECT_EQ(csv["p99.9 (ms)"], "7");
    EXPECT_EQ(csv["Max (ms)"], "8");
}

TEST(PercentileColumns, OfARoundThatLostSomeKnowNoMoreThanTheTimeout) {
    auto trial = round_with_percentiles();
    trial.requests->ok = 9'400;
    trial.requests->failed["timeout"] = 600;
    auto csv = cells(round_columns(std::chrono::seconds(2)), &Names::csv, trial);
    EXPECT_EQ(csv["p90 (ms)"], "4");
    EXPECT_EQ(csv["p99 (ms)"], "2000");
}

TEST(RowVerdict, IsServerBoundByAStrictMajority) {
    const auto half =
        suite_with({round_with_percentiles(1), round_with_percentiles(2, Verdict::machine_bound)});
    EXPECT_EQ(make_tables(half).front().rows.front().verdict, Verdict::machine_bound);
    const auto most = suite_with({round_with_percentiles(1), round_with_percentiles(2),
                                  round_with_percentiles(3, Verdict::machine_bound)});
    EXPECT_EQ(make_tables(most).front().rows.front().verdict, Verdict::server_bound);
}

TEST(RowVerdict, OfRoundsOverALinkIsTheLinks) {
    for (const auto& [other, told] : {std::pair(Verdict::client_bound, Verdict::client_bound),
                                      std::pair(Verdict::machine_bound, Verdict::link_bound),
                                      std::pair(Verdict::server_bound, Verdict::link_bound)}) {
        const auto results = suite_with(
            {round_with_percentiles(1, Verdict::link_bound), round_with_percentiles(2, other)});
        EXPECT_EQ(make_tables(results).front().rows.front().verdict, told) << to_string(other);
    }
}

TEST(RowVerdict, OfEquallyManyRoundsIsTheGravest) {
    const auto results = suite_with({round_with_percentiles(1, Verdict::load_limited),
                                     round_with_percentiles(2, Verdict::client_bound)});
    EXPECT_EQ(make_tables(results).front().rows.front().verdict, Verdict::client_bound);
}

TEST(RowLosses, AreOfTheRequestsOrTheConnectionsWhicheverIsMore) {
    auto trial = round_with_percentiles();
    trial.requests->ok = 9'900;
    trial.requests->failed["timeout"] = 100;
    trial.connections = results::Connections{};
    trial.connections->asked = 4;
    trial.connections->never_answered = 1;
    const auto results = suite_with({trial});
    const auto table = make_tables(results).front();
    const Row& row = table.rows.front();
    EXPECT_DOUBLE_EQ(row.lost_share->median, 0.25);
    EXPECT_TRUE(row.lost_too_much);
}

TEST(Lead, OfOneOfferIsTheLowestP99BeforeTwoThatAreAlike) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 10; ++round) {
        const double sway = round % 2 == 0 ? 1.001 : 0.999;
        for (const auto& [server, p99] :
             {std::pair("fast", 1.0), std::pair("slow", 2.0), std::pair("same", 2.0 * sway)}) {
            auto trial = round_with_percentiles(round, Verdict::load_limited);
            trial.server = server;
            trial.response_time_ms = results::LatencySummary{};
            trial.response_time_ms->p99 = p99;
            trials.push_back(trial);
        }
    }
    auto results = suite_with(std::move(trials));
    results.rounds = 10;
    results.profiles.front().load = "rate";
    const auto table = make_tables(results).front();
    ASSERT_TRUE(table.contest.lead);
    EXPECT_EQ(table.rows[table.contest.lead->first].server, "fast");
    EXPECT_TRUE(table.contest.lead->is_proven);
}

}  // namespace
}  // namespace benchhost::report
