#include "report/table/faults.hpp"

#include "core/results/losses.hpp"
#include "report/table/books.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <array>

namespace benchhost::report {
namespace {

using results::Trial;

bool is_failed(const Trial& trial) { return trial.outcome == model::Outcome::failed; }
bool is_invalid(const Trial& trial) {
    return trial.outcome == model::Outcome::ok && trial.verdict == model::Verdict::invalid;
}
bool is_lossy(const Trial& trial) {
    return trial.outcome == model::Outcome::ok && !is_invalid(trial) &&
           results::lost_too_much(trial);
}

std::string joined(const std::string& first, const std::string& second) {
    return first.empty() || second.empty() ? first + second : first + "; " + second;
}

std::string why_failed(const Trial& trial) {
    const auto reason = trial.reason.value_or("no reason was recorded");
    return trial.stage ? fmt::format("{}: {}", *trial.stage, reason) : reason;
}
std::string why_invalid(const Trial& trial) {
    return joined(trial.verdict_why.value_or(""), failures_in_words(trial));
}
std::string why_lossy(const Trial& trial) {
    return joined(results::losses_in_words(trial), failures_in_words(trial));
}

struct Rule {
    FaultKind kind;
    const char* words;
    bool (*applies)(const Trial&);
    std::string (*why)(const Trial&);
};
constexpr std::array<Rule, 3> kRules{{
    {FaultKind::failed, "failed", is_failed, why_failed},
    {FaultKind::invalid, "invalid", is_invalid, why_invalid},
    {FaultKind::lost, "lost too much", is_lossy, why_lossy},
}};

}  // namespace

std::optional<Fault> fault_of(const Row& row, const std::string& profile) {
    std::optional<Fault> fault;
    for (const Rule& rule : kRules) {
        std::size_t rounds = 0;
        const Trial* first = nullptr;
        for (const Trial* trial : row.trials) {
            if (!trial->superseded && rule.applies(*trial)) {
                ++rounds;
                first = first == nullptr ? trial : first;
            }
        }
        if (first == nullptr) {
            continue;
        }
        if (!fault) {
            fault = Fault{rule.kind, profile, row.server, ""};
        }
        const auto why = one_line(rule.why(*first));
        fault->text += fmt::format(
            "{}{}{}{}", fault->text.empty() ? "" : "; ", rule.words,
            row.trials.size() == 1 ? ""
                                   : fmt::format(" in {} of {} rounds", rounds, row.trials.size()),
            why.empty() ? "" : ": " + why);
    }
    return fault;
}

std::vector<Fault> faults_of(const results::ResultSet& results) {
    std::vector<Fault> faults;
    for (const ProfileTable& table : make_tables(results)) {
        for (const Row& row : table.rows) {
            if (auto fault = fault_of(row, table.profile.name)) {
                faults.push_back(std::move(*fault));
            }
        }
    }
    return faults;
}

}  // namespace benchhost::report
