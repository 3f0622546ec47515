#include "report/compare/comparison.hpp"
#include "report/compare/group.hpp"
#include "report/compare/judge.hpp"
#include "report/compare/lost_cells.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace benchhost::compare {
namespace {

// The logs of one arm by block: one number a block, whatever the trials in it.
std::map<std::uint32_t, double> logs_by_block(const Group& group, Arm arm,
                                              model::GateMetric metric) {
    std::map<std::uint32_t, std::pair<double, int>> sums;
    for (const Group::Member& each : group.members) {
        const auto value =
            each.arm == arm ? comparable_value(*each.trial, metric, each.timeout) : std::nullopt;
        if (value) {
            auto& [sum, count] = sums[each.block];
            sum += std::log(*value);
            ++count;
        }
    }
    std::map<std::uint32_t, double> logs;
    for (const auto& [block, sum] : sums) {
        logs[block] = sum.first / sum.second;
    }
    return logs;
}

std::vector<double> differences_of(const std::map<std::uint32_t, double>& base,
                                   const std::map<std::uint32_t, double>& head) {
    std::vector<double> differences;
    for (const auto& [block, log] : base) {
        const auto other = head.find(block);
        if (other != head.end()) {
            differences.push_back(other->second - log);
        }
    }
    return differences;
}

std::optional<report::OverRounds> over_blocks(const std::map<std::uint32_t, double>& logs) {
    std::vector<double> values;
    for (const auto& [block, log] : logs) {
        values.push_back(std::exp(log));
    }
    return report::over_rounds(values);
}

void add_noise(ComparedCell& cell, const std::vector<double>& differences, double alpha) {
    const auto difference = difference_of_pairs(differences, alpha);
    if (!difference.centre) {
        return;
    }
    cell.noise = std::expm1(*difference.centre);
    if (difference.interval) {
        cell.noise_low = std::expm1(difference.interval->low);
        cell.noise_high = std::expm1(difference.interval->high);
    }
}

LogDifference difference_of_blocks(const Group& group, const Gate& gate, ComparedCell& cell) {
    const auto base = logs_by_block(group, Arm::base, cell.metric);
    const auto head = logs_by_block(group, Arm::head, cell.metric);
    const auto again = logs_by_block(group, Arm::again, cell.metric);
    cell.base = over_blocks(base);
    cell.head = over_blocks(head);
    add_noise(cell, differences_of(base, again), gate.alpha);
    const auto difference = difference_of_pairs(differences_of(base, head), gate.alpha);
    if (!difference.centre) {
        cell.why = "no block has both";
    }
    return difference;
}

std::size_t most_blocks(const std::vector<Group>& groups) {
    std::uint32_t most = 0;
    for (const Group& group : groups) {
        for (const Group::Member& member : group.members) {
            most = std::max(most, member.block);
        }
    }
    return most;
}

std::vector<std::string> profiles_of(const std::vector<Group>& groups) {
    std::vector<std::string> profiles;
    for (const Group& group : groups) {
        if (std::find(profiles.begin(), profiles.end(), group.profile) == profiles.end()) {
            profiles.push_back(group.profile);
        }
    }
    return profiles;
}

}  // namespace

Comparison compare_blocks(const std::string& base_name, const std::string& head_name,
                          const std::vector<ArmTrial>& trials, const Gate& gate,
                          const std::vector<std::string>& only_in_base) {
    Groups sorted;
    for (const ArmTrial& each : trials) {
        sorted.add(each.pair, {each.arm, each.block, &each.trial, each.timeout});
    }
    const auto groups = sorted.take();
    Comparison outline;
    outline.base_name = base_name;
    outline.head_name = head_name;
    outline.paired = true;
    outline.design_warning =
        design_warning({true, most_blocks(groups)}, groups.size() * gate.tested(), gate.alpha);
    for (const std::string& server : only_in_base) {
        for (const std::string& profile : profiles_of(groups)) {
            outline.cells.push_back(missing_cell(profile, server, gate));
        }
    }
    return compare_groups(std::move(outline), groups, gate,
                          [&](const Group& group, ComparedCell& cell) {
                              return difference_of_blocks(group, gate, cell);
                          });
}

}  // namespace benchhost::compare
