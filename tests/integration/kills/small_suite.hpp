// A suite that is measured in seconds, and what has to be right of it whatever befell benchhost.
#pragma once

#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace benchhost::kills {

/// Two servers under three loads: 6 trials in a folder of their own, run by programs of their own,
/// so that their processes are told from those of other tests.
class SmallSuite {
  public:
    SmallSuite(std::chrono::milliseconds window, std::chrono::milliseconds timeout,
               unsigned retries);

    std::vector<std::string> begin() const;
    std::vector<std::string> resume() const;
    bool has_begun() const;  ///< so that it can be resumed
    std::string out() const { return directory_ / "out"; }

    /// Waits until none of its processes is left; false when one stays.
    bool nothing_runs() const;
    /// Files in its folder that were not written to their end.
    std::vector<std::string> unfinished_files() const;
    results::ResultSet measured() const;
    /// Expects each of its trials exactly once, but for those that others stand in for.
    static void expect_each_trial_once(const results::ResultSet& results);

  private:
    fixtures::TemporaryDirectory directory_;
    std::string benchhost_;
};

/// What is wrong with the row; nothing when it is right. A busy machine may take a window away
/// whole: then it has no answer at all, and no failure either.
std::optional<std::string> why_wrong(const results::Trial& trial);

/// Whether the row says that machine or generator were disturbed: then its figures may be anything.
bool says_disturbed(const results::Trial& trial);

/// BENCHHOST_KILLS, or a few.
unsigned times_asked();

/// Of BENCHHOST_TEST_SEED, or drawn.
unsigned seed_asked();

/// From `least` to `most`.
std::chrono::milliseconds draw(std::mt19937& random, std::chrono::milliseconds least,
                               std::chrono::milliseconds most);

}  // namespace benchhost::kills
