// Ranks must never claim more than the rounds can tell.
#include "core/stats/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace benchhost::stats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// `rounds` values around `level`, with a wobble that rounds share and a smaller one of its own.
Contender steady(const std::string& id, double level, std::size_t rounds, unsigned phase = 0) {
    Contender contender{id, {}};
    for (std::size_t round = 0; round < rounds; ++round) {
        const double shared = 0.05 * std::sin(static_cast<double>(round));
        const double own = 0.001 * std::cos(static_cast<double>(3 * round + phase));
        contender.log_values.emplace_back(level + shared + own);
    }
    return contender;
}

// The same level as another with round-to-round noise of either sign.
Contender noisy(const std::string& id, double level, std::size_t rounds) {
    Contender contender{id, {}};
    for (std::size_t round = 0; round < rounds; ++round) {
        contender.log_values.emplace_back(level + (round % 2 == 0 ? 0.02 : -0.02));
    }
    return contender;
}

std::vector<std::string> ids(const RankGroup& group) {
    std::vector<std::string> names;
    for (const auto& member : group.members) {
        names.push_back(member.id);
    }
    return names;
}

TEST(RoundsNeeded, follows_from_the_least_p) {
    EXPECT_EQ(rounds_needed(0), 0U);
    EXPECT_EQ(rounds_needed(1), 0U);
    EXPECT_EQ(rounds_needed(2), 6U);
    EXPECT_EQ(rounds_needed(3), 7U);
    EXPECT_EQ(rounds_needed(10), 11U);
    EXPECT_EQ(rounds_needed(2, 0.01), 8U);
}

TEST(Ranking, gives_no_rank_where_no_test_could_reject) {
    const auto ranking =
        rank({steady("slow", 1, 5), steady("fast", 9, 5), steady("mid", 5, 5)}, Better::higher);
    EXPECT_EQ(ranking.tested, 0U);
    EXPECT_EQ(ranking.pairs, 0U);
    EXPECT_EQ(ranking.rounds_needed, 7U);
    ASSERT_EQ(ranking.groups.size(), 1U);
    EXPECT_FALSE(ranking.groups[0].rank);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast", "mid", "slow"));
    EXPECT_FALSE(ranking.groups[0].members[1].adjusted_p);
    EXPECT_THAT(explain(ranking), HasSubstr("not tested"));
    EXPECT_THAT(explain(ranking), HasSubstr("7 rounds"));
}

