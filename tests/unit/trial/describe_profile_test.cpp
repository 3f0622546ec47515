// The heading of a profile's table says the load that was applied.
#include "core/trial/measurement.hpp"

#include <gtest/gtest.h>

namespace benchhost::trial {
namespace {

std::string shipped(const std::string& file, const std::string& profile) {
    const auto config = config::read_config(std::string(BENCHHOST_SOURCE_DIR) + "/config/" + file);
    EXPECT_TRUE(config) << config.error().message;
    for (const auto& each : config->profiles) {
        if (each.name == profile) {
            model::Payload payload;
            payload.routes.push_back({each.route, "", "", ""});
            return describe_profile(each, payload).description;
        }
    }
    return "";
}

TEST(DescribeProfile, SaysTheStages) {
    EXPECT_EQ(shipped("rate.ini", "peak"),
              "open loop, from 500 requests/s to 500 in 4s, to 4000 in 6s, to 500 in 6s, Poisson "
              "arrivals, latency from the planned time; up to 256 connections; 16s after 2s "
              "warm-up; every "
              "body compared");
}

}  // namespace
}  // namespace benchhost::trial
