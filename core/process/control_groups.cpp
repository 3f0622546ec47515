#include "core/process/control_groups.hpp"

#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"
#include "core/process/group_division.hpp"
#include "core/process/systemd_scope.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotEnforced = "not enforced: ";
constexpr const char* kAdvice =
    "; it would be where benchhost is started by \"systemd-run --scope -p Delegate=yes benchhost "
    "...\" (users other than root: systemd-run --user --scope ...)";

// "not ours to write" in words that fit behind "not enforced: ".
Error cannot(const std::string& what, const fs::path& path, int error_number) {
    return system_error(ErrorCode::environment, fmt::format("cannot {} {}", what, path.string()),
                        error_number);
}

std::string limit_file(const std::string& controller, int version) {
    return controller != "memory" ? "pids.max"
           : version == 1         ? "memory.limit_in_bytes"
                                  : "memory.max";
}

// A version 2 hierarchy is mounted on many machines that have the controller in version 1.
bool has_controller(const machine::GroupLocation& location, const std::string& controller) {
    auto text = machine::read_proc((location.mount / "cgroup.controllers").string()).value_or("");
    std::replace(text.begin(), text.end(), '\n', ' ');
    return location.version == 1 || machine::has_word(text, controller, ' ');
}

std::uint64_t killed_for_memory(const fs::path& events) {
    return event_count(machine::read_proc(events.string()).value_or(""), "oom_kill").value_or(0);
}

// benchhost, and everything that it has started.
std::vector<pid_t> our_processes() {
    const pid_t benchhost = ::getppid();
    auto ours = machine::descendants(benchhost);
    ours.push_back(benchhost);
    return ours;
}

// One that a supervisor of the same number has left behind is made anew.
Status make_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0755) == 0) {
        return {};
    }
    if (errno == EEXIST && ::rmdir(folder.c_str()) == 0 && ::mkdir(folder.c_str(), 0755) == 0) {
        return {};
    }
    return cannot("make", folder, errno);
}

// "/user.slice/user-0.slice/session-1.scope"
std::string path_in_hierarchy(const machine::GroupLocation& location) {
    const auto path = location.group.lexically_relative(location.mount).string();
    return path == "." ? "/" : "/" + path;
}

Status divide(const fs::path& group, const std::vector<std::string>& controllers) {
    sweep_groups(group);
    return divide_group(group, controllers, leaf_name(::getpid()), our_processes());
}

struct Place {
    fs::path group;                          ///< in which the server's group may be made
    std::optional<std::uint64_t> processes;  ///< the limit of the group that the server leaves
};

// Has systemd make a group for us that is divided then. `why` the one that we are in is not.
Result<Place> ready_scope(const machine::GroupLocation& own,
                          const std::vector<std::string>& controllers, const std::string& why) {
    const auto refused = [&](const std::string& reason) {
        return Error{ErrorCode::environment, fmt::format("{}, and {}{}", why, reason, kAdvice)};
    };
    const auto wanted = scope_place(path_in_hierarchy(own), ::geteuid());
    if (!wanted) {
        return refused(wanted.error().message);
    }
    const auto kept = own.mount / fs::path(wanted->kept).relative_path();
    if (const auto left = limit_left(own.group, kept)) {
        return refused("in a scope of its own the server would leave a limit: " + *left);
    }
    const auto processes = most_processes(own.group, kept);
    if (auto entered = enter_scope(*wanted, group_name(::getpid()), processes); !entered) {
        return refused(entered.error().message);
    }
    const auto scope = machine::locate_own_group(controllers.front());
    if (!scope || !scope->group.string().starts_with(kept.string() + "/")) {
        return refused("the scope that systemd gave is not below " + kept.string());
    }
    if (auto divided = divide(scope->group, controllers); !divided) {
        return refused(divided.error().message);
    }
    return Place{scope->group, processes};
}

// The group that we are in where it was delegated to us, else one that systemd makes for us.
Result<Place> ready_place(const machine::GroupLocation& own,
                          const std::vector<std::string>& controllers) {
    if (!is_delegated(own.group) && !user_manager_delegates(path_in_hierarchy(own), ::geteuid())) {
        return ready_scope(
            own, controllers,
            fmt::format("control group {} is not delegated to us", own.group.string()));
    }
    const auto divided = divide(own.group, controllers);
    return divided ? Result<Place>(Place{own.group, std::nullopt})
                   : ready_scope(own, controllers, divided.error().message);
}

}  // namespace

