// What the gate says of heads of which it is known how they are. BENCHHOST_TRUTH_SEED=N plays one
// again.
#include "report/compare/comparison.hpp"
#include "tests/unit/truth/played_trials.hpp"
#include "tests/unit/truth/tally_of_wrongs.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace benchhost::truth {
namespace {

using compare::Decision;

enum class Head { equal, better, slightly_worse, worse, lossy };

struct Heads {
    Head kind = Head::equal;
    Pace base, head;
    std::uint32_t rounds = 10;
};

Heads draw_heads(Draw& draw, std::uint64_t seed) {
    Heads heads;
    heads.kind = static_cast<Head>(seed % 5);
    heads.rounds = draw.whole(8, 12);
    heads.base = {draw.log_between(500, 50'000), draw.log_between(0.003, 0.08)};
    heads.head = heads.base;
    switch (heads.kind) {
        case Head::equal:
            break;
        case Head::better:
            heads.head.rate *= draw.between(1.03, 1.3);
            break;
        case Head::slightly_worse:  // by less than the tolerances
            heads.head.rate *= draw.between(0.97, 0.99);
            break;
        case Head::worse:
            heads.head.rate *= draw.between(0.8, 0.97);
            break;
        case Head::lossy:
            heads.head.lost = draw.log_between(0.012, 0.5);
            break;
    }
    return heads;
}

/// "" when it is right.
std::string what_is_wrong(const Heads& heads, Decision decision) {
    constexpr double kWellBeyondTheTolerance = 0.93;
    switch (heads.kind) {
        case Head::equal:
        case Head::better:
        case Head::slightly_worse:
            return decision == Decision::regression ? "a false alarm" : "";
        case Head::worse:
            return decision == Decision::passed &&
                           heads.head.rate < kWellBeyondTheTolerance * heads.base.rate
                       ? "a worse head passes"
                       : "";
        case Head::lossy:
            return decision == Decision::regression ? "" : "a lossy head passes";
    }
    return {};
}

const char* word_of(Head kind) {
    constexpr const char* kWords[] = {"equal", "better", "slightly worse", "worse", "lossy"};
    return kWords[static_cast<int>(kind)];
}

void count(Wrongs& wrongs, const Heads& heads, Decision decision, std::uint64_t seed,
           const std::string& how) {
    const auto story = fmt::format(
        "seed {}: {}, {} head: {}; {:.0f}/s and {:.0f}/s, noise {:.3f}, loses {:.3f}, {} rounds\n",
        seed, how, word_of(heads.kind), to_string(decision), heads.base.rate, heads.head.rate,
        heads.base.noise, heads.head.lost, heads.rounds);
    wrongs.count_trial(fmt::format("{}, {}: {}", how, word_of(heads.kind), to_string(decision)));
    const auto wrong = what_is_wrong(heads, decision);
    if (wrong == "a false alarm") {
        wrongs.add(wrong, seed, story);
    } else if (!wrong.empty()) {
        wrongs.add_grave(wrong, seed, story);
    }
    if (only_seed()) {
        fmt::print("{}", story);
    }
}

results::ResultSet stored(PlayedTrials& played, const Pace& pace, std::uint32_t rounds) {
    std::vector<results::Trial> trials;
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        trials.push_back(played.trial("one", round, pace));
    }
    auto results = PlayedTrials::results_of(std::move(trials), rounds);
    results.servers = {{"one"}};
    return results;
}

TEST(TruthOfTheGate, LossyAndWorseHeadsDoNotPassAndFalseAlarmsAreFew) {
    constexpr double kAlpha = 0.05;
    Wrongs wrongs;
    for_each_seed(1000, [&](std::uint64_t seed) {
        Draw draw(seed);
        const auto heads = draw_heads(draw, seed);
        PlayedTrials played(draw);
        const compare::Gate gate;
        const auto paired = compare::compare_blocks(
            "base", "head", played.blocks(heads.rounds, heads.base, heads.head), gate);
        count(wrongs, heads, decide(paired), seed, "paired");
        const auto unpaired =
            compare::compare_results(stored(played, heads.base, heads.rounds),
                                     stored(played, heads.head, heads.rounds), gate);
        ASSERT_TRUE(unpaired) << unpaired.error().message;
        count(wrongs, heads, decide(*unpaired), seed, "unpaired");
    });
    wrongs.print();
    EXPECT_EQ(wrongs.grave(), 0U) << wrongs.first_story();
    EXPECT_LE(wrongs.share(), kAlpha) << wrongs.first_story();
}

}  // namespace
}  // namespace benchhost::truth
