#include "core/cluster/division.hpp"

#include "core/load/schedule.hpp"
#include "core/load/shares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace benchhost::cluster {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

std::vector<std::uint32_t> threads_of(const std::vector<std::optional<load::LoadSpec>>& specs) {
    std::vector<std::uint32_t> threads;
    for (const auto& spec : specs) {
        threads.push_back(spec ? spec->threads : 0);
    }
    return threads;
}

TEST(DivideLoad, GivesEachRankAThreadForEachOfItsProcessors) {
    load::LoadSpec whole;
    whole.model = model::VirtualUsers{10'001, 500, {1s, 2s}};
    const auto specs = divide_load(whole, {{}, {0, 1}, {0, 1, 2}});
    EXPECT_THAT(threads_of(specs), ElementsAre(0, 2, 3));
    EXPECT_EQ(specs[1]->first_thread, 0U);
    EXPECT_EQ(specs[2]->first_thread, 2U);
    EXPECT_EQ(specs[2]->all_threads, 5U);
    EXPECT_EQ(load::own_connections(*specs[1]) + load::own_connections(*specs[2]), 10'001U);
}

TEST(DivideLoad, LeavesNobodyOutWhereConnectionsAreFew) {
    load::LoadSpec whole;
    whole.model = model::ClosedLoop{3};
    const auto specs = divide_load(whole, {{0, 1, 2, 3}, {0, 1, 2, 3}});
    EXPECT_THAT(threads_of(specs), ElementsAre(2, 1));
    EXPECT_EQ(specs[0]->all_threads, 3U);
}

TEST(DivideLoad, ARankWithoutAConnectionRests) {
    load::LoadSpec whole;
    whole.model = model::ClosedLoop{1};
    EXPECT_THAT(threads_of(divide_load(whole, {{0}, {0}})), ElementsAre(1, 0));
}

// The union of what the threads of all ranks plan is the schedule of one process.
TEST(DivideLoad, EveryPlannedTimeBelongsToExactlyOneThread) {
    load::LoadSpec whole;
    model::OpenLoop model;
    model.rate = 1000;
    model.arrivals = model::Arrivals::poisson;
    whole.model = model;
    whole.seed = 7;
    std::vector<Nanoseconds> all;
    load::Schedule one(model, whole.warmup, whole.seed);
    for (int k = 0; k < 600; ++k) {
        all.push_back(one.next());
    }
    std::vector<Nanoseconds> divided;
    for (const auto& spec : divide_load(whole, {{0}, {0, 1}})) {
        for (std::uint32_t thread = 0; thread < spec->threads; ++thread) {
            load::Schedule own(model, spec->warmup, spec->seed);
            own.skip(spec->first_thread + thread);
            for (int k = 0; k < 200; ++k) {
                divided.push_back(own.next());
                own.skip(*spec->all_threads - 1);
            }
        }
    }
    std::sort(divided.begin(), divided.end());
    EXPECT_EQ(divided, all);
}

}  // namespace
}  // namespace benchhost::cluster
