#include "core/process/systemd_scope.hpp"

#include "core/machine/group_location.hpp"
#include "core/machine/proc_file.hpp"
#include "core/process/run_program.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <vector>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A systemd that is well answers within some milliseconds. Together they are less than a server has
// to be spawned: one that is not well costs a limit and no row.
constexpr auto kPatience = milliseconds(2000);
constexpr auto kAnswerPatience = milliseconds(2000);

struct Harmless {
    const char* file;
    const char* value;  ///< how it begins when nothing is limited
};
constexpr std::array<Harmless, 9> kHarmless{{{"cpu.max", "max"},
                                             {"cpu.weight", "100\n"},
                                             {"cpu.idle", "0\n"},
                                             {"cpuset.cpus", "\n"},
                                             {"cpuset.mems", "\n"},
                                             {"memory.max", "max"},
                                             {"memory.high", "max"},
                                             {"memory.swap.max", "max"},
                                             {"io.max", "\n"}}};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string user_service(uid_t uid) { return fmt::format("user@{}.service", uid); }

// From `own` up, `kept` left out.
std::vector<fs::path> groups_between(const fs::path& own, const fs::path& kept) {
    std::vector<fs::path> groups;
    for (fs::path group = own; group != kept && group.has_relative_path();
         group = group.parent_path()) {
        groups.push_back(group);
    }
    return groups;
}

std::vector<std::string> busctl_arguments(const ScopePlace& place, const std::string& name,
                                          std::optional<std::uint64_t> processes) {
    std::vector<std::string> words{"--timeout=2", "--quiet"};
    if (place.user_manager) {
        // Not --user, which needs an environment that su and cron do not set.
        words.push_back(fmt::format("--address=unix:path=/run/user/{}/bus", ::geteuid()));
    }
    std::vector<std::string> properties{
        "PIDs", "au", "1", std::to_string(::getpid()),
        // No more than is needed: every controller changes how the groups around share.
        "DelegateControllers", "as", "2", "memory", "pids",
        // Without it systemd has a default, which could be below the limit for the server.
        "TasksMax", "t", std::to_string(processes.value_or(UINT64_MAX)),
        // A scope in which something was killed for want of memory is to be forgotten as well.
        "CollectMode", "s", "inactive-or-failed", "Description", "s",
        "A server measured by benchhost"};
    int count = 5;
    if (!place.slice.empty()) {
        properties.insert(properties.end(), {"Slice", "s", place.slice});
        ++count;
    }
    const std::vector<std::string> call{"call",
                                        "org.freedesktop.systemd1",
                                        "/org/freedesktop/systemd1",
                                        "org.freedesktop.systemd1.Manager",
                                        "StartTransientUnit",
                                        "ssa(sv)a(sa(sv))",
                                        name + ".scope",
                                        "fail",
                                        std::to_string(count)};
    words.insert(words.end(), call.begin(), call.end());
    words.insert(words.end(), properties.begin(), properties.end());
    words.push_back("0");
    return words;
}

}  // namespace

Result<ScopePlace> scope_place(const std::string& own, uid_t uid) {
    ScopePlace place;
    bool inside_manager = false;  // of a user, whose slices are not the system's
    std::string path;
    for (const auto& part : fs::path(own).relative_path()) {
        const auto name = part.string();
        path += "/" + name;
        if (name == user_service(uid)) {
            place = {true, "", path};
            inside_manager = true;
        } else if (name.starts_with("user@") && name.ends_with(".service")) {
            inside_manager = true;
        } else if (name.ends_with(".slice") && inside_manager == place.user_manager) {
            place.slice = name;
            place.kept = path;
        }
    }
    if (place.user_manager || (uid == 0 && !place.kept.empty())) {
        return place;
    }
    const auto slice = fmt::format("/user.slice/user-{}.slice", uid);
    if (uid != 0 && own.starts_with(slice + "/")) {
        return ScopePlace{true, "", slice};
    }
    return Error{ErrorCode::environment,
                 fmt::format("a scope of systemd would be outside of control group {}", own)};
}

std::optional<std::string> limit_left(const fs::path& own, const fs::path& kept) {
    for (const auto& group : groups_between(own, kept)) {
        for (const auto& [file, harmless] : kHarmless) {
            const auto value = machine::read_proc((group / file).string()).value_or("");
            if (!value.empty() && !value.starts_with(harmless)) {
                return fmt::format("{} is {} in {}", file, first_line(value), group.string());
            }
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> most_processes(const fs::path& own, const fs::path& kept) {
    std::optional<std::uint64_t> least;
    for (const auto& group : groups_between(own, kept)) {
        const auto value = machine::read_proc((group / "pids.max").string()).value_or("max");
        const auto most = parse_count(first_line(value), 0, UINT64_MAX);
        if (most && (!least || *most < *least)) {
            least = *most;
        }
    }
    return least;
}

Status enter_scope(const ScopePlace& place, const std::string& name,
                   std::optional<std::uint64_t> processes) {
    const auto limit = steady_clock::now() + kPatience;
    const auto before = machine::read_proc("/proc/self/cgroup");
    const auto asked =
        run_program("/usr/bin/busctl", busctl_arguments(place, name, processes), kPatience);
    const std::string manager = place.user_manager ? "the user's systemd" : "systemd";
    if (!asked) {
        return with_context(manager + " could not be asked for a scope", asked.error());
    }
    if (!asked->succeeded()) {
        return Error{ErrorCode::environment,
                     fmt::format("{} gives no scope: {}", manager, first_line(asked->errors))};
    }
    // The answer is that the job was taken on; it is done when we are there.
    while (machine::read_proc("/proc/self/cgroup") == before) {
        if (steady_clock::now() > limit) {
            return Error{ErrorCode::environment, manager + " has not moved us to the scope"};
        }
        std::this_thread::sleep_for(milliseconds(2));
    }
    return {};
}

bool user_manager_delegates(const std::string& own, uid_t uid) {
    const auto unit = fs::path(own).filename().string();
    if (own.find("/" + user_service(uid) + "/") == std::string::npos || unit.starts_with('-')) {
        return false;
    }
    const auto told = run_program("/usr/bin/systemctl",
                                  {"--user", "show", "--property=Delegate", unit}, kAnswerPatience);
    return told && told->succeeded() && told->output == "Delegate=yes\n";
}

}  // namespace benchhost::process
