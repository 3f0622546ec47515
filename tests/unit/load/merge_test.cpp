// What the threads of a load, or several processes, counted as one account.
#include "core/load/merge.hpp"

#include "core/base/clock.hpp"
#include "core/load/engine/live_latency.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using model::FailureClass;
using ::testing::ElementsAre;

/// 1, 2, 3 ... times `factor` in the lines of a struct.
template <class Struct>
void number(Struct& lines, std::uint64_t factor) {
    std::uint64_t next = 0;
    for_each_member<Struct>(
        [&]<class Line>(Line /*type*/) { lines.*Line::pointer = ++next * factor; });
}

template <class Struct>
void expect_numbered(const Struct& lines, std::uint64_t factor) {
    std::uint64_t next = 0;
    for_each_member<Struct>([&]<class Line>(Line /*type*/) {
        EXPECT_EQ(lines.*Line::pointer, ++next * factor) << Line::name;
    });
}

TEST(MergeReports, AddsUpEachLineThatIsCounted) {
    LoadReport one;
    LoadReport other;
    for (auto* report : {&one, &other}) {
        const std::uint64_t factor = report == &one ? 1 : 10;
        number(report->books, factor);
        number(report->ended, factor);
        number(report->connections, factor);
        number(report->bytes, factor);
    }
    const auto whole = merge_reports({one, other});
    expect_numbered(whole.books, 11);
    expect_numbered(whole.ended, 11);
    expect_numbered(whole.connections, 11);
    expect_numbered(whole.bytes, 11);
}

TEST(MergeReports, AddsUpWhatWasSpentAndOnTheWire) {
    LoadReport one;
    one.client.cpu = 2s;
    one.mean_in_flight = 8;
    one.failed_in_flight = 1s;
    auto other = one;
    other.client.cpu = 3s;
    const auto whole = merge_reports({one, other});
    EXPECT_EQ(whole.client.cpu, 5s);
    EXPECT_DOUBLE_EQ(whole.mean_in_flight, 16);
    EXPECT_EQ(whole.failed_in_flight, 2s);
}

TEST(MergeReports, TakesTheLongestOfTimesAndTheLeastOfLimits) {
    LoadReport one;
    one.duration = 10s;
    one.longest_cut_stay = 3ms;
    one.client = {{}, 0.5, 7ms, 9ms, 3s};
    one.nofile = 1024;
    one.round_trip = 20ms;
    LoadReport other;
    other.duration = 11s;
    other.longest_cut_stay = 4ms;
    other.client = {{}, 0.6, 8ms, std::nullopt, 2s};
    other.nofile = 4096;
    other.round_trip = 5ms;
    for (const auto& whole : {merge_reports({one, other}), merge_reports({other, one})}) {
        EXPECT_EQ(whole.duration, 11s);
        EXPECT_EQ(whole.longest_cut_stay, 4ms);
        EXPECT_DOUBLE_EQ(whole.client.max_thread_utilisation, 0.6);
        EXPECT_EQ(whole.client.max_loop_lag, 8ms);
        EXPECT_EQ(whole.client.max_run_delay, 9ms);
        EXPECT_EQ(whole.client.longest_absence, 3s);
        EXPECT_EQ(whole.nofile, 1024U);
        EXPECT_EQ(whole.round_trip, 5ms);
    }
}

TEST(MergeReports, KnowsWhatAnyPartKnows) {
    LoadReport one;
    one.interrupted = true;
    one.gave_up = "the server is dead";
    one.notes = {"first"};
    one.offered_ceiling = 100;
    one.link_ceiling = 400;
    one.round_trip = 20ms;
    one.window_start = Clock::time_point{5s};
    LoadReport other;
    other.gave_up = "so it is";
    other.notes = {"second"};
    other.window_start = Clock::time_point{6s};
    const auto whole = merge_reports({one, other});
    EXPECT_TRUE(whole.interrupted);
    EXPECT_EQ(whole.gave_up, "the server is dead");
    EXPECT_THAT(whole.notes, ElementsAre("first", "second"));
    EXPECT_EQ(whole.offered_ceiling, 100);
    EXPECT_EQ(whole.window_start, Clock::time_point{5s});
    EXPECT_EQ(merge_reports({one, one}).offered_ceiling, 200);
    EXPECT_EQ(whole.link_ceiling, 400);
    EXPECT_EQ(merge_reports({one, one}).link_ceiling, 800);
    EXPECT_EQ(whole.round_trip, 20ms);
    EXPECT_EQ(merge_reports({other, one}).round_trip, 20ms);
    EXPECT_FALSE(merge_reports({other, other}).round_trip);
    EXPECT_FALSE(merge_reports({other, other}).offered_ceiling);
    EXPECT_FALSE(merge_reports({other, other}).interrupted);
}

TEST(MergeReports, CountsAllTimesAndFailures) {
    LoadReport one;
    one.response_time.record(1ms, 3);
    one.failures.add(FailureClass::timeout, "nothing came");
    LoadReport other;
    other.response_time.record(9ms, 4);
    other.failures.add(FailureClass::timeout, "nothing either");
    const auto whole = merge_reports({one, other});
    EXPECT_EQ(whole.response_time.count(), 7U);
    EXPECT_EQ(whole.response_time.max(), 9ms);
    EXPECT_EQ(whole.failures.count(FailureClass::timeout), 2U);
    EXPECT_EQ(whole.failures.example(FailureClass::timeout), "nothing came");
}

/// A second whose answers took each of these nanoseconds.
SecondRecord second_of(std::uint16_t from, std::uint16_t to) {
    SecondRecord second;
    for (std::uint16_t ns = from; ns <= to; ++ns) {
        second.latencies.emplace_back(ns, 1);
    }
    second.ok = second.latencies.size();
    second.failed = 2;
    return second;
}

TEST(MergeSeries, APercentileOfASecondIsOfAllItsAnswers) {
    const std::vector<SecondRecord> one{second_of(1, 50), second_of(7, 7)};
    const std::vector<SecondRecord> other{second_of(51, 100)};
    const auto series = merge_series({&other, &one});
    ASSERT_EQ(series.size(), 2U);
    EXPECT_EQ(series[0].t, 0U);
    EXPECT_EQ(series[0].ok, 100U);
    EXPECT_EQ(series[0].failed, 4U);
    EXPECT_EQ(series[0].p50, 50ns);
    EXPECT_EQ(series[0].p99, 99ns);
    EXPECT_EQ(series[0].latencies.size(), 100U);
    EXPECT_EQ(series[1].t, 1U);
    EXPECT_EQ(series[1].ok, 1U);
    EXPECT_EQ(series[1].p50, 7ns);
}

TEST(MergeSeries, ASecondWithoutAnswersHasNoPercentile) {
    const std::vector<SecondRecord> failures{second_of(1, 0)};
    const auto series = merge_series({&failures});
    ASSERT_EQ(series.size(), 1U);
    EXPECT_EQ(series[0].failed, 2U);
    EXPECT_FALSE(series[0].p50);
    EXPECT_FALSE(series[0].p99);
}

TEST(LoadReport, ItsRateIsOfWhatEndedInTheWindow) {
    LoadReport report;
    report.books.ok = 400;
    report.ended.ok = 500;
    EXPECT_EQ(report.rate(), 0) << "of no time";
    report.duration = 2s;
    EXPECT_DOUBLE_EQ(report.rate(), 250);
}

}  // namespace
}  // namespace benchhost::load
