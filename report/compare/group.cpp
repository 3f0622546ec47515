#include "report/compare/group.hpp"

#include <algorithm>

namespace benchhost::compare {

const char* name_of(Arm arm) {
    switch (arm) {
        case Arm::base:
            return "base";
        case Arm::head:
            return "head";
        case Arm::again:
            break;
    }
    return "base again";
}

std::vector<const results::Trial*> Group::of(Arm arm) const {
    std::vector<const results::Trial*> trials;
    for (const Member& member : members) {
        if (member.arm == arm) {
            trials.push_back(member.trial);
        }
    }
    return trials;
}

bool Group::was_measured(Arm arm) const {
    return std::any_of(members.begin(), members.end(), [&](const Member& member) {
        return member.arm == arm && member.trial->outcome == model::Outcome::ok;
    });
}

bool Group::base_was_measured() const {
    return was_measured(Arm::base) || was_measured(Arm::again);
}

void Groups::add(const std::string& pair, const Group::Member& member) {
    const results::Trial& trial = *member.trial;
    if (trial.superseded) {
        return;
    }
    const auto [place, is_new] = places_.emplace(std::pair(trial.profile, pair), groups_.size());
    if (is_new) {
        groups_.push_back({trial.profile, pair, trial.server, {}});
    }
    Group& group = groups_[place->second];
    if (member.arm == Arm::head) {
        group.server = trial.server;
    }
    group.members.push_back(member);
}

}  // namespace benchhost::compare
