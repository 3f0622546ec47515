#include "core/load/spec_check.hpp"

#include "core/load/shares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

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

TEST(CheckSpec, RefusesCountsThatCannotBeReached) {
    LoadSpec spec;
    spec.connection_requests = 0;
    EXPECT_THAT(refusal(spec), HasSubstr("connection_requests = 0"));
    spec.connection_requests = 5;
    EXPECT_EQ(refusal(spec), "accepted");
    spec.pipeline = 2;
    EXPECT_THAT(refusal(spec),
                AllOf(HasSubstr("connection_requests = 5"), HasSubstr("pipeline = 2")));
    spec = {};
    spec.most_requests = 0;
    EXPECT_THAT(refusal(spec), HasSubstr("requests = 0"));
    spec.most_requests = 7;
    EXPECT_EQ(refusal(spec), "accepted");
    spec.warmup = 1s;
    EXPECT_THAT(refusal(spec), HasSubstr("requests = 7 and a warm-up contradict each other"));
}

TEST(CheckSpec, RefusesAFlowWithoutUsersOrSteps) {
    LoadSpec spec;
    spec.is_flow = true;
    EXPECT_THAT(refusal(spec), HasSubstr("a flow needs users"));
    spec.model = model::VirtualUsers{1, 1, {}};
    EXPECT_THAT(refusal(spec), HasSubstr("a flow needs requests"));
    spec.requests.resize(1);
    EXPECT_EQ(refusal(spec), "accepted");
}

TEST(CheckSpec, RefusesCookiesBehindOneAnotherNamingBoth) {
    LoadSpec spec;
    spec.keeps_cookies = true;
    EXPECT_EQ(refusal(spec), "accepted");
    spec.pipeline = 2;
    EXPECT_THAT(refusal(spec), AllOf(HasSubstr("cookies = yes"), HasSubstr("pipeline = 2")));
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
    const auto ceiling_of = [](const model::LoadModel& load) {
        LoadSpec spec;
        spec.model = load;
        return offered_ceiling(spec);
    };
    EXPECT_FALSE(ceiling_of(model::ClosedLoop{64}).has_value());
    EXPECT_DOUBLE_EQ(ceiling_of(model::VirtualUsers{4000, 500, {5s, 15s}}).value_or(0), 400);
    EXPECT_FALSE(ceiling_of(model::VirtualUsers{10, 10, {}}).has_value());
    EXPECT_DOUBLE_EQ(
        ceiling_of(model::OpenLoop{10, model::Arrivals::constant, {{300, 1s}, {20, 1s}}, 1})
            .value_or(0),
        300);
}

/// Users in a flow whose steps pause so long, or as the model has it.
LoadSpec flow_with(model::VirtualUsers users,
                   const std::vector<std::optional<DurationRange>>& pauses) {
    LoadSpec spec;
    spec.model = users;
    spec.is_flow = true;
    for (const auto& pause : pauses) {
        spec.requests.emplace_back();
        spec.requests.back().think_time = pause;
    }
    return spec;
}

TEST(OfferedCeiling, OfAFlowIsMadeByThePausesOfItsSteps) {
    const auto ceiling_of = [](const std::vector<std::optional<DurationRange>>& pauses) {
        return offered_ceiling(flow_with({100, 100, {1s, 3s}}, pauses));
    };
    EXPECT_DOUBLE_EQ(ceiling_of({std::nullopt}).value_or(0), 50) << "the model's";
    EXPECT_DOUBLE_EQ(ceiling_of({std::nullopt, std::nullopt}).value_or(0), 50);
    EXPECT_DOUBLE_EQ(ceiling_of({std::nullopt, DurationRange{0s, 0s}}).value_or(0), 100);
    EXPECT_DOUBLE_EQ(ceiling_of({DurationRange{100ms, 300ms}}).value_or(0), 500)
        << "more often than the model alone would";
    EXPECT_DOUBLE_EQ(
        ceiling_of({DurationRange{9s, 9s}, std::nullopt, DurationRange{1s, 1s}}).value_or(0), 25);
    EXPECT_FALSE(ceiling_of({DurationRange{0s, 0s}}).has_value());
}

TEST(OfferedCeiling, IsNotAboveWhatAWaitingServerLetsThrough) {
    LoadSpec spec;
    spec.answer_wait = 20ms;
    spec.model = model::ClosedLoop{64};
    EXPECT_DOUBLE_EQ(offered_ceiling(spec).value_or(0), 3200);
    spec.pipeline = 4;
    EXPECT_DOUBLE_EQ(offered_ceiling(spec).value_or(0), 12'800);
    spec.pipeline = 1;
    spec.model = model::OpenLoop{1000, model::Arrivals::constant, {}, 64};
    EXPECT_DOUBLE_EQ(offered_ceiling(spec).value_or(0), 1000);
    spec.model = model::OpenLoop{1000, model::Arrivals::constant, {}, 10};
    EXPECT_DOUBLE_EQ(offered_ceiling(spec).value_or(0), 500);
    spec.model = model::VirtualUsers{100, 100, {30ms, 130ms}};
    EXPECT_DOUBLE_EQ(offered_ceiling(spec).value_or(0), 1000) << "they think and wait";
    spec.answer_wait = 0s;
    spec.model = model::ClosedLoop{64};
    EXPECT_FALSE(offered_ceiling(spec).has_value());
    auto flow = flow_with({100, 100, {1s, 3s}}, {DurationRange{180ms, 180ms}});
    flow.answer_wait = 20ms;
    EXPECT_DOUBLE_EQ(offered_ceiling(flow).value_or(0), 500);
}

TEST(OfferedCeiling, OfThisProcessIsItsShare) {
    LoadSpec spec;
    spec.answer_wait = 20ms;
    spec.model = model::ClosedLoop{9};
    spec.threads = 1;
    spec.all_threads = 2;
    EXPECT_DOUBLE_EQ(own_offered_ceiling(spec).value_or(0), 250);
    spec.first_thread = 1;
    EXPECT_DOUBLE_EQ(own_offered_ceiling(spec).value_or(0), 200);
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

TEST(LinkCeiling, OfAFlowHasThePausesOfItsSteps) {
    const auto flow =
        flow_with({21, 100, {1s, 3s}}, {DurationRange{30ms, 70ms}, DurationRange{50ms, 50ms}});
    EXPECT_DOUBLE_EQ(own_link_ceiling(flow, report_over(20ms, 92)).value_or(0), 300);
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
