#include "report/compare/left_out.hpp"

#include "report/compare/gate.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace benchhost::compare {
namespace {

using model::Outcome;
using results::Trial;

/// How many trials of an arm, by what they were: "machine-bound under text".
using Causes = std::map<std::string, std::size_t>;

struct Kind {
    std::map<Arm, Causes> causes;
    std::string first;  ///< the first reason, in its own words

    void count(Arm arm, const Trial& trial, const std::string& what,
               const std::optional<std::string>& why) {
        ++causes[arm][fmt::format("{} under {}", what, trial.profile)];
        if (first.empty()) {
            first = why.value_or("");
        }
    }

    /// "4 of 10 trials of head (3 invalid under text, 1 failed under json)", ...
    std::string in_words(const std::map<Arm, std::size_t>& all) const {
        std::vector<std::string> sides;
        for (const auto& [arm, of_arm] : causes) {
            std::vector<std::string> parts;
            std::size_t sum = 0;
            for (const auto& [cause, count] : of_arm) {
                parts.push_back(fmt::format("{} {}", count, cause));
                sum += count;
            }
            sides.push_back(fmt::format("{} of {} trials of {} ({})", sum, all.at(arm),
                                        name_of(arm), fmt::join(parts, ", ")));
        }
        return fmt::format("{}", fmt::join(sides, ", "));
    }
};

}  // namespace

std::vector<std::string> left_out(const std::vector<Group>& groups) {
    std::map<Arm, std::size_t> all;
    Kind useless;
    Kind spoilt;
    for (const Group& group : groups) {
        for (const auto& [arm, block, trial, timeout] : group.members) {
            ++all[arm];
            if (!report::is_usable(*trial)) {
                const bool invalid = trial->outcome == Outcome::ok;
                useless.count(arm, *trial, invalid ? "invalid" : to_string(trial->outcome),
                              invalid ? trial->verdict_why : trial->reason);
            } else if (!was_free(*trial)) {
                spoilt.count(arm, *trial, to_string(*trial->verdict), trial->verdict_why);
            }
        }
    }
    std::vector<std::string> sentences;
    if (!useless.causes.empty()) {
        sentences.push_back(fmt::format("Left out: {}; the first because: {}",
                                        useless.in_words(all), useless.first));
    }
    if (!spoilt.causes.empty()) {
        sentences.push_back(fmt::format(
            "Only CPU, memory and losses count of {}: there the generator, the machine or the link "
            "was the limit, or may have been, so that rates and times say nothing of the server",
            spoilt.in_words(all)));
    }
    return sentences;
}

}  // namespace benchhost::compare
