// Suites of a few trials, for what a table makes of them.
#pragma once

#include "report/table/table.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::report {

inline constexpr Nanoseconds kTimeout = std::chrono::seconds(2);

struct Server {
    std::string id;
    double value = 0;
    model::Verdict verdict = model::Verdict::server_bound;
};

// Factors that all servers share in a round.
inline double jitter(std::uint32_t round) { return 1 + 0.1 * std::sin(round * 2.1); }

inline results::Trial trial_of(const Server& server, std::uint32_t round) {
    results::Trial trial;
    trial.server = server.id;
    trial.profile = "text";
    trial.round = round;
    trial.outcome = model::Outcome::ok;
    trial.verdict = server.verdict;
    trial.requests_per_s = server.value * jitter(round);
    trial.requests = results::Requests{};
    trial.requests->planned = trial.requests->sent = trial.requests->ok = 10'000;
    return trial;
}

inline results::ResultSet suite_of(std::vector<results::Trial> trials, std::uint32_t rounds,
                                   const std::string& load = "closed") {
    results::ResultSet results;
    results.rounds = rounds;
    results.profiles = {{"text", "text", load, ""}};
    results.profiles.front().timeout = kTimeout;
    results.trials = std::move(trials);
    return results;
}

inline results::ResultSet measured(const std::vector<Server>& servers, std::uint32_t rounds) {
    std::vector<results::Trial> trials;
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        for (const Server& server : servers) {
            trials.push_back(trial_of(server, round));
        }
    }
    return suite_of(std::move(trials), rounds);
}

// What a search found: the load it confirmed, and where it failed if it did.
inline results::Trial search(const Server& server, const std::string& of,
                             std::optional<double> first_failed) {
    results::Trial trial = trial_of(server, 1);
    trial.limit = results::LimitFound{of, server.value, first_failed, "", {}};
    return trial;
}

inline std::vector<std::string> ranks_of(const ProfileTable& table) {
    std::vector<std::string> ranks;
    for (const Row& row : table.rows) {
        ranks.push_back(row.rank);
    }
    return ranks;
}

inline void lose(results::Trial& trial, std::uint64_t timeouts) {
    trial.requests->ok -= timeouts;
    trial.requests->failed["timeout"] = timeouts;
    trial.first_failures["timeout"] = "no complete answer within 2s";
}

}  // namespace benchhost::report
