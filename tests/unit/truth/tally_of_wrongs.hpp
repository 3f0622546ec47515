// What was wrong in many simulated trials, by kind, with the seeds that show it again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::truth {

/// BENCHHOST_TRUTH_SEED, when it is set.
std::optional<std::uint64_t> only_seed();
/// Plays seeds 1 to `trials`, or BENCHHOST_TRUTH_TRIALS instead of them, or only_seed().
void for_each_seed(std::uint64_t trials, const std::function<void(std::uint64_t)>& play);

class Wrongs {
  public:
    void count_trial(const std::string& outcome) {
        ++trials_;
        ++outcomes_[outcome];
    }
    void add(const std::string& kind, std::uint64_t seed, const std::string& story);
    /// What must not happen once.
    void add_grave(const std::string& kind, std::uint64_t seed, const std::string& story);

    std::uint64_t trials() const { return trials_; }
    std::uint64_t grave() const { return grave_; }
    double share() const;
    /// The first grave one, or the first at all.
    const std::string& first_story() const { return grave_ > 0 ? first_grave_ : first_; }
    void print() const;

  private:
    struct Seeds {
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first;
    };
    void note(const std::string& kind, std::uint64_t seed);

    std::uint64_t trials_ = 0;
    std::uint64_t wrong_ = 0;
    std::uint64_t grave_ = 0;
    std::map<std::string, std::uint64_t> outcomes_;
    std::map<std::string, Seeds> kinds_;
    std::string first_, first_grave_;
};

}  // namespace benchhost::truth
