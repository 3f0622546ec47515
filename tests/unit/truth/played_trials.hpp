// Trials of servers whose pace is known, as a suite would have written them.
#pragma once

#include "core/results/arm_trial.hpp"
#include "core/results/results.hpp"
#include "tests/unit/truth/world.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace benchhost::truth {

struct Pace {
    double rate = 1000;    ///< requests/s that the server answers
    double noise = 0.01;   ///< from round to round, as the deviation of logarithms
    double lost = 0;       ///< share of the requests
    double ceiling = 1e9;  ///< of the generator, requests/s
};

class PlayedTrials {
  public:
    explicit PlayedTrials(Draw& draw) : draw_(draw) {}

    results::Trial trial(const std::string& server, std::uint32_t round, const Pace& pace) {
        const bool generator = pace.rate > 0.9 * pace.ceiling;
        const double rate = noisy(generator ? std::min(pace.rate, pace.ceiling) : pace.rate, pace);
        results::Trial trial;
        trial.server = server;
        trial.profile = "text";
        trial.round = round;
        trial.outcome = model::Outcome::ok;
        trial.verdict = generator ? model::Verdict::client_bound : model::Verdict::server_bound;
        trial.duration_s = 10;
        const auto all = static_cast<std::uint64_t>(rate * 10);
        const auto lost = static_cast<std::uint64_t>(pace.lost * static_cast<double>(all));
        trial.requests = results::Requests{};
        trial.requests->planned = trial.requests->sent = all;
        trial.requests->ok = all - lost;
        trial.ended = results::EndedRequests{};
        trial.ended->begun = all;
        trial.ended->ok = all - lost;
        if (lost > 0) {
            trial.requests->failed["reset-before-answer"] = lost;
            trial.ended->failed["reset-before-answer"] = lost;
        }
        trial.requests_per_s = static_cast<double>(all - lost) / 10;
        const double mean_ms = 16e3 / rate;  // of 16 connections
        trial.response_time_ms = results::LatencySummary{
            mean_ms,       mean_ms * 0.95,           mean_ms * 1.1, mean_ms * 1.3,
            mean_ms * 1.5, noisy(mean_ms * 2, pace), mean_ms * 3,   mean_ms * 5};
        trial.server_usage = results::ServerUsage{};
        trial.server_usage->cpu_us_per_request = noisy(1e6 / pace.rate, pace);
        return trial;
    }

    /// Two trials of each arm a block, and base once more.
    std::vector<results::ArmTrial> blocks(std::uint32_t count, const Pace& base, const Pace& head) {
        using results::Arm;
        std::vector<results::ArmTrial> trials;
        for (std::uint32_t block = 1; block <= count; ++block) {
            for (int copy = 0; copy < 2; ++copy) {
                trials.push_back({Arm::base, block, trial("one", block, base)});
                trials.push_back({Arm::head, block, trial("one", block, head)});
                trials.push_back({Arm::again, block, trial("one", block, base)});
            }
        }
        return trials;
    }

    static results::ResultSet results_of(std::vector<results::Trial> trials, std::uint32_t rounds) {
        results::ResultSet results;
        results.suite = "truth";
        results.rounds = rounds;
        results.environment = {{"cpu_model", "one"}};
        results.profiles = {{"text", "text", "closed", "16 connections"}};
        results.trials = std::move(trials);
        return results;
    }

  private:
    double noisy(double value, const Pace& pace) {
        return value * std::exp(std::normal_distribution<>(0, pace.noise)(draw_.random()));
    }
    Draw& draw_;
};

}  // namespace benchhost::truth
