// The four load models of [profile.<name>].
#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::config {
namespace {

using namespace std::chrono_literals;

class ProfileTest : public ConfigFolder {
  protected:
    LoadProfile profile(const std::string& keys) {
        const auto config = read("[profile.p]\n" + keys);
        EXPECT_TRUE(config) << config.error().message;
        return config ? config->profiles[0] : LoadProfile{};
    }
};

TEST_F(ProfileTest, reads_what_goes_with_any_load) {
    const auto read = profile(
        "route = file\nduration = 1m\nwarmup = 0\ntimeout = 500ms\n"
        "keep_alive = no\nverify = length\ncsv = out_1.csv\n");
    EXPECT_EQ(read.route, model::Route::file);
    EXPECT_EQ(read.duration, 1min);
    EXPECT_EQ(read.warmup, 0s);
    EXPECT_EQ(read.timeout, 500ms);
    EXPECT_FALSE(read.keep_alive);
    EXPECT_EQ(read.verify, model::Verify::length);
    EXPECT_EQ(read.csv, "out_1.csv");
    EXPECT_EQ(profile("verify = status\n").verify, model::Verify::status);
    EXPECT_EQ(profile("route = about\n").route, model::Route::about);
}

TEST_F(ProfileTest, reads_a_closed_loop) {
    const auto read = profile("load = closed\nconnections = 512\npipeline = 16\n");
    EXPECT_EQ(std::get<model::ClosedLoop>(read.load).connections, 512U);
    EXPECT_EQ(read.pipeline, 16U);
}

TEST_F(ProfileTest, reads_users) {
    const auto users = std::get<model::VirtualUsers>(
        profile("load = users\nusers = 4000\nspawn_rate = 500/s\nthink_time = 0..2s\n").load);
    EXPECT_EQ(users.users, 4000U);
    EXPECT_EQ(users.spawn_rate, 500);
    EXPECT_EQ(users.think_time, (DurationRange{0s, 2s}));
    const auto defaults = std::get<model::VirtualUsers>(profile("load = users\nusers = 10\n").load);
    EXPECT_EQ(defaults.spawn_rate, 100);
    EXPECT_EQ(defaults.think_time, (DurationRange{5s, 15s}));
}

TEST_F(ProfileTest, reads_a_rate) {
    const auto read = profile("load = rate\nrate = 20k/s\narrivals = poisson\nconnections = 128\n");
    const auto& rate = std::get<model::OpenLoop>(read.load);
    EXPECT_EQ(rate.rate, 20'000);
    EXPECT_EQ(rate.arrivals, model::Arrivals::poisson);
    EXPECT_EQ(rate.connections, 128U);
    EXPECT_TRUE(rate.stages.empty());
    EXPECT_EQ(read.duration, 10s);
}

TEST_F(ProfileTest, reads_stages) {
    const auto read = profile("load = rate\nstages = 1k/s:10s, 5k/s:20s,100:500ms\n");
    const auto& rate = std::get<model::OpenLoop>(read.load);
    ASSERT_EQ(rate.stages.size(), 3U);
    EXPECT_EQ(rate.rate, 1000) << "without rate the first stage is level";
    EXPECT_EQ(rate.stages[1].rate, 5000);
    EXPECT_EQ(rate.stages[1].duration, 20s);
    EXPECT_EQ(rate.stages[2].rate, 100);
    EXPECT_EQ(read.duration, 30'500ms) << "the stages make the profile's duration";
    EXPECT_EQ(
        std::get<model::OpenLoop>(profile("load = rate\nrate = 10\nstages = 1k/s:10s\n").load).rate,
        10);
}

TEST_F(ProfileTest, reads_several_rates) {
    const auto rates =
        std::get<model::RateSweep>(profile("load = rate\nrates = 500, 2k/s\nduration = 3s\n").load);
    ASSERT_EQ(rates.rates.size(), 2U);
    EXPECT_EQ(rates.rates[1].value, 2000);
    EXPECT_FALSE(rates.rates[1].is_share);
    const auto shares = std::get<model::RateSweep>(profile("load = rate\nrates = 20%, 90%\n").load);
    ASSERT_EQ(shares.rates.size(), 2U);
    EXPECT_DOUBLE_EQ(shares.rates[0].value, 0.2);
    EXPECT_TRUE(shares.rates[0].is_share);
}

TEST_F(ProfileTest, reads_a_search_for_the_most_users) {
    const auto read = profile(
        "load = limit\nstart = 500\nstep = 250\nmost = 9000\nstep_duration = 15s\n"
        "resolution = 10%\nsearch_time = 2m\nfail_above = 1%\nslo_p99 = 100ms\nspawn_rate = 200\n"
        "think_time = 1s..2s\n");
    const auto& limit = std::get<model::LimitSearch>(read.load);
    EXPECT_EQ(limit.of, model::LimitSearch::Of::users);
    EXPECT_EQ(limit.start, 500);
    EXPECT_EQ(limit.step, 250);
    EXPECT_EQ(limit.most, 9000);
    EXPECT_EQ(limit.step_duration, 15s);
    EXPECT_DOUBLE_EQ(limit.resolution, 0.1);
    EXPECT_EQ(limit.search_time, 2min);
    EXPECT_DOUBLE_EQ(limit.fail_above, 0.01);
    EXPECT_EQ(limit.slo_p99, 100ms);
    EXPECT_EQ(limit.spawn_rate, 200);
    EXPECT_EQ(limit.think_time, (DurationRange{1s, 2s}));
    EXPECT_EQ(read.duration, 15s);
}

TEST_F(ProfileTest, reads_a_search_for_the_highest_rate) {
    const auto limit = std::get<model::LimitSearch>(
        profile("load = limit\nof = rate\nstart = 1.5k/s\narrivals = poisson\nconnections = 9\n")
            .load);
    EXPECT_EQ(limit.of, model::LimitSearch::Of::rate);
    EXPECT_EQ(limit.start, 1500);
    EXPECT_EQ(limit.step, 1500) << "the start when none is given";
    EXPECT_DOUBLE_EQ(limit.resolution, 0.02);
    EXPECT_FALSE(limit.search_time);
    EXPECT_EQ(limit.step_duration, 10s);
    EXPECT_EQ(limit.fail_above, 0);
    EXPECT_FALSE(limit.slo_p99);
    EXPECT_EQ(limit.arrivals, model::Arrivals::poisson);
    EXPECT_EQ(limit.connections, 9U);
}

}  // namespace
}  // namespace benchhost::config
