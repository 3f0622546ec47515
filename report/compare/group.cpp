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

void Groups::add(const std::string& pair, const Group::Member& member) {
    const results::Trial& trial = *member.trial;
    if (trial.superseded) {
        return;
    }
    auto known = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) {
        return group.profile == trial.profile && group.pair == pair;
    });
    if (known == groups_.end()) {
        known = groups_.insert(groups_.end(), {trial.profile, pair, trial.server, {}});
    }
    if (member.arm == Arm::head) {
        known->server = trial.server;
    }
    known->members.push_back(member);
}

}  // namespace benchhost::compare
