#include "core/trial/usage_monitor.hpp"

#include "tests/fixtures/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;

machine::TreeUsage usage_of(Nanoseconds cpu, std::optional<std::uint64_t> rss_bytes = 4096) {
    machine::TreeUsage usage;
    usage.cpu = cpu;
    usage.rss_bytes = rss_bytes;
    usage.processes = 1;
    return usage;
}

class UsageMonitorTest : public suite::fakes::SuiteTest {
  protected:
    results::Trial trial_with(const std::vector<machine::TreeUsage>& usage) {
        play_.roles["a"].usage = usage;
        return run_one();
    }
};

TEST_F(UsageMonitorTest, TimeThatAProcessTookAlongMakesTheSumUnknown) {
    const auto before = usage_of(seconds(5));
    const auto trial = trial_with({before, before, usage_of(seconds(3)), usage_of(seconds(3))});
    ASSERT_EQ(trial.outcome, model::Outcome::ok);
    EXPECT_FALSE(trial.server_usage->cpu_s);
    EXPECT_FALSE(trial.server_usage->cpu_us_per_request);
    EXPECT_FALSE(trial.machine->others) << "what is not ours cannot be told from it";
    EXPECT_THAT(trial.notes, Contains(HasSubstr("nobody waited for")));
}

TEST_F(UsageMonitorTest, TheTicksOfCollectedChildrenAreNoLoss) {
    const auto trial =
        trial_with({usage_of(seconds(5)), usage_of(seconds(5)), usage_of(milliseconds(4990))});
    EXPECT_FALSE(trial.server_usage->cpu_s) << "less than can be told";
    EXPECT_THAT(trial.notes, Not(Contains(HasSubstr("nobody waited for"))));
}

TEST_F(UsageMonitorTest, MemoryThatCannotBeReadIsNotZero) {
    const auto unknown = usage_of(seconds(1), std::nullopt);
    const auto trial = trial_with({unknown, unknown, unknown});
    EXPECT_FALSE(trial.server_usage->rss_idle_bytes);
    EXPECT_FALSE(trial.server_usage->rss_peak_bytes);
    EXPECT_FALSE(trial.server_usage->rss_after_bytes);
}

/// Of two processes.
machine::TreeUsage with_stopped(std::uint64_t stopped) {
    auto usage = usage_of(seconds(1));
    usage.processes = 2;
    usage.stopped = stopped;
    return usage;
}

TEST_F(UsageMonitorTest, AServerThatWasStoppedAndGoesOnIsNotBlamed) {
    play_.meanwhile = [](auto& report, std::size_t) { report.gave_up = "the server is dead"; };
    const auto trial = trial_with({with_stopped(0), with_stopped(0), with_stopped(1)});
    EXPECT_EQ(trial.outcome, model::Outcome::ok) << trial.reason.value_or("");
    EXPECT_EQ(trial.verdict, model::Verdict::machine_bound);
    EXPECT_THAT(trial.verdict_why.value_or(""), HasSubstr("stopped or frozen for about"));
    EXPECT_GT(trial.machine->server_stopped_s.value_or(0), 0);
}

TEST_F(UsageMonitorTest, OneThatStaysStoppedFailsAndSaysSo) {
    play_.meanwhile = [this](auto& report, std::size_t) {
        report.gave_up = "the server is dead";
        play_.is_silent = true;
    };
    const auto trial = trial_with({with_stopped(0), with_stopped(0), with_stopped(2)});
    EXPECT_EQ(trial.outcome, model::Outcome::failed);
    EXPECT_THAT(trial.reason.value_or(""),
                HasSubstr("the server is dead; it, or a process of it, was stopped or frozen"));
}

TEST_F(UsageMonitorTest, AProcessThatWasStoppedBeforeTheLoadIsTheServersOwnAffair) {
    const auto trial = trial_with({with_stopped(1)});
    ASSERT_TRUE(trial.machine);
    EXPECT_EQ(trial.machine->server_stopped_s, 0);
}

std::chrono::steady_clock::time_point at(Nanoseconds time) {
    return std::chrono::steady_clock::time_point(time);
}

std::vector<results::SeriesPoint> seconds_of(std::uint32_t count) {
    std::vector<results::SeriesPoint> series(count);
    for (std::uint32_t t = 0; t < count; ++t) {
        series[t].t = t;
    }
    return series;
}

TEST(StoppedSince, IsTheTimeBeforeEachLookThatSawMoreOfThemStopped) {
    const auto stopped = [](std::uint64_t at_first) {
        return stopped_since(at(seconds(1)), {{at({}), with_stopped(at_first)},
                                              {at(milliseconds(900)), with_stopped(1)},
                                              {at(milliseconds(1050)), with_stopped(1)},
                                              {at(milliseconds(1150)), with_stopped(1)},
                                              {at(milliseconds(1250)), with_stopped(0)},
                                              {at(milliseconds(1350)), with_stopped(2)}});
    };
    EXPECT_EQ(stopped(0), milliseconds(50 + 100 + 100));
    EXPECT_EQ(stopped(1), milliseconds(100)) << "one had been stopped all the time";
    EXPECT_EQ(stopped(2), Nanoseconds{});
    EXPECT_EQ(stopped_since(at({}), {}), Nanoseconds{});
}

TEST(FillSeconds, TakesTheLastLookOfEachSecond) {
    auto series = seconds_of(4);
    fill_seconds(series,
                 {{at(milliseconds(9900)), usage_of(seconds(1), 10)},
                  {at(milliseconds(10500)), usage_of(seconds(2), 20)},
                  {at(milliseconds(10900)), usage_of(seconds(3), 30)},
                  {at(milliseconds(12100)), usage_of(seconds(5), 40)},
                  {at(milliseconds(13900)), usage_of(seconds(4), 50)}},
                 at(seconds(10)), seconds(1));
    EXPECT_EQ(series[0].cpu_s, 2);
    EXPECT_EQ(series[0].rss_bytes, 30U);
    EXPECT_FALSE(series[1].cpu_s) << "nobody looked";
    EXPECT_FALSE(series[1].rss_bytes);
    EXPECT_EQ(series[2].cpu_s, 2);
    EXPECT_FALSE(series[3].cpu_s) << "less than before is unknown";
    EXPECT_EQ(series[3].rss_bytes, 50U);
}

TEST(FillSeconds, ADayIsSummedInLinearTime) {
    constexpr std::uint32_t kDay = 86'400;
    std::vector<UsageSample> samples;
    samples.reserve(kDay * 10);
    for (std::uint32_t i = 1; i <= kDay * 10; ++i) {
        samples.push_back({at(milliseconds(100) * i), usage_of(milliseconds(25) * i, i)});
    }
    auto series = seconds_of(kDay);
    // A look at every look for each second would take minutes.
    const auto begin = std::chrono::steady_clock::now();
    fill_seconds(series, samples, at({}), {});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(30));
    EXPECT_EQ(series.front().cpu_s, 0.25);
    EXPECT_EQ(series.back().cpu_s, 0.25);
    EXPECT_EQ(series.back().rss_bytes, kDay * 10);
}

}  // namespace
}  // namespace benchhost::trial
