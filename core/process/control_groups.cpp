#include "core/process/control_groups.hpp"

#include "core/process/proc_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <sstream>
#include <system_error>
#include <thread>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;

bool has_word(const std::string& text, const std::string& word, char separator) {
    std::istringstream words(text);
    for (std::string candidate; std::getline(words, candidate, separator);) {
        while (!candidate.empty() && candidate.back() == '\n') {
            candidate.pop_back();
        }
        if (candidate == word) {
            return true;
        }
    }
    return false;
}

struct Mount {
    std::string root;
    std::string point;
};

// A line is: id parent device root point options [tags] - type source super-options
std::optional<Mount> find_mount(const std::string& mountinfo, const std::string& type,
                                const std::string& controller) {
    std::istringstream lines(mountinfo);
    for (std::string line; std::getline(lines, line);) {
        const auto dash = line.find(" - ");
        if (dash == std::string::npos) {
            continue;
        }
        std::istringstream front(line.substr(0, dash));
        std::istringstream back(line.substr(dash + 3));
        std::string skipped;
        Mount mount;
        std::string found_type;
        std::string options;
        front >> skipped >> skipped >> skipped >> mount.root >> mount.point;
        back >> found_type >> skipped >> options;
        if (found_type == type && (controller.empty() || has_word(options, controller, ','))) {
            return mount;
        }
    }
    return std::nullopt;
}

// The path of our group as the mount shows it: a container sees only a part of the hierarchy.
fs::path folder_in(const Mount& mount, const std::string& path) {
    std::string below = path;
    if (mount.root != "/" && below.starts_with(mount.root)) {
        below.erase(0, mount.root.size());
    }
    return below.empty() || below == "/"
               ? fs::path(mount.point)
               : fs::path(mount.point + (below.front() == '/' ? "" : "/") + below);
}

// "not ours to write" in words that fit behind "not enforced: ".
Error cannot(const std::string& what, const fs::path& path, int error_number) {
    return system_error(ErrorCode::environment, fmt::format("cannot {} {}", what, path.string()),
                        error_number);
}

bool hands_down(const fs::path& parent, const std::string& controller) {
    const auto control = (parent / "cgroup.subtree_control").string();
    const auto enabled = read_proc(control);
    return enabled &&
           (has_word(*enabled, controller, ' ') || write_proc(control, "+" + controller) == 0);
}

// Groups named after a supervisor that is no more.
void sweep(const fs::path& parent) {
    constexpr std::string_view kPrefix = "benchhost-";
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(kPrefix) &&
            !fs::exists("/proc/" + name.substr(kPrefix.size()), error)) {
            ::rmdir(entry.path().c_str());
        }
    }
}

}  // namespace

std::optional<GroupLocation> locate_group(const std::string& controller,
                                          const std::string& proc_cgroup,
                                          const std::string& mountinfo) {
    std::optional<GroupLocation> unified;
    std::istringstream lines(proc_cgroup);
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) {
            continue;
        }
        const auto controllers = line.substr(first + 1, second - first - 1);
        const auto path = line.substr(second + 1);
        if (has_word(controllers, controller, ',')) {
            const auto mount = find_mount(mountinfo, "cgroup", controller);
            return mount ? std::optional(GroupLocation{1, mount->point, folder_in(*mount, path)})
                         : std::nullopt;
        }
        if (controllers.empty()) {
            if (const auto mount = find_mount(mountinfo, "cgroup2", "")) {
                unified = GroupLocation{2, mount->point, folder_in(*mount, path)};
            }
        }
    }
    return unified;
}

