#include "core/load/spec_check.hpp"

#include "core/load/shares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::load {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string refusal(const LoadSpec& spec) {
    const Status status = check_spec(spec);
    if (status.has_value()) {
        return "accepted";
    }
    EXPECT_EQ(status.error().code, ErrorCode::usage);
    return status.error().message;
}

TEST(CheckSpec, AcceptsTheDefaults) { EXPECT_TRUE(check_spec(LoadSpec{}).has_value()); }

TEST(CheckSpec, RefusesARateOfZero) {
    LoadSpec spec;
    spec.model = model::OpenLoop{};
    EXPECT_THAT(refusal(spec), HasSubstr("rate = 0"));
}

TEST(CheckSpec, RefusesUsersWithoutSpawnRateNamingBoth) {
    LoadSpec spec;
    spec.model = model::VirtualUsers{100, 0, {}};
    EXPECT_THAT(refusal(spec), AllOf(HasSubstr("users = 100"), HasSubstr("spawn_rate")));
}

TEST(CheckSpec, RefusesPipeliningWithoutKeepAliveNamingBoth) {
    LoadSpec spec;
    spec.keep_alive = false;
    spec.pipeline = 4;
    EXPECT_THAT(refusal(spec), AllOf(HasSubstr("keep_alive = no"), HasSubstr("pipeline = 4")));
}

TEST(CheckSpec, RefusesWhatHasNoMeaning) {
    LoadSpec spec;
    spec.duration = 0s;
    EXPECT_THAT(refusal(spec), HasSubstr("duration"));
    spec = {};
    spec.timeout = 0s;
    EXPECT_THAT(refusal(spec), HasSubstr("timeout"));
    spec = {};
    spec.warmup = -1s;
    EXPECT_THAT(refusal(spec), HasSubstr("warmup"));
    spec = {};
    spec.threads = 0;
    EXPECT_THAT(refusal(spec), HasSubstr("threads"));
    spec = {};
    spec.pipeline = 0;
    EXPECT_THAT(refusal(spec), HasSubstr("pipeline"));
    spec = {};
    spec.model = model::ClosedLoop{0};
    EXPECT_THAT(refusal(spec), HasSubstr("connections = 0"));
    spec.model = model::VirtualUsers{0, 1, {}};
    EXPECT_THAT(refusal(spec), HasSubstr("users = 0"));
    spec.model = model::VirtualUsers{1, 1, {2s, 1s}};
    EXPECT_THAT(refusal(spec), HasSubstr("think_time"));
    spec.model = model::OpenLoop{10, model::Arrivals::constant, {{100, 0s}}, 1};
    EXPECT_THAT(refusal(spec), HasSubstr("stage"));
    // Its nanoseconds could not be counted.
    spec.model = model::VirtualUsers{1'000'000, 0.00001, {}};
    EXPECT_THAT(refusal(spec), HasSubstr("spawn_rate of 1e-05 a second take more than 10 years"));
}

TEST(OfferedCeiling, IsWhatTheModelCanAskAtMost) {
    EXPECT_FALSE(offered_ceiling(model::ClosedLoop{64}).has_value());
    EXPECT_DOUBLE_EQ(offered_ceiling(model::VirtualUsers{4000, 500, {5s, 15s}}).value_or(0), 400);
    EXPECT_FALSE(offered_ceiling(model::VirtualUsers{10, 10, {}}).has_value());
    EXPECT_DOUBLE_EQ(
        offered_ceiling(model::OpenLoop{10, model::Arrivals::constant, {{300, 1s}, {20, 1s}}, 1})
            .value_or(0),
        300);
}

/// Of which a hundred requests were sent, so many of them on a connection that was open already.
LoadReport report_over(Nanoseconds round_trip, std::uint64_t reused) {
    LoadReport report;
    report.round_trip = round_trip;
    report.books.sent = 100;
    report.connections.reused_requests = reused;
    return report;
}

TEST(LinkCeiling, IsWhatComesBackOfAsManyAsMayBeUnderWay) {
    const auto ceiling_of = [](const LoadSpec& spec, std::uint64_t reused) {
        return own_link_ceiling(spec, report_over(20ms, reused)).value_or(0);
    };
    LoadSpec spec;
    spec.model = model::ClosedLoop{8};
    EXPECT_DOUBLE_EQ(ceiling_of(spec, 92), 400);
    EXPECT_DOUBLE_EQ(ceiling_of(spec, 0), 200) << "each is two round trips: it has to connect";
    spec.pipeline = 4;
    EXPECT_DOUBLE_EQ(ceiling_of(spec, 92), 1600);
    spec.pipeline = 1;
    spec.model = model::OpenLoop{10, model::Arrivals::constant, {}, 16};
    EXPECT_DOUBLE_EQ(ceiling_of(spec, 92), 800);
    spec.model = model::VirtualUsers{21, 100, {30ms, 70ms}};
    EXPECT_DOUBLE_EQ(ceiling_of(spec, 92), 300) << "they think between";
    EXPECT_FALSE(own_link_ceiling(spec, LoadReport()));
}

TEST(LinkCeiling, IsThatOfTheConnectionsOfThisProcess) {
    LoadSpec spec;
    spec.model = model::ClosedLoop{9};
    spec.threads = 1;
    spec.all_threads = 2;
    EXPECT_DOUBLE_EQ(own_link_ceiling(spec, report_over(10ms, 100)).value_or(0), 500);
    spec.first_thread = 1;
    EXPECT_DOUBLE_EQ(own_link_ceiling(spec, report_over(10ms, 100)).value_or(0), 400);
}

}  // namespace
}  // namespace benchhost::load
