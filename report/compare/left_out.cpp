#include "report/compare/left_out.hpp"

#include <fmt/format.h>

namespace benchhost::compare {
namespace {

using model::Outcome;
using model::Verdict;

std::string cause_of(const results::Trial& trial) {
    if (trial.outcome != Outcome::ok) {
        return trial.reason ? fmt::format("{}: {}", to_string(trial.outcome), *trial.reason)
                            : to_string(trial.outcome);
    }
    if (trial.verdict == Verdict::invalid) {
        return fmt::format("invalid: {}", trial.verdict_why.value_or("no reason recorded"));
    }
    if (trial.verdict == Verdict::client_bound || trial.verdict == Verdict::machine_bound) {
        return fmt::format("{}, so only its CPU and memory count", to_string(*trial.verdict));
    }
    return "";
}

}  // namespace

void LeftOut::count(const std::string& side, const results::Trial& trial) {
    ++all_[side];
    const std::string cause = cause_of(trial);
    if (!cause.empty()) {
        ++causes_[{side, fmt::format("{}: {}", trial.profile, cause)}];
    }
}

std::vector<std::string> LeftOut::warnings() const {
    std::vector<std::string> lines;
    for (const auto& [side_and_cause, count] : causes_) {
        const auto& [side, cause] = side_and_cause;
        lines.push_back(fmt::format("{} of {} trials of {} are left out: {}", count, all_.at(side),
                                    side, cause));
    }
    return lines;
}

}  // namespace benchhost::compare
