#include "core/config/window_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace benchhost::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WindowCheck, AWindowIsToBeLongerThanTheTimeout) {
    EXPECT_THAT(why_too_short(1s, 2s).value_or(""), HasSubstr("not longer than the timeout of 2s"));
    EXPECT_TRUE(why_too_short(2s, 2s));
    EXPECT_FALSE(why_too_short(2500ms, 2s));
}

TEST(WindowCheck, AWindowIsToHoldEnoughTicksOfTheKernelsClock) {
    EXPECT_THAT(why_too_short(300ms, 100ms).value_or(""), HasSubstr("who else used"));
    EXPECT_FALSE(why_too_short(500ms, 100ms));
}

TEST(WindowCheck, NamesTheProfileAndKnowsTheStepsOfASearch) {
    SuiteConfig config;
    LoadProfile profile;
    profile.name = "border";
    profile.duration = 10s;
    profile.timeout = 2s;
    model::LimitSearch search;
    search.step_duration = 1s;
    profile.load = search;
    config.profiles = {profile};
    EXPECT_THAT(window_warnings(config), ElementsAre(HasSubstr("profile border: a window of 1s")));
}

TEST(WindowCheck, EveryShippedConfigMeasuresLongEnoughAlsoInAQuickLook) {
    std::size_t configs = 0;
    for (const auto& file : std::filesystem::directory_iterator(BENCHHOST_SOURCE_DIR "/config")) {
        if (file.path().extension() != ".ini") {
            continue;
        }
        const auto config = read_config(file.path());
        ASSERT_TRUE(config) << config.error().message;
        EXPECT_THAT(window_warnings(*config), IsEmpty()) << file.path();
        EXPECT_THAT(window_warnings(quick(*config)), IsEmpty()) << file.path() << " quick";
        ++configs;
    }
    EXPECT_GE(configs, 10U);
}

}  // namespace
}  // namespace benchhost::config
