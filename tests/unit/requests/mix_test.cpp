// Which kind is asked when: exact shares, and no bunches.
#include "core/requests/mix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace benchhost::requests {
namespace {

using ::testing::HasSubstr;
using Weights = std::vector<std::uint32_t>;

const std::vector<Weights> kMixes{{1},           {1, 1, 1, 1}, {7, 3},       {1, 2, 3, 4},
                                  {97, 1, 1, 1}, {3, 0, 1},    {50, 30, 20}, {13, 8, 5, 3, 2, 1}};

std::uint32_t steps_of(const Weights& weights) {
    return std::accumulate(weights.begin(), weights.end(), std::uint32_t{0});
}

Weights counted(Mix& mix, std::uint32_t steps, std::size_t kinds) {
    Weights counts(kinds);
    for (std::uint32_t step = 0; step < steps; ++step) {
        ++counts.at(mix.next());
    }
    return counts;
}

TEST(Mix, EachKindHasItsShareOfEveryCycle) {
    for (const auto& weights : kMixes) {
        for (const std::uint64_t seed : {1, 2, 4711}) {
            Mix mix(weights, seed);
            for (int cycle = 0; cycle < 20; ++cycle) {
                EXPECT_EQ(counted(mix, steps_of(weights), weights.size()), weights)
                    << "cycle " << cycle << " of seed " << seed;
            }
        }
    }
}

// In any stretch of a cycle.
TEST(Mix, NoKindIsTwoRequestsFromItsShare) {
    for (const auto& weights : kMixes) {
        const std::uint32_t steps = steps_of(weights);
        Mix mix(weights, 5);
        for (int cycle = 0; cycle < 10; ++cycle) {
            std::vector<std::uint16_t> kinds;
            for (std::uint32_t step = 0; step < steps; ++step) {
                kinds.push_back(mix.next());
            }
            for (std::uint32_t begin = 0; begin < steps; ++begin) {
                Weights counts(weights.size());
                for (std::uint32_t end = begin; end < steps; ++end) {
                    ++counts[kinds[end]];
                    for (std::size_t kind = 0; kind < weights.size(); ++kind) {
                        const double share =
                            static_cast<double>(end - begin + 1) * weights[kind] / steps;
                        ASSERT_LT(std::abs(counts[kind] - share), 2.0)
                            << "kind " << kind << " from " << begin << " to " << end;
                    }
                }
            }
        }
    }
}

TEST(Mix, CyclesBeginElsewhere) {
    Mix mix({1, 1, 1, 1, 1, 1, 1, 1}, 3);
    std::set<std::uint16_t> first;
    for (int cycle = 0; cycle < 100; ++cycle) {
        first.insert(mix.next());
        (void)counted(mix, 7, 8);
    }
    EXPECT_EQ(first.size(), 8U);
}

TEST(Mix, TheSeedSaysAll) {
    const Weights weights{13, 8, 5};
    Mix one(weights, 6);
    Mix same(weights, 6);
    Mix other(weights, 7);
    int differs = 0;
    for (int step = 0; step < 1000; ++step) {
        const auto kind = one.next();
        ASSERT_EQ(kind, same.next());
        differs += kind != other.next() ? 1 : 0;
    }
    EXPECT_GT(differs, 0);
}

std::vector<model::RequestSpec> weighing(const Weights& weights) {
    std::vector<model::RequestSpec> requests;
    for (const auto weight : weights) {
        requests.emplace_back().weight = weight;
    }
    return requests;
}

TEST(Mix, WeightsAreReduced) {
    const auto reduced = [](const Weights& weights) {
        return reduced_weights(weighing(weights)).value();
    };
    EXPECT_EQ(reduced({70, 30}), (Weights{7, 3}));
    EXPECT_EQ(reduced({10, 10, 20}), (Weights{1, 1, 2}));
    EXPECT_EQ(reduced({5'000'000, 5'000'000}), (Weights{1, 1}));
    EXPECT_EQ(reduced({9'999, 1}), (Weights{9'999, 1}));
    EXPECT_EQ(reduced({0, 6, 3}), (Weights{0, 2, 1}));
    EXPECT_EQ(reduced({42}), (Weights{1}));
}

TEST(Mix, WeightsThatAskNothingOrTooFinelyAreTold) {
    for (const Weights& none : {Weights{}, Weights{0}, Weights{0, 0, 0}}) {
        const auto weights = reduced_weights(weighing(none));
        ASSERT_FALSE(weights.has_value());
        EXPECT_EQ(weights.error().code, ErrorCode::usage);
        EXPECT_THAT(weights.error().message, HasSubstr("all 0"));
    }
    const auto fine = reduced_weights(weighing({9'999, 2}));
    ASSERT_FALSE(fine.has_value());
    EXPECT_EQ(fine.error().code, ErrorCode::usage);
    EXPECT_THAT(fine.error().message, HasSubstr("10001 parts of a whole; allowed: up to 10000"));
}

}  // namespace
}  // namespace benchhost::requests