TEST(Ranking, separates_what_differs_in_each_round) {
    const auto ranking =
        rank({steady("slow", 1, 8), steady("fast", 9, 8), steady("mid", 5, 8)}, Better::higher);
    EXPECT_EQ(ranking.tested, 3U);
    EXPECT_EQ(ranking.pairs, 3U);
    ASSERT_EQ(ranking.groups.size(), 3U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast"));
    EXPECT_THAT(ids(ranking.groups[2]), ElementsAre("slow"));
    EXPECT_EQ(ranking.groups[0].rank, 1U);
    EXPECT_EQ(ranking.groups[1].rank, 2U);
    EXPECT_EQ(ranking.groups[2].rank, 3U);
    EXPECT_THAT(explain(ranking), HasSubstr("Holm over 3 pairs"));
}

TEST(Ranking, puts_the_lower_first_when_asked) {
    const auto ranking = rank({steady("slow", 9, 8), steady("fast", 1, 8)}, Better::lower);
    ASSERT_EQ(ranking.groups.size(), 2U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast"));
}

TEST(Ranking, lets_share_a_rank_what_noise_cannot_tell_apart) {
    const auto ranking =
        rank({steady("a", 5, 10), noisy("b", 5, 10), steady("c", 1, 10)}, Better::higher);
    ASSERT_EQ(ranking.groups.size(), 2U);
    EXPECT_EQ(ranking.groups[0].members.size(), 2U);
    EXPECT_EQ(ranking.groups[0].rank, 1U);
    EXPECT_EQ(ranking.groups[1].rank, 3U) << "two are ahead";
    const auto& second = ranking.groups[0].members[1];
    ASSERT_TRUE(second.against_first);
    EXPECT_EQ(second.against_first->pairs, 10U);
    EXPECT_GT(*second.adjusted_p, 0.05);
    EXPECT_FALSE(ranking.groups[0].members[0].against_first);
}

TEST(Ranking, finds_no_difference_between_twice_the_same_server) {
    const auto ranking = rank({steady("one", 5, 12), steady("other", 5, 12)}, Better::higher);
    EXPECT_EQ(ranking.groups.size(), 1U);
    EXPECT_EQ(ranking.tested, 2U);
}

TEST(Ranking, pairs_by_round) {
    // The rounds differ by more than the servers, but in each round b is 1 % behind.
    auto a = steady("a", 5, 8);
    auto b = steady("b", 4.99, 8);
    a.log_values[3].reset();
    b.log_values[5].reset();
    const auto ranking = rank({b, a}, Better::higher);
    ASSERT_EQ(ranking.groups.size(), 2U);
    const auto pair = compare_paired(a, b, 0.95);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->pairs, 6U);
    EXPECT_NEAR(pair->centre, 0.01, 1e-9);
    ASSERT_TRUE(pair->interval);
    EXPECT_LE(pair->interval->low, 0.01 + 1e-9);
}

TEST(Ranking, leaves_untested_who_failed_too_often) {
    auto crashed = steady("crashed", 9, 8);
    for (std::size_t round = 2; round < 8; ++round) {
        crashed.log_values[round].reset();
    }
    const Contender gone{"gone", std::vector<std::optional<double>>(8)};
    const auto ranking =
        rank({gone, crashed, steady("fast", 5, 8), steady("slow", 1, 8)}, Better::higher);
    EXPECT_EQ(ranking.tested, 2U);
    ASSERT_EQ(ranking.groups.size(), 3U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast"));
    EXPECT_THAT(ids(ranking.groups[1]), ElementsAre("slow"));
    EXPECT_THAT(ids(ranking.groups[2]), ElementsAre("crashed", "gone"));
    EXPECT_FALSE(ranking.groups[2].rank);
    EXPECT_EQ(ranking.groups[2].members[0].rounds, 2U);
    EXPECT_FALSE(ranking.groups[2].members[1].median_log);
}

TEST(Ranking, takes_a_rate_of_nothing_as_no_value) {
    auto dead = steady("dead", 1, 8);
    for (auto& value : dead.log_values) {
        value = -std::numeric_limits<double>::infinity();
    }
    const auto ranking = rank({dead, steady("fast", 5, 8)}, Better::higher);
    EXPECT_EQ(ranking.tested, 0U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast", "dead"));
}

TEST(Ranking, of_nobody_and_of_one_claims_nothing) {
    EXPECT_TRUE(rank({}, Better::higher).groups.empty());
    const auto alone = rank({steady("only", 5, 9)}, Better::higher);
    ASSERT_EQ(alone.groups.size(), 1U);
    EXPECT_FALSE(alone.groups[0].rank);
    EXPECT_THAT(explain(alone), HasSubstr("nothing to compare"));
}

TEST(Ranking, keeps_together_everyone_above_the_last_who_is_not_behind) {
    // b is a little behind a in every round; c is far behind in most rounds, but not in all, so
    // that a and c cannot be told apart. A rank of its own for b would put c behind a.
    auto a = steady("a", 5, 8);
    auto b = steady("b", 4.9, 8);
    auto c = steady("c", 4, 8);
    c.log_values[0] = 15.0;
    const auto ranking = rank({a, b, c}, Better::higher);
    ASSERT_EQ(ranking.groups.size(), 1U);
    EXPECT_LT(*ranking.groups[0].members[1].adjusted_p, 0.05);
    EXPECT_GT(*ranking.groups[0].members[2].adjusted_p, 0.05);
}

Contender bound(Contender contender) {
    contender.is_bound = true;
    return contender;
}

TEST(Ranking, counts_a_bound_as_ahead_of_whom_it_exceeds_and_gives_it_no_rank) {
    const auto ranking = rank({bound(steady("most", 9, 10)), bound(steady("more", 8, 10, 1)),
                               steady("fast", 5, 10), steady("slow", 1, 10)},
                              Better::higher);
    EXPECT_EQ(ranking.tested, 2U);
    EXPECT_EQ(ranking.pairs, 5U) << "two bounds say nothing of one another";
    ASSERT_EQ(ranking.groups.size(), 2U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast"));
    EXPECT_EQ(ranking.groups[0].rank, 3U);
    EXPECT_THAT(ranking.groups[0].bounds_ahead, ElementsAre("most", "more"));
    EXPECT_EQ(ranking.groups[1].rank, 4U);
}

TEST(Ranking, never_counts_a_bound_as_worse) {
    const auto ranking =
        rank({bound(steady("low", 1, 10)), steady("fast", 5, 10), bound(noisy("same", 5, 10))},
             Better::higher);
    ASSERT_EQ(ranking.groups.size(), 1U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast"));
    EXPECT_EQ(ranking.groups[0].rank, 1U);
    EXPECT_TRUE(ranking.groups[0].bounds_ahead.empty());
    EXPECT_EQ(ranking.tested, 1U);
}

TEST(Ranking, counts_bounds_by_their_medians_where_nothing_can_be_tested) {
    const auto ranking = rank({bound(steady("most", 9, 3)), bound(steady("low", 0, 3)),
                               steady("slow", 1, 3), steady("fast", 5, 3)},
                              Better::higher);
    ASSERT_EQ(ranking.groups.size(), 1U);
    EXPECT_FALSE(ranking.groups[0].rank);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("fast", "slow"));
    EXPECT_EQ(ranking.groups[0].members[0].place, 2U);
    EXPECT_EQ(ranking.groups[0].members[1].place, 3U);
    EXPECT_EQ(ranking.rounds_needed, 8U);
}

TEST(Ranking, places_below_a_bound_whom_it_exceeds) {
    const auto ranking = rank(
        {bound(steady("most", 9, 3)), steady("slow", 1, 3), steady("fast", 5, 3)}, Better::higher);
    EXPECT_EQ(ranking.groups[0].members[0].place, 2U);
    EXPECT_EQ(ranking.groups[0].members[1].place, 3U);
}

TEST(Ranking, of_bounds_alone_claims_nothing) {
    const auto ranking =
        rank({bound(steady("a", 9, 10)), bound(steady("b", 5, 10))}, Better::higher);
    EXPECT_TRUE(ranking.groups.empty());
    EXPECT_EQ(ranking.tested, 0U);
    EXPECT_EQ(ranking.rounds_needed, 0U);
}

// Of servers that are the same, one of which the generator held back in some rounds.
TEST(Ranking, finds_equal_servers_different_no_more_often_than_alpha) {
    constexpr int kRuns = 400;
    constexpr std::size_t kRounds = 10;
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 0.02);
    std::bernoulli_distribution held_back(0.3);
    int wrong = 0;
    for (int run = 0; run < kRuns; ++run) {
        std::vector<Contender> contenders{{"a", {}}, {"b", {}}, {"limited", {}, true}};
        for (std::size_t round = 0; round < kRounds; ++round) {
            for (auto& contender : contenders) {
                const double lost = contender.is_bound && held_back(random) ? 0.05 : 0;
                contender.log_values.emplace_back(noise(random) - lost);
            }
        }
        const auto ranking = rank(contenders, Better::higher);
        EXPECT_EQ(ranking.tested, 2U);
        wrong += ranking.groups.size() > 1 || !ranking.groups.front().bounds_ahead.empty() ? 1 : 0;
    }
    EXPECT_LE(wrong, kRuns * 0.05);
}

// In 8 of 9 rounds each is ahead of the next, by chance in 4 % of the cases: too often for the two.
TEST(Ranking, adjusts_for_all_pairs) {
    Contender first{"first", {}};
    Contender second{"second", {}};
    Contender third{"third", {}};
    for (int round = 0; round < 9; ++round) {
        const double level = round == 3 ? -1 : 1;
        third.log_values.emplace_back(0);
        second.log_values.emplace_back(level);
        first.log_values.emplace_back(level + (round == 6 ? -1 : 1));
    }
    const auto ranking = rank({first, second, third}, Better::higher);
    ASSERT_EQ(ranking.groups.size(), 2U);
    EXPECT_THAT(ids(ranking.groups[0]), ElementsAre("first", "second"));
    EXPECT_NEAR(*ranking.groups[0].members[1].adjusted_p, 2 * 20.0 / 512, 1e-12);
    EXPECT_EQ(ranking.groups[1].rank, 3U);
}

TEST(RoundsNeeded, are_more_where_the_least_p_is_alpha_itself) {
    EXPECT_EQ(rounds_needed(2, 0.03125), 7U);
}

}  // namespace
}  // namespace benchhost::stats
