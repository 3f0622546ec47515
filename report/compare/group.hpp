// What is compared with each other. For this folder only.
#pragma once

#include "core/base/units.hpp"
#include "core/results/arm_trial.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::compare {

using results::Arm;

const char* name_of(Arm arm);  ///< "base again" ...

/// The trials of one server under one profile, of both sides. Borrows them.
struct Group {
    struct Member {
        Arm arm = Arm::base;
        std::uint32_t block = 1;
        const results::Trial* trial = nullptr;
        std::optional<Nanoseconds> timeout = std::nullopt;
    };
    std::string profile;
    std::string pair;    ///< what its trials have in common
    std::string server;  ///< what the head calls it, or the base where the head has none
    std::vector<Member> members;

    std::vector<const results::Trial*> of(Arm arm) const;
    bool was_measured(Arm arm) const;  ///< in some round at least
    bool base_was_measured() const;    ///< in either of its arms
};

/// Sorts trials into groups, in the order in which they come. The one place where attempts at a
/// trial that another one stands in for are left out.
class Groups {
  public:
    void add(const std::string& pair, const Group::Member& member);
    std::vector<Group> take() { return std::move(groups_); }

  private:
    std::vector<Group> groups_;
    std::map<std::pair<std::string, std::string>, std::size_t> places_;  // by profile and pair
};

}  // namespace benchhost::compare
