// The engine against what a load is by its definition, in simulated time: whatever is asked and
// whatever the server does, both come to the same books, to the same latencies to the nanosecond
// and to the same seconds. Every load is drawn from a seed:
//
//   BENCHHOST_SIMULATION_SEED=4711 build/release/tests/test_simulation
//     plays that one again and says what it is
//   BENCHHOST_SIMULATION_SEEDS=100000   so many seeds instead of kSeeds, or of a fifth under a
//   sanitizer
#include "core/load/load.hpp"
#include "core/load/schedule.hpp"
#include "core/load/shares.hpp"
#include "tests/fixtures/sanitizer.hpp"
#include "tests/unit/simulation/differences.hpp"
#include "tests/unit/simulation/played_load.hpp"
#include "tests/unit/simulation/reference_books.hpp"
#include "tests/unit/simulation/scenario.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

namespace benchhost::simulation {
namespace {

constexpr std::uint64_t kSeeds = 10'000;

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? std::nullopt : std::optional(std::strtoull(text, nullptr, 10));
}

/// What all loads together have been through: a property that is never met proves nothing.
struct Covered {
    std::uint64_t loads = 0;
    std::uint64_t requests = 0;
    std::uint64_t right = 0;
    std::uint64_t shed = 0;
    std::uint64_t unsent = 0;
    std::uint64_t unfinished = 0;
    std::uint64_t throughout = 0;
    std::uint64_t asked_again = 0;
    std::uint64_t interrupted = 0;
    model::FailureCounts failures;

    void add(const load::LoadReport& report) {
        ++loads;
        requests += report.books.planned;
        right += report.books.ok;
        shed += report.books.shed;
        unsent += report.books.unsent;
        unfinished += report.books.unfinished;
        throughout += report.ended.throughout;
        asked_again += report.connections.asked_again.value_or(0);
        interrupted += report.interrupted ? 1 : 0;
        failures.merge(report.failures);
    }
};

std::string differences_of(std::uint64_t seed, Covered& covered) {
    const Scenario scenario = draw(seed);
    const auto engine = play(scenario);
    covered.add(engine);
    std::string text;
    for (const std::string& line : differences(engine, reference_of(scenario))) {
        text += "\n  " + line;
    }
    if (!engine.books.balance() || !engine.ended.balance()) {
        text += "\n  the books do not balance";
    }
    return text.empty() ? text
                        : fmt::format("seed {}: {}{}\nBENCHHOST_SIMULATION_SEED={} plays it again",
                                      seed, describe(scenario), text, seed);
}

TEST(Simulation, EngineCountsWhatHappens) {
    Covered covered;
    if (const auto seed = number_in("BENCHHOST_SIMULATION_SEED")) {
        std::cout << describe(draw(*seed)) << '\n';
        EXPECT_EQ(differences_of(*seed, covered), "");
        return;
    }
    const std::uint64_t usual = fixtures::kUnderSanitizer ? kSeeds / 5 : kSeeds;
    const std::uint64_t seeds = number_in("BENCHHOST_SIMULATION_SEEDS").value_or(usual);
    int wrong = 0;
    for (std::uint64_t seed = 1; seed <= seeds && wrong < 5; ++seed) {
        const std::string found = differences_of(seed, covered);
        EXPECT_EQ(found, "");
        wrong += found.empty() ? 0 : 1;
    }
    std::cout << fmt::format(
        "{} loads, {} requests: {} right, {} shed, {} unsent, {} unfinished, {} under way "
        "throughout, {} asked again; {} loads interrupted\n",
        covered.loads, covered.requests, covered.right, covered.shed, covered.unsent,
        covered.unfinished, covered.throughout, covered.asked_again, covered.interrupted);
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        std::cout << fmt::format("  {}: {}\n", model::to_string(failure),
                                 covered.failures.count(failure));
    }
    for (const std::uint64_t met : {covered.right, covered.shed, covered.unsent, covered.unfinished,
                                    covered.throughout, covered.asked_again, covered.interrupted}) {
        EXPECT_GT(met, 0U);
    }
}

TEST(Simulation, SameSeedGivesTheSameLoad) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto first = play(draw(seed));
        const auto second = play(draw(seed));
        EXPECT_EQ(differences(first, {second, true}), std::vector<std::string>()) << seed;
    }
}

// Stopped by a signal, suspended, paused with its container: for longer than the timeout.
TEST(Simulation, WhatCameWhileNobodyRanIsNoTimeout) {
    using namespace std::chrono_literals;
    constexpr auto kLongestSleep = 20ms;  // of a load thread, by itself
    std::uint64_t frozen_within = 0;
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        Scenario scenario = draw(seed);
        auto& spec = scenario.spec;
        scenario.stopped.reset();
        scenario.server = {seed, 10us, 100us, 1ms};
        spec.warmup = 20ms;
        spec.duration = 300ms;
        spec.timeout = 100ms;
        const Nanoseconds since{static_cast<std::int64_t>(seed * 7'919'000 % 340'000'000)};
        scenario.frozen = {load::build_up_of(spec.model) + since, 250ms};
        const auto report = play(scenario);
        SCOPED_TRACE(describe(scenario));
        EXPECT_EQ(report.failures.total(), 0U);
        EXPECT_EQ(report.ended_failures.total(), 0U);
        EXPECT_TRUE(report.books.balance() && report.ended.balance());
        if (since < spec.warmup + spec.duration - kLongestSleep) {
            EXPECT_GE(report.client.longest_absence, 250ms - kLongestSleep);
            ++frozen_within;
        }
        scenario.frozen.reset();
        EXPECT_EQ(play(scenario).client.longest_absence, 0ms);
    }
    EXPECT_GT(frozen_within, 80U);
}

// Nobody answers in time; the drain waits as much longer as it was away in it.
TEST(Simulation, WhoWasAwayInTheDrainStillCountsEachTimeout) {
    using namespace std::chrono_literals;
    unsigned compared = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Scenario scenario = draw(seed);
        auto& spec = scenario.spec;
        scenario.stopped.reset();
        scenario.server = {seed, 10us, 500ms, 600ms};
        spec.warmup = 20ms;
        spec.duration = 300ms;
        spec.timeout = 100ms;
        if (play(scenario).books.unfinished != 0) {
            continue;  // what waited in a queue until the drain has not its whole time in it
        }
        ++compared;
        scenario.frozen = {load::build_up_of(spec.model) + 340ms, 250ms};
        const auto report = play(scenario);
        SCOPED_TRACE(describe(scenario));
        EXPECT_EQ(report.books.unfinished, 0U);
        EXPECT_EQ(report.books.failed, report.books.sent);
    }
    EXPECT_GT(compared, 20U);
}

// The reference takes the engine's own schedule: here is what that has to be.
TEST(Simulation, ScheduleOfAConstantRateIsItsNumbersDividedByIt) {
    for (const double rate : {1.0, 7.0, 333.0, 48'000.0, 1e6}) {
        load::Schedule schedule({rate, model::Arrivals::constant, {}, 1}, Nanoseconds(12'345), 1);
        for (int number = 0; number < 10'000; ++number) {
            const double exact = number / rate * 1e9;
            ASSERT_NEAR(static_cast<double>(schedule.next().count()), exact, 1) << rate;
        }
    }
}

}  // namespace
}  // namespace benchhost::simulation
