// Memory and process limits for a server's tree by control groups, version 1 or 2.
#pragma once

#include "core/base/result.hpp"
#include "core/process/server_process.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::process {

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

/// Groups of our own below (version 2: also beside) the one we are in, made for one server.
/// The supervisor owns it; the server child joins. Removed by the destructor when empty.
class ControlGroups {
  public:
    /// Never fails: what cannot be enforced is told in effective(). `name` is unique on the
    /// machine.
    static ControlGroups make(const ProcessLimits& limits, const std::string& name);

    ControlGroups(ControlGroups&&) noexcept = default;
    ControlGroups& operator=(ControlGroups&&) = delete;
    ControlGroups(const ControlGroups&) = delete;
    ControlGroups& operator=(const ControlGroups&) = delete;
    ~ControlGroups();

    /// Puts this very process in. [server child]
    Status join() const;

    /// "memory" -> "64MiB (cgroup v1)" or "not enforced: why", "processes" likewise.
    const std::map<std::string, std::string>& effective() const { return effective_; }

    std::vector<std::string> folders() const;

    /// "limit 64MiB" when the kernel has killed a member for want of memory.
    std::optional<std::string> out_of_memory() const;

  private:
    struct Group {
        GroupLocation location;
        std::filesystem::path folder;
        bool limits_memory = false;
    };
    ControlGroups() = default;
    Status limit(const std::string& controller, std::uint64_t most, const std::string& name);
    Result<Group*> group_for(const std::string& controller, const std::string& name);

    std::vector<Group> groups_;
    std::map<std::string, std::string> effective_;
    std::optional<std::uint64_t> memory_;
};

/// Removes a group that a supervisor left behind; an absent or busy one is left alone.
void remove_group(const std::string& folder);

}  // namespace benchhost::process
