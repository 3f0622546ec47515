// What the engine counted reaches results.json under its own name.
#include "core/trial/measurement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

using model::FailureClass;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Measurement, EachLineOfTheBooksKeepsItsName) {
    load::LoadReport report;
    report.books = {100, 70, 20, 10, 55, 5, 10};
    report.failures.add_many(FailureClass::timeout, 5, "planned in it");
    report.ended = {4, 70, 58, 6, 10, 2};
    report.ended_failures.add_many(FailureClass::closed_early, 6, "ended in it");
    const auto requests = requests_of(report);
    EXPECT_EQ(requests.planned, 100U);
    EXPECT_EQ(requests.sent, 70U);
    EXPECT_EQ(requests.shed, 20U);
    EXPECT_EQ(requests.unsent, 10U);
    EXPECT_EQ(requests.ok, 55U);
    EXPECT_EQ(requests.unfinished, 10U);
    EXPECT_THAT(requests.failed, ElementsAre(Pair("timeout", 5U)));
    const auto ended = ended_of(report);
    EXPECT_EQ(ended.under_way_at_start, 4U);
    EXPECT_EQ(ended.begun, 70U);
    EXPECT_EQ(ended.ok, 58U);
    EXPECT_EQ(ended.under_way_at_end, 10U);
    EXPECT_EQ(ended.throughout, 2U);
    EXPECT_THAT(ended.failed, ElementsAre(Pair("closed-early", 6U)));
}

TEST(Measurement, EachTimeKeepsItsName) {
    load::LoadReport report;
    report.duration = std::chrono::seconds(2);
    report.books.ok = 300;
    report.ended.ok = 200;
    report.response_time.record(milliseconds(50));
    report.service_time.record(milliseconds(30));
    report.send_lag.record(milliseconds(20));
    results::Trial trial;
    fill_measurement(trial, report);
    EXPECT_EQ(trial.requests_per_s, 100) << "of what ended in the window";
    EXPECT_DOUBLE_EQ(trial.response_time_ms->max, 50);
    EXPECT_DOUBLE_EQ(trial.service_time_ms->max, 30);
    EXPECT_DOUBLE_EQ(trial.send_lag_ms->max, 20);
    EXPECT_EQ(trial.histogram->max(), milliseconds(50));
    EXPECT_EQ(trial.service_histogram->max(), milliseconds(30));
}

TEST(Measurement, TheWayAndWhatTheGeneratorSpentKeepTheirNames) {
    load::LoadReport report;
    report.ended.ok = 1000;
    report.client = {milliseconds(250), 0.5, {}, milliseconds(30), milliseconds(400)};
    report.round_trip = std::chrono::microseconds(20'500);
    report.link_ceiling = 390.5;
    results::Trial trial;
    fill_measurement(trial, report);
    EXPECT_EQ(trial.round_trip_ms, 20.5);
    EXPECT_EQ(trial.link_ceiling_per_s, 390.5);
    EXPECT_EQ(trial.client_usage->cpu_us_per_request, 250);
    EXPECT_EQ(trial.client_usage->max_thread_utilisation, 0.5);
    EXPECT_EQ(trial.client_usage->run_delay_s, 0.03);
    EXPECT_EQ(trial.client_usage->longest_absence_s, 0.4);
    results::Trial unknown;
    fill_measurement(unknown, load::LoadReport());
    EXPECT_FALSE(unknown.round_trip_ms);
    EXPECT_FALSE(unknown.link_ceiling_per_s);
}

TEST(Measurement, EachSecondKeepsItsPercentiles) {
    load::LoadReport report;
    report.series.resize(1);
    report.series[0].ok = 7;
    report.series[0].failed = 3;
    report.series[0].p50 = milliseconds(4);
    report.series[0].p99 = milliseconds(9);
    const auto series = series_of(report);
    ASSERT_EQ(series.size(), 1U);
    EXPECT_EQ(series[0].ok, 7U);
    EXPECT_EQ(series[0].failed, 3U);
    EXPECT_EQ(series[0].p50_ms, 4);
    EXPECT_EQ(series[0].p99_ms, 9);
}

}  // namespace
}  // namespace benchhost::trial
