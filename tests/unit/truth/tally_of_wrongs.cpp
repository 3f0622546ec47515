#include "tests/unit/truth/tally_of_wrongs.hpp"

#include "tests/fixtures/sanitizer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>

namespace benchhost::truth {
namespace {

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::optional<std::uint64_t>(std::strtoull(text, nullptr, 10))
                           : std::nullopt;
}

constexpr std::size_t kSeedsKept = 8;

}  // namespace

std::optional<std::uint64_t> only_seed() { return number_in("BENCHHOST_TRUTH_SEED"); }

void for_each_seed(std::uint64_t trials, const std::function<void(std::uint64_t)>& play) {
    if (const auto one = only_seed()) {
        play(*one);
        return;
    }
    const auto usual = fixtures::kUnderSanitizer ? trials / 20 : trials;
    const auto most = number_in("BENCHHOST_TRUTH_TRIALS").value_or(usual);
    for (std::uint64_t seed = 1; seed <= most; ++seed) {
        play(seed);
    }
}

void Wrongs::note(const std::string& kind, std::uint64_t seed) {
    auto& seeds = kinds_[kind];
    ++seeds.count;
    if (seeds.first.size() < kSeedsKept) {
        seeds.first.push_back(seed);
    }
}

void Wrongs::add(const std::string& kind, std::uint64_t seed, const std::string& story) {
    ++wrong_;
    note(kind, seed);
    if (first_.empty()) {
        first_ = story;
    }
}

void Wrongs::add_grave(const std::string& kind, std::uint64_t seed, const std::string& story) {
    ++wrong_;
    ++grave_;
    note("GRAVE " + kind, seed);
    if (first_grave_.empty()) {
        first_grave_ = story;
    }
}

double Wrongs::share() const {
    return trials_ == 0 ? 0 : static_cast<double>(wrong_) / static_cast<double>(trials_);
}

void Wrongs::print() const {
    fmt::print("{} trials, {} wrong ({:.2f} %), {} of them gravely\n", trials_, wrong_,
               share() * 100, grave_);
    for (const auto& [outcome, count] : outcomes_) {
        fmt::print("  {:>6} {}\n", count, outcome);
    }
    for (const auto& [kind, seeds] : kinds_) {
        fmt::print("  wrong: {:>4} {}; seeds {}\n", seeds.count, kind,
                   fmt::join(seeds.first, ", "));
    }
}

}  // namespace benchhost::truth
