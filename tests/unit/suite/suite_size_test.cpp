// How large a suite may be.
#include "core/suite/suite_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::suite {
namespace {

using ::testing::HasSubstr;

Result<PreparedSuite> suite_of(std::size_t servers, std::size_t profiles, std::uint32_t rounds) {
    config::SuiteConfig config;
    config.path = "large.ini";
    config.repeats = rounds;
    for (std::size_t i = 0; i < profiles; ++i) {
        config.profiles.emplace_back().name = "p" + std::to_string(i);
    }
    std::vector<plugin::ServerUnderTest> all;
    for (std::size_t i = 0; i < servers; ++i) {
        auto& server = all.emplace_back();
        server.id = "s" + std::to_string(i);
        server.url = "http://127.0.0.1:1";
    }
    return make_suite({}, std::move(config), std::move(all), "/nonexistent");
}

TEST(SuiteSize, IsWhatAMonthTakes) {
    const auto suite = suite_of(25, 10, 1000);
    ASSERT_TRUE(suite) << suite.error().message;
    EXPECT_EQ(suite->plan.size(), kMostTrials);
}

// A plan of so many would take gigabytes: it is not made.
TEST(SuiteSize, IsRefusedBeforeThereIsAPlan) {
    const auto suite = suite_of(27, 2000, 1000);
    ASSERT_FALSE(suite);
    EXPECT_EQ(suite.error().code, ErrorCode::usage);
    EXPECT_THAT(
        suite.error().message,
        HasSubstr("large.ini: 27 servers x 2000 profiles x 1000 rounds are 54000000 trials; "
                  "allowed: up to 250000"));
}

}  // namespace
}  // namespace benchhost::suite
