// Where a process stands in the control groups of the machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace benchhost::machine {

/// Where the group of a process stands for one controller.
struct GroupLocation {
    int version = 1;
    std::filesystem::path mount;  ///< top of the hierarchy
    std::filesystem::path group;  ///< the process' own folder in it
    friend bool operator==(const GroupLocation&, const GroupLocation&) = default;
};

/// From the texts of /proc/self/cgroup and /proc/self/mountinfo; nothing when the controller is in
/// no mounted hierarchy. A version 2 hierarchy is only a candidate: it may lack the controller.
std::optional<GroupLocation> locate_group(const std::string& controller,
                                          const std::string& proc_cgroup,
                                          const std::string& mountinfo);

/// Of this process, now: it can be moved at any time.
std::optional<GroupLocation> locate_own_group(const std::string& controller);

/// Whether a text such as "cpu memory pids\n" has the word.
bool has_word(const std::string& text, const std::string& word, char separator);

}  // namespace benchhost::machine
