#include "core/suite/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace benchhost::suite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kServers{"beast", "poco", "flask", "node"};
const std::vector<std::string> kProfiles{"text", "json"};

TEST(Plan, runs_each_server_and_profile_once_a_round) {
    const auto plan = make_plan(kServers, kProfiles, 5, 1);
    ASSERT_EQ(plan.size(), 4U * 2U * 5U);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < plan.size(); ++i) {
        EXPECT_EQ(plan[i].round, i / 8 + 1) << "a round began before the last was complete";
        EXPECT_TRUE(seen.insert(plan[i].server + "/" + plan[i].profile + "/" +
                                std::to_string(plan[i].round))
                        .second);
    }
}

TEST(Plan, is_the_same_for_the_same_seed_everywhere) {
    EXPECT_EQ(make_plan(kServers, kProfiles, 3, 7), make_plan(kServers, kProfiles, 3, 7));
    EXPECT_NE(make_plan(kServers, kProfiles, 3, 7), make_plan(kServers, kProfiles, 3, 8));
    // Written down so that another standard library, or a change here, shows.
    std::vector<std::string> order;
    for (const auto& trial : make_plan({"a", "b", "c", "d", "e"}, {"p"}, 2, 1)) {
        order.push_back(trial.server);
    }
    EXPECT_THAT(order, ElementsAre("b", "e", "a", "c", "d", "a", "d", "c", "b", "e"));
}

TEST(MirroredPlan, gives_each_arm_the_same_mean_place_in_every_block) {
    constexpr std::uint32_t kBlocks = 20;
    const auto plan = make_mirrored_plan({{"a", "b", "c"}, {"d", "e"}}, kProfiles, kBlocks, 3);
    ASSERT_EQ(plan.size(), kBlocks * 2U * (6U + 4U));
    // Servers of one group under one profile stand together; twice the sum of the two places of
    // each is then one number for the whole group.
    std::map<std::string, std::size_t> sums;
    for (std::size_t place = 0; place < plan.size(); ++place) {
        const auto block = (plan[place].round + 1) / 2;
        EXPECT_EQ(block, place / 20 + 1) << "a block began before the last was complete";
        sums[plan[place].server + " " + plan[place].profile + " " + std::to_string(block)] += place;
    }
    for (std::uint32_t block = 1; block <= kBlocks; ++block) {
        for (const auto& profile : kProfiles) {
            const auto rest = " " + profile + " " + std::to_string(block);
            EXPECT_EQ(sums["a" + rest], sums["b" + rest]);
            EXPECT_EQ(sums["a" + rest], sums["c" + rest]);
            EXPECT_EQ(sums["d" + rest], sums["e" + rest]);
        }
    }
}

TEST(MirroredPlan, measures_each_arm_once_a_round_and_starts_with_any) {
    const auto plan = make_mirrored_plan({{"a", "b", "c"}}, {"p"}, 50, 1);
    std::set<std::string> seen;
    std::set<std::string> first;
    for (std::size_t place = 0; place < plan.size(); ++place) {
        EXPECT_TRUE(seen.insert(plan[place].server + std::to_string(plan[place].round)).second);
        if (place % 6 == 0) {
            first.insert(plan[place].server);
        }
    }
    EXPECT_EQ(first.size(), 3U);
    EXPECT_EQ(plan, make_mirrored_plan({{"a", "b", "c"}}, {"p"}, 50, 1));
    EXPECT_NE(plan, make_mirrored_plan({{"a", "b", "c"}}, {"p"}, 50, 2));
}

TEST(Plan, shuffles_every_round_anew_and_evenly) {
    // How often each server comes first in 4,000 rounds: 1,000 times each, give or take 27 (one
    // standard deviation).
    std::map<std::string, int> first;
    const auto plan = make_plan(kServers, {"p"}, 4000, 42);
    for (std::size_t round = 0; round < 4000; ++round) {
        ++first[plan[4 * round].server];
    }
    for (const auto& server : kServers) {
        EXPECT_NEAR(first[server], 1000, 140) << server;
    }
}

TEST(Plan, of_nothing_is_empty) {
    EXPECT_TRUE(make_plan({}, kProfiles, 5, 1).empty());
    EXPECT_TRUE(make_plan(kServers, {}, 5, 1).empty());
    EXPECT_TRUE(make_plan(kServers, kProfiles, 0, 1).empty());
}

}  // namespace
}  // namespace benchhost::suite
