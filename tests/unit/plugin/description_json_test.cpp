#include "core/plugin/description_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Whatever a plugin prints in the name of benchhost-serve is shown as text and nothing else.
TEST(DescriptionJson, OfAnybodyIsPrintable) {
    PluginDescription forged;
    auto& server = forged.servers.emplace_back();
    server.id = "a\x1b[2J";
    server.version = "1\n2";
    server.options.emplace_back().choices = {"x\x07", "y"};
    const auto described = decode_description(encode(forged));
    ASSERT_TRUE(described) << described.error().message;
    EXPECT_EQ(described->servers.at(0).id, "a?[2J");
    EXPECT_EQ(described->servers.at(0).version, "1?2");
    EXPECT_THAT(described->servers.at(0).options.at(0).choices, ElementsAre("x?", "y"));

    const auto refused = decode_refusal(encode(Refusal{"no\x1b[31m", true}));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reason, "no?[31m");
    EXPECT_TRUE(refused->loaded);
}

TEST(DescriptionJson, OfAProbeIsPrintable) {
    const auto available =
        decode_availability("{\"version\":\"1\\u001b[2J\",\"details\":{\"a\\n\":\"b\\u0007\"}}");
    ASSERT_TRUE(available) << available.error().message;
    EXPECT_EQ(available->version, "1?[2J");
    EXPECT_THAT(available->details, ElementsAre(Pair("a?", "b?")));
}

}  // namespace
}  // namespace benchhost::plugin