Result<ControlGroups::Group*> ControlGroups::group_for(const std::string& controller,
                                                       const std::string& name) {
    const auto location = locate_group(controller, read_proc("/proc/self/cgroup").value_or(""),
                                       read_proc("/proc/self/mountinfo").value_or(""));
    if (!location) {
        return Error{ErrorCode::environment,
                     fmt::format("no control group with {} is mounted", controller)};
    }
    // A process is in one version 2 group only: both limits go there.
    for (auto& group : groups_) {
        if (group.location.version == 2 && location->version == 2 &&
            hands_down(group.folder.parent_path(), controller)) {
            return &group;
        }
    }
    Error last{ErrorCode::environment,
               fmt::format("{} is not handed down to {}; start benchhost in a group delegated to "
                           "it, such as by systemd-run --scope -p Delegate=yes",
                           controller, location->group.string())};
    for (fs::path parent = location->group;; parent = parent.parent_path()) {
        if (location->version == 1 || hands_down(parent, controller)) {
            sweep(parent);
            const fs::path folder = parent / name;
            if (::mkdir(folder.c_str(), 0755) == 0) {
                groups_.push_back({*location, folder, false});
                return &groups_.back();
            }
            last = cannot("make", folder, errno);
        }
        if (location->version == 1 || parent == location->mount || !parent.has_relative_path()) {
            return last;
        }
    }
}

Status ControlGroups::limit(const std::string& controller, std::uint64_t most,
                            const std::string& name) {
    auto group = group_for(controller, name);
    if (!group) {
        return group.error();
    }
    const bool memory = controller == "memory";
    const bool old = (*group)->location.version == 1;
    const fs::path& folder = (*group)->folder;
    const auto file = folder / (!memory ? "pids.max"
                                : old   ? "memory.limit_in_bytes"
                                        : "memory.max");
    if (const int error = write_proc(file.string(), std::to_string(most)); error != 0) {
        return cannot("write", file, error);
    }
    if (memory) {
        (*group)->limits_memory = true;
        // Without it the server would be swapped instead of stopped; absent where nothing swaps.
        write_proc((folder / (old ? "memory.memsw.limit_in_bytes" : "memory.swap.max")).string(),
                   old ? std::to_string(most) : "0");
    }
    const auto shown = memory ? format_bytes(most) : std::to_string(most);
    effective_[memory ? "memory" : "processes"] =
        fmt::format("{} (cgroup v{})", shown, (*group)->location.version);
    return {};
}

ControlGroups ControlGroups::make(const ProcessLimits& limits, const std::string& name) {
    ControlGroups groups;
    groups.memory_ = limits.memory;
    if (limits.memory) {
        if (const auto done = groups.limit("memory", *limits.memory, name); !done) {
            groups.effective_["memory"] = "not enforced: " + done.error().message;
        }
    }
    if (limits.processes) {
        if (const auto done = groups.limit("pids", *limits.processes, name); !done) {
            groups.effective_["processes"] = "not enforced: " + done.error().message;
        }
    }
    return groups;
}

ControlGroups::~ControlGroups() {
    for (const auto& group : groups_) {
        remove_group(group.folder.string());
    }
}

Status ControlGroups::join() const {
    for (const auto& group : groups_) {
        const auto file = group.folder / "cgroup.procs";
        if (const int error = write_proc(file.string(), "0"); error != 0) {
            return cannot("join by", file, error);
        }
    }
    return {};
}

std::vector<std::string> ControlGroups::folders() const {
    std::vector<std::string> folders;
    for (const auto& group : groups_) {
        folders.push_back(group.folder.string());
    }
    return folders;
}

std::optional<std::string> ControlGroups::out_of_memory() const {
    for (const auto& group : groups_) {
        const bool old = group.location.version == 1;
        const auto events =
            group.limits_memory
                ? read_proc(
                      (group.folder / (old ? "memory.oom_control" : "memory.events")).string())
                : std::nullopt;
        std::istringstream words(events.value_or(""));
        std::string key;
        std::uint64_t count = 0;
        while (words >> key >> count) {
            if (key == "oom_kill" && count > 0 && memory_) {
                return "limit " + format_bytes(*memory_);
            }
        }
    }
    return std::nullopt;
}

void remove_group(const std::string& folder) {
    // The kernel takes a moment to forget members that have just ended.
    for (int attempt = 0; attempt < 50 && ::rmdir(folder.c_str()) != 0 && errno == EBUSY;
         ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

}  // namespace benchhost::process
