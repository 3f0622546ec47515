// Percentiles that only a histogram knows, in the formats that want them.
#include "report/formats/exports/exports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// 1 ms to 1,000 ms, each once.
results::ResultSet thousand_values() {
    results::Trial trial;
    trial.server = "be/ast";
    trial.profile = "text";
    trial.outcome = model::Outcome::ok;
    trial.verdict = model::Verdict::server_bound;
    trial.requests_per_s = 1000;
    trial.requests = results::Requests{};
    trial.requests->sent = trial.requests->ok = 1000;
    stats::Histogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(std::chrono::milliseconds(i));
    }
    trial.histogram = histogram;
    results::ResultSet results;
    results.profiles = {{"text", "text", "closed", ""}};
    results.trials = {trial, trial};
    results.trials[1].server = "be_ast";  // the same file name when written plainly
    return results;
}

TEST(Hgrm, HasHdrHistogramsColumnsAndClosesWithItsSummary) {
    const auto documents = exports::hgrm(thousand_values());
    ASSERT_THAT(documents, SizeIs(2));
    EXPECT_EQ(documents[0].name, "text.be_ast.hgrm");
    EXPECT_EQ(documents[1].name, "text.be_ast-2.hgrm");
    const std::string& text = documents[0].content;
    EXPECT_THAT(text, StartsWith("       Value     Percentile TotalCount 1/(1-Percentile)\n\n"));
    EXPECT_THAT(text, HasSubstr("1000.000000 1.000000000000       1000\n#[Mean    ="));
    EXPECT_THAT(text, HasSubstr("Total count    =         1000]"));
    EXPECT_THAT(text, HasSubstr(" 0.500000000000        500           2.00\n"));
}

TEST(Hgrm, EndsWhereAShareIsTooCloseToOneToBeTold) {
    auto results = thousand_values();
    stats::Histogram all;
    all.record(std::chrono::milliseconds(1));
    for (int doubling = 0; doubling < 60; ++doubling) {
        all.merge(stats::Histogram(all));
    }
    all.record(std::chrono::milliseconds(2));
    results.trials = {results.trials.front()};
    results.trials.front().histogram = all;
    const auto documents = exports::hgrm(results);
    EXPECT_THAT(documents.front().content, HasSubstr("Total count    = 1152921504606846977]"));
    EXPECT_LT(documents.front().content.size(), 30'000U);
}

TEST(LocustCsv, TakesEveryPercentileFromTheHistogram) {
    const auto documents = exports::locust_csv(thousand_values());
    // Buckets are at most 0.1 % wide, so the figures are within that of 500, 660 ...
    EXPECT_THAT(documents[1].content, HasSubstr("\"/text text/be/ast\",1000,500."));
    EXPECT_THAT(documents[1].content, HasSubstr(",1000.000\n"));
    EXPECT_THAT(documents[0].content, HasSubstr(",1.000,1000.000,\"N/A\",1000.00\n"));
}

TEST(Hgrm, SaysWhatShareWasLost) {
    auto results = thousand_values();
    results.trials.front().requests->planned = 1250;
    const auto documents = exports::hgrm(results);
    EXPECT_THAT(documents[1].content, HasSubstr("#[Lost    =     0.200000, Share of all"));
    EXPECT_THAT(documents[0].content, Not(HasSubstr("Lost")));
}

TEST(LocustCsv, HasNoPercentileBeyondTheAnsweredShare) {
    auto results = thousand_values();
    results.trials.resize(1);
    auto& trial = results.trials.front();
    trial.requests->planned = trial.requests->sent = 1050;
    trial.requests->failed["timeout"] = 50;
    trial.first_failures["timeout"] = "no answer";
    trial.duration_s = 1;
    trial.started_at = "2026-01-02T03:04:05Z";
    trial.series = {{0, 1000, 50, 500.0, 990.0, {}, {}}};
    const auto documents = exports::locust_csv(results);
    ASSERT_EQ(documents.size(), 5U);
    EXPECT_EQ(documents[2].name, "locust_stats.csv");
    EXPECT_THAT(documents[2].content, HasSubstr(",1050,50,500."));
    EXPECT_THAT(documents[2].content, HasSubstr(",1050.00,50.00,500."));
    EXPECT_THAT(documents[2].content, HasSubstr("\"N/A\",\"N/A\",\"N/A\",\"N/A\",1000.000\n"));
    EXPECT_THAT(documents[3].content,
                HasSubstr("\"GET\",\"/text text/be/ast\",\"timeout: no answer\",50\n"));
    EXPECT_THAT(documents[4].content, HasSubstr("1767323045,\"N/A\",\"GET\""));
}

}  // namespace
}  // namespace benchhost::report
