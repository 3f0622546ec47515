// Trials of a server that is a given share slower than another and a given amount noisy.
#pragma once

#include "report/compare/comparison.hpp"

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace benchhost::report {

using results::Arm;
using results::ArmTrial;

// How much slower an arm is (1: the same) and how noisy, as the deviation of logarithms.
struct TrialModel {
    double slower = 1;
    double noise = 0.01;
};

class TrialSource {
  public:
    explicit TrialSource(std::uint64_t seed) : random_(seed) {}

    results::Trial trial(const std::string& server, std::uint32_t round, const TrialModel& model) {
        const auto noisy = [&](double value) {
            return value * std::exp(std::normal_distribution<>(0, model.noise)(random_));
        };
        results::Trial trial;
        trial.server = server;
        trial.profile = "text";
        trial.round = round;
        trial.outcome = model::Outcome::ok;
        trial.verdict = model::Verdict::server_bound;
        trial.requests_per_s = noisy(100000 / model.slower);
        trial.response_time_ms = results::LatencySummary{};
        trial.response_time_ms->p50 = noisy(0.4 * model.slower);
        trial.response_time_ms->p99 = noisy(0.9 * model.slower);
        trial.server_usage = results::ServerUsage{};
        trial.server_usage->cpu_us_per_request = noisy(8 * model.slower);
        return trial;
    }

    results::ResultSet results(std::uint32_t rounds, const TrialModel& model) {
        results::ResultSet results;
        results.suite = "text";
        results.rounds = rounds;
        results.environment = {{"cpu_model", "one"}, {"load_average", "0.1"}};
        results.profiles = {{"text", "text", "closed", "64 connections"}};
        for (std::uint32_t round = 1; round <= rounds; ++round) {
            results.trials.push_back(trial("beast", round, model));
        }
        return results;
    }

    // ABBA: two trials of each arm a block; with a third arm, base again.
    std::vector<ArmTrial> blocks(std::uint32_t count, const TrialModel& base,
                                 const TrialModel& head,
                                 const std::optional<TrialModel>& again = std::nullopt) {
        std::vector<ArmTrial> trials;
        for (std::uint32_t block = 1; block <= count; ++block) {
            for (int copy = 0; copy < 2; ++copy) {
                trials.push_back({Arm::base, block, trial("beast", block, base)});
                trials.push_back({Arm::head, block, trial("beast", block, head)});
                if (again) {
                    trials.push_back({Arm::again, block, trial("beast", block, *again)});
                }
            }
        }
        return trials;
    }

  private:
    std::mt19937_64 random_;
};

}  // namespace benchhost::report