Status ControlGroups::enforce(const Limit& limit, const fs::path& parent, int version) {
    const fs::path folder = parent / group_name(::getpid());
    auto group = std::find_if(groups_.begin(), groups_.end(),
                              [&](const Group& made) { return made.folder == folder; });
    if (group == groups_.end()) {
        if (auto made = make_folder(folder); !made) {
            return made;
        }
        group = groups_.insert(groups_.end(), Group{version, folder});
    }
    const auto file = folder / limit_file(limit.controller, version);
    if (const int error = machine::write_proc(file.string(), std::to_string(limit.most));
        error != 0) {
        return cannot("write", file, error);
    }
    group->limits[limit.name] = limit.shown;
    if (limit.controller == "memory") {
        // Without it the server would be swapped instead of stopped; absent where nothing swaps.
        machine::write_proc(
            (folder / (version == 1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max")).string(),
            version == 1 ? std::to_string(limit.most) : "0");
    }
    effective_[limit.name] = fmt::format("{} (cgroup v{})", limit.shown, version);
    return {};
}

// A process is in one version 2 group only: both limits go there.
void ControlGroups::enforce_together(std::vector<Limit> limits, const machine::GroupLocation& own) {
    std::vector<std::string> controllers;
    for (const auto& limit : limits) {
        controllers.push_back(limit.controller);
    }
    const auto place = ready_place(own, controllers);
    if (place) {
        leaf_ = place->group / leaf_name(::getpid());
    }
    for (auto& limit : limits) {
        if (place && limit.controller == "pids" &&
            place->processes.value_or(limit.most) < limit.most) {
            limit.most = *place->processes;
            limit.shown = std::to_string(limit.most);
        }
        const auto done = place ? enforce(limit, place->group, 2) : Status(place.error());
        if (!done) {
            effective_[limit.name] = kNotEnforced + done.error().message;
        }
    }
}

ControlGroups ControlGroups::make(const model::ProcessLimits& limits) {
    ControlGroups groups;
    std::vector<Limit> wanted;
    if (limits.memory) {
        wanted.push_back({"memory", "memory", *limits.memory, format_bytes(*limits.memory)});
    }
    if (limits.processes) {
        wanted.push_back(
            {"processes", "pids", *limits.processes, std::to_string(*limits.processes)});
    }
    std::vector<Limit> together;
    std::optional<machine::GroupLocation> unified;
    for (const auto& limit : wanted) {
        const auto own = machine::locate_own_group(limit.controller);
        if (!own || !has_controller(*own, limit.controller)) {
            groups.effective_[limit.name] = fmt::format("{}no control group with {} is mounted",
                                                        kNotEnforced, limit.controller);
        } else if (own->version == 2) {
            unified = own;
            together.push_back(limit);
        } else {
            sweep_groups(own->group);
            if (const auto done = groups.enforce(limit, own->group, 1); !done) {
                groups.effective_[limit.name] = kNotEnforced + done.error().message;
            }
        }
    }
    if (unified) {
        groups.enforce_together(std::move(together), *unified);
    }
    groups.watch_memory();
    return groups;
}

ControlGroups::ControlGroups(ControlGroups&& other) noexcept
    : groups_(std::exchange(other.groups_, {})),
      leaf_(std::exchange(other.leaf_, {})),
      effective_(std::move(other.effective_)),
      memory_events_(std::move(other.memory_events_)),
      killed_before_(other.killed_before_) {}

ControlGroups::~ControlGroups() {
    for (const auto& group : groups_) {
        remove_group(group.folder);
    }
    if (!leaf_.empty()) {
        reunite_group(leaf_);
    }
}

std::map<std::string, std::string> ControlGroups::join() const {
    std::map<std::string, std::string> failed;
    for (const auto& group : groups_) {
        const auto file = group.folder / "cgroup.procs";
        if (const int error = machine::write_proc(file.string(), "0"); error != 0) {
            for (const auto& [limit, value] : group.limits) {
                failed[limit] = kNotEnforced + cannot("join by", file, error).message;
            }
        }
    }
    return failed;
}

std::vector<fs::path> ControlGroups::folders() const {
    std::vector<fs::path> folders;
    for (const auto& group : groups_) {
        folders.push_back(group.folder);
    }
    return folders;
}

const ControlGroups::Group* ControlGroups::group_of(const std::string& limit) const {
    const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) {
        return group.limits.count(limit) > 0;
    });
    return found != groups_.end() ? &*found : nullptr;
}

void ControlGroups::watch_memory() {
    const auto own = machine::locate_own_group("memory");
    if (!own) {
        return;
    }
    const auto* made = group_of("memory");
    if (made == nullptr && own->version == 2 && !groups_.empty()) {
        made = &groups_.front();
    }
    const auto folder = made != nullptr ? made->folder : own->group;
    memory_events_ = folder / (own->version == 1 ? "memory.oom_control" : "memory.events");
    killed_before_ = killed_for_memory(memory_events_);
}

std::optional<std::string> ControlGroups::out_of_memory() const {
    if (memory_events_.empty() || killed_for_memory(memory_events_) <= killed_before_) {
        return std::nullopt;
    }
    const auto* group = group_of("memory");
    return group != nullptr ? "limit " + group->limits.at("memory")
                            : "a limit from outside, or the machine's memory";
}

std::optional<std::string> ControlGroups::processes_refused() const {
    const auto* group = group_of("processes");
    if (group == nullptr) {
        return std::nullopt;
    }
    const auto events = machine::read_proc((group->folder / "pids.events").string()).value_or("");
    const auto times = event_count(events, "max").value_or(0);
    return times > 0 ? std::optional(fmt::format(
                           "the limit of {} processes and threads was reached {} time{}",
                           group->limits.at("processes"), times, times == 1 ? "" : "s"))
                     : std::nullopt;
}

void remove_groups_of(pid_t supervisor) {
    for (const auto* controller : {"memory", "pids"}) {
        auto own = machine::locate_own_group(controller);
        if (!own) {
            continue;
        }
        const bool in_leaf = own->group.filename() == leaf_name(supervisor);
        const auto parent = in_leaf ? own->group.parent_path() : own->group;
        remove_group(parent / group_name(supervisor));
        if (in_leaf) {
            reunite_group(own->group);
        }
    }
}

}  // namespace benchhost::process
