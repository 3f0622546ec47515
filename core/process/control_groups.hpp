// Memory and process limits for a server's tree by control groups, version 1 or 2.
#pragma once

#include "core/base/result.hpp"
#include "core/machine/group_location.hpp"
#include "core/process/server_process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::process {

/// Groups of our own, made for one server. Version 1: below the ones that we are in. Version 2:
/// below the one that we are in when it was delegated to us, else in a scope that systemd makes for
/// the supervisor. The server never leaves a limit that holds for benchhost.
/// The supervisor owns it; the server child joins. The destructor puts all back as it was.
class ControlGroups {
  public:
    /// Never fails: what cannot be enforced is told in effective(). May move this process and its
    /// parent, benchhost, to another group of what was delegated, and this one alone to a scope.
    /// [supervisor]
    static ControlGroups make(const model::ProcessLimits& limits);

    ControlGroups(ControlGroups&& other) noexcept;
    ControlGroups& operator=(ControlGroups&&) = delete;
    ControlGroups(const ControlGroups&) = delete;
    ControlGroups& operator=(const ControlGroups&) = delete;
    ~ControlGroups();

    /// Puts this very process in. What is not in force because it could not be, in the words of
    /// effective(). [server child]
    std::map<std::string, std::string> join() const;

    /// "memory" -> "64MiB (cgroup v1)" or "not enforced: why", "processes" likewise.
    const std::map<std::string, std::string>& effective() const { return effective_; }

    std::vector<std::filesystem::path> folders() const;

    /// "limit 64MiB" when the kernel has killed a member for want of memory; also when it was for a
    /// limit that others have put on us, or for the machine's memory.
    std::optional<std::string> out_of_memory() const;
    /// "the limit of 50 processes and threads was reached 3 times", when it was.
    std::optional<std::string> processes_refused() const;

  private:
    struct Limit {
        std::string name;  ///< in effective()
        std::string controller;
        std::uint64_t most = 0;
        std::string shown;
    };
    struct Group {
        int version = 1;
        std::filesystem::path folder;
        std::map<std::string, std::string> limits{};  ///< those that it enforces: name, value
    };
    ControlGroups() = default;
    Status enforce(const Limit& limit, const std::filesystem::path& parent, int version);
    void enforce_together(std::vector<Limit> limits, const machine::GroupLocation& own);
    const Group* group_of(const std::string& limit) const;
    void watch_memory();

    std::vector<Group> groups_;
    std::filesystem::path leaf_;  ///< where processes wait while their group is divided
    std::map<std::string, std::string> effective_;
    std::filesystem::path memory_events_;  ///< of the group in which the server is
    std::uint64_t killed_before_ = 0;      ///< others, by what it said at first
};

/// Puts back what a supervisor has made that ended without doing so. [its parent]
void remove_groups_of(pid_t supervisor);

}  // namespace benchhost::process
