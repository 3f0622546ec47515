// Searches for a limit, and several rates in turn, on servers whose limit is known.
// BENCHHOST_TRUTH_SEED=N plays one again.
#include "core/trial/limit_trial.hpp"
#include "core/trial/sweep_trial.hpp"
#include "tests/fixtures/fakes.hpp"
#include "tests/unit/truth/simulation.hpp"
#include "tests/unit/truth/tally_of_wrongs.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace benchhost::truth {
namespace {

using model::Verdict;
using Of = model::LimitSearch::Of;

/// Plays a world under whatever load is asked for. What its machine and its server were seen to do
/// is told as a cluster's rank tells it: by its verdict.
class TrueGenerator : public trial::LoadGenerator {
  public:
    explicit TrueGenerator(World world) : world_(std::move(world)) {}

    Result<trial::GeneratedLoad> run(load::LoadSpec spec, const std::atomic<bool>& /*stop*/,
                                     load::ProgressObserver* /*observer*/) override {
        world_.load = spec.model;
        world_.seed = world_.seed * 6364136223846793005U + 1442695040888963407U;
        auto played = simulate(world_);
        auto& seen = played.seen;
        const auto judged = trial::judge(
            {seen.report, world_.load, seen.machine, false, seen.ceiling, seen.server});
        results::LoadPart part;
        part.verdict = judged.verdict;
        part.verdict_why = judged.why;
        trial::GeneratedLoad load;
        load.report = std::move(seen.report);
        load.parts = {part};
        return load;
    }
    Result<std::optional<double>> ceiling(load::LoadSpec /*spec*/,
                                          const std::atomic<bool>& /*stop*/) override {
        return std::optional<double>();
    }

  private:
    World world_;
};

class TruthOfSearches : public suite::fakes::SuiteTest {
  protected:
    template <class Measure>
    results::Trial measured(const World& world, Measure measure) {
        results::Trial trial;
        TrueGenerator generator(world);
        const auto under_test = server("a");
        const config::LoadProfile profile;
        trial::TrialServer running(launcher_, under_test, play_.payload, profile, directory_,
                                   play_.interrupted);
        EXPECT_TRUE(running.start(trial)) << trial.reason.value_or("");
        trial::TrialContext context{generator, play_.interrupted};
        measure(trial, running, context);
        return trial;
    }
};

/// The most that the server bears, before one of the requests is late for ever.
double most_borne(const World& world, const model::LimitSearch& search) {
    const double capacity = world.server.capacity();
    if (search.of == Of::rate) {
        return capacity;
    }
    const double think = to_seconds(search.think_time.from + search.think_time.to) / 2;
    const double by_time = capacity * (think + world.timeout);
    return world.server.most_connections > 0
               ? std::min<double>(by_time, world.server.most_connections)
               : by_time;
}

/// "" when nothing is.
std::string what_is_wrong(const World& world, const model::LimitSearch& search,
                          const results::Trial& trial) {
    const double truth = most_borne(world, search);
    // 3 of 100 may be late, and a window may be lucky. Connections are counted, not measured.
    const bool counted = search.of == Of::users && world.server.most_connections > 0;
    const double tolerance = counted ? 1 : 1.08;
    const auto found = trial.limit ? trial.limit->highest_ok : std::nullopt;
    if (found && *found > std::max(1.0, truth * tolerance)) {
        return "a limit above the truth";
    }
    const double generator = 1 / world.generator_cpu;
    const bool disturbed = world.machine.others_on_server > 0.12;
    const bool generator_ends_first = generator < world.server.capacity() * 1.25;
    if (trial.verdict == Verdict::client_bound && !generator_ends_first) {
        return "the generator blamed";
    }
    // How many connections it accepts hangs on nobody else.
    if (trial.verdict == Verdict::server_bound && disturbed && world.server.most_connections == 0) {
        return "disturbed called the server's limit";
    }
    if (disturbed || generator_ends_first || !trial.verdict) {
        return "";
    }
    if (trial.verdict == Verdict::server_bound && found &&
        *found < truth * (0.85 - search.resolution) - search.step && search.of == Of::rate &&
        world.server.most_connections == 0) {
        return "a limit far below the truth";
    }
    return trial.verdict == Verdict::machine_bound ? "the machine blamed" : "";
}

TEST_F(TruthOfSearches, NoLimitIsAboveWhatTheServerBears) {
    Wrongs wrongs;
    for_each_seed(300, [&](std::uint64_t seed) {
        model::LimitSearch search;
        const World world = draw_search(seed, search);
        const auto trial = measured(world, [&](auto& to, auto& running, const auto& context) {
            load::LoadSpec spec;
            trial::measure_limit(to, running, spec, search, context);
        });
        const auto wrong = what_is_wrong(world, search, trial);
        const auto story = fmt::format(
            "seed {}: {}: {} {} ({}: {}), {:.0f} are borne\n  {}; {}", seed, wrong,
            trial.limit && trial.limit->highest_ok ? *trial.limit->highest_ok : 0,
            search.of == Of::rate ? "requests/s" : "users",
            trial.verdict ? to_string(*trial.verdict) : "none", trial.verdict_why.value_or(""),
            most_borne(world, search), search.describe(), describe(world));
        wrongs.count_trial(trial.verdict ? to_string(*trial.verdict) : "no limit found");
        if (!wrong.empty()) {
            wrongs.add_grave(wrong, seed, story);
        }
        if (only_seed()) {
            fmt::print("{}\n", story);
        }
    });
    wrongs.print();
    EXPECT_EQ(wrongs.grave(), 0U) << wrongs.first_story();
}

TEST_F(TruthOfSearches, OfSeveralRatesThoseWithinTheCapacityPass) {
    Wrongs wrongs;
    for_each_seed(150, [&](std::uint64_t seed) {
        model::LimitSearch unused;
        World world = draw_search(seed, unused);
        world.machine = {};
        world.timeout = 2;  // a closed loop of 64 waits for up to 0.3 s
        world.server.most_connections = 0;
        world.generator_cpu = std::min(world.generator_cpu, 0.3 / world.server.capacity());
        const model::RateSweep wanted{{{0.5, true}, {0.85, true}, {1.3, true}}, {}, 64};
        const auto trial = measured(world, [&](auto& to, auto& running, const auto& context) {
            load::LoadSpec spec;
            trial::measure_sweep(to, running.running(), spec, wanted, context);
        });
        wrongs.count_trial(trial.verdict ? to_string(*trial.verdict) : "failed");
        if (!trial.sweep || trial.sweep->steps.size() != wanted.rates.size()) {
            wrongs.add_grave("a rate was left out", seed, trial.reason.value_or(""));
            return;
        }
        const auto& steps = trial.sweep->steps;
        if (!steps[0].passed || !steps[1].passed || steps[2].passed) {
            wrongs.add_grave("a rate", seed,
                             fmt::format("seed {}: {}, {}, {}\n  {}", seed, steps[0].why,
                                         steps[1].why, steps[2].why, describe(world)));
        }
        const auto capacity = trial.sweep->capacity_per_s.value_or(0);
        if (std::abs(capacity / world.server.capacity() - 1) > 0.1) {
            wrongs.add_grave("the capacity", seed, fmt::format("seed {}: {}", seed, capacity));
        }
    });
    wrongs.print();
    EXPECT_EQ(wrongs.grave(), 0U) << wrongs.first_story();
}

}  // namespace
}  // namespace benchhost::truth
