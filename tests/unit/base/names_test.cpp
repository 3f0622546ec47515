#include "core/base/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace benchhost::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kServers{"beast", "poco", "flask", "node"};

TEST(Select, keeps_the_order_of_the_ids) {
    EXPECT_THAT(*select_names(kServers, {"node", "beast"}), ElementsAre("beast", "node"));
    EXPECT_THAT(*select_names(kServers, {"*"}), ElementsAre("beast", "poco", "flask", "node"));
    EXPECT_THAT(*select_names(kServers, {"?o*", "beast"}), ElementsAre("beast", "poco", "node"));
    EXPECT_THAT(*select_names(kServers, {"node", "n*"}), ElementsAre("node"));
}

TEST(Select, leaves_out) {
    EXPECT_THAT(*select_names(kServers, {"*", "!flask"}), ElementsAre("beast", "poco", "node"));
    EXPECT_THAT(*select_names(kServers, {"!*o*"}), ElementsAre("beast", "flask"));
    EXPECT_THAT(*select_names(kServers, {"!flask", "flask", "node"}), ElementsAre("node"));
    EXPECT_THAT(*select_names(kServers, {}), ElementsAre("beast", "poco", "flask", "node"));
}

TEST(Select, names_the_nearest_of_what_matches_nothing) {
    const auto selected = select_names(kServers, {"beest"});
    ASSERT_FALSE(selected);
    EXPECT_EQ(selected.error().code, ErrorCode::usage);
    EXPECT_THAT(selected.error().message, HasSubstr("\"beest\" matches nothing"));
    EXPECT_THAT(selected.error().message, HasSubstr("did you mean \"beast\"?"));
    EXPECT_THAT(select_names({}, {"*"}).error().message, HasSubstr("there is: nothing"));
    EXPECT_THAT(select_names(kServers, {"!*"}).error().message, HasSubstr("leaves nothing"));
}

TEST(Nearest, finds_slips_but_does_not_guess) {
    const std::vector<std::string> known{"duration", "timeout", "warmup", "rate", "route"};
    EXPECT_EQ(nearest_name("durration", known), "duration");
    EXPECT_EQ(nearest_name("tiemout", known), "timeout");
    EXPECT_EQ(nearest_name("Warmup", known), "warmup");
    EXPECT_EQ(nearest_name("rtae", known), "rate");
    EXPECT_EQ(nearest_name("connections", known), "");
    EXPECT_EQ(nearest_name("", known), "");
    EXPECT_EQ(nearest_name("x", {}), "");
    EXPECT_EQ(nearest_name(std::string(1'000'000, 'a'), known), "");
}

}  // namespace
}  // namespace benchhost::base
