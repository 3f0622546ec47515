#include "core/process/group_division.hpp"

#include "core/machine/group_location.hpp"
#include "core/machine/proc_file.hpp"
#include "core/machine/process_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "benchhost-";
constexpr std::string_view kLeafSuffix = "-ours";
// A process that was forked while its parent was being moved is seen by the next look.
constexpr int kLooks = 20;

std::string text_of(const fs::path& group, const char* file) {
    return machine::read_proc((group / file).string()).value_or("");
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    return words;
}

// 0 stands for a process that our process id namespace does not know.
std::vector<pid_t> members_of(const fs::path& group) {
    std::istringstream stream(text_of(group, "cgroup.procs"));
    std::vector<pid_t> members;
    for (pid_t pid = 0; stream >> pid;) {
        members.push_back(pid);
    }
    return members;
}

// The kernel has no such file at the top, which may also have processes while it hands down.
bool is_top(const fs::path& group) {
    std::error_code error;
    return !fs::exists(group / "cgroup.type", error);
}

// The groups of a user's own systemd are all his; of the others he owns what he was given.
bool is_given(const fs::path& group) {
    struct stat status {};
    return ::geteuid() != 0 && ::stat(group.c_str(), &status) == 0 &&
           status.st_uid == ::geteuid() && group.string().find("/user@") == std::string::npos;
}

bool is_marked(const fs::path& group) {
    std::array<char, 8> value{};
    const auto says_yes = [&](const char* name) {
        return ::getxattr(group.c_str(), name, value.data(), value.size()) == 1 && value[0] == '1';
    };
    // The first can be read by everybody; the second, of older systemds, by root.
    return says_yes("user.delegate") || says_yes("trusted.delegate");
}

Error refusal(const fs::path& group, const std::string& why) {
    return {ErrorCode::environment, fmt::format("control group {} {}", group.string(), why)};
}

// Without `ours`: whoever is there.
Status move_members(const fs::path& from, const fs::path& to, const std::vector<pid_t>* ours) {
    for (int look = 0; look < kLooks; ++look) {
        const auto members = members_of(from);
        if (members.empty()) {
            return {};
        }
        for (const pid_t pid : members) {
            if (ours != nullptr && std::find(ours->begin(), ours->end(), pid) == ours->end()) {
                return refusal(from, fmt::format("has a process of others, {}: benchhost has to be "
                                                 "the only program in a delegated group",
                                                 machine::process_label(pid)));
            }
            const int error =
                machine::write_proc((to / "cgroup.procs").string(), std::to_string(pid));
            if (error != 0 && error != ESRCH) {
                return system_error(ErrorCode::environment,
                                    fmt::format("cannot move {} to control group {}",
                                                machine::process_label(pid), to.string()),
                                    error);
            }
        }
    }
    return refusal(from, "gets new processes all the time");
}

// Names hold the process id namespace too: several of them, such as containers, may share one tree
// of groups, and a number says nothing about a process of another.
std::string namespace_of_pids() {
    struct stat status {};
    return ::stat("/proc/self/ns/pid", &status) == 0 ? std::to_string(status.st_ino) : "0";
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 11 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

struct Maker {
    std::string pids;  ///< the process id namespace of the supervisor
    std::string supervisor;
};

// Of "benchhost-4026531836-4711" or "benchhost-4026531836-4711-ours", not of other names.
std::optional<Maker> maker_of(std::string_view name) {
    if (!name.starts_with(kPrefix)) {
        return std::nullopt;
    }
    name.remove_prefix(kPrefix.size());
    if (name.ends_with(kLeafSuffix)) {
        name.remove_suffix(kLeafSuffix.size());
    }
    const auto dash = std::min(name.find('-'), name.size());
    const auto supervisor = name.substr(std::min(dash + 1, name.size()));
    return is_number(name.substr(0, dash)) && is_number(supervisor)
               ? std::optional(Maker{std::string(name.substr(0, dash)), std::string(supervisor)})
               : std::nullopt;
}

bool is_leaf(const fs::path& group) {
    const auto name = group.filename().string();
    return maker_of(name) && name.ends_with(kLeafSuffix);
}

std::vector<fs::path> our_groups_below(const fs::path& parent) {
    std::vector<fs::path> groups;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
        if (maker_of(entry.path().filename().string())) {
            groups.push_back(entry.path());
        }
    }
    return groups;
}

}  // namespace

bool is_delegated(const fs::path& group) {
    for (const auto& path : {group, group / "cgroup.procs", group / "cgroup.subtree_control"}) {
        if (::access(path.c_str(), W_OK) != 0) {
            return false;
        }
    }
    return is_marked(group) || is_given(group) || ::access("/run/systemd/system", F_OK) != 0;
}

Status divide_group(const fs::path& group, const std::vector<std::string>& wanted,
                    const std::string& leaf, const std::vector<pid_t>& ours) {
    const auto there = words_of(text_of(group, "cgroup.controllers"));
    std::string enable;
    for (const auto& controller : wanted) {
        if (std::find(there.begin(), there.end(), controller) != there.end()) {
            enable += (enable.empty() ? "+" : " +") + controller;
        }
    }
    if (enable.empty()) {
        return refusal(group, fmt::format("has no controller for {}", fmt::join(wanted, " and ")));
    }
    const bool top = is_top(group);
    if (!top && (text_of(group, "cgroup.type") != "domain\n" ||
                 !words_of(text_of(group, "cgroup.subtree_control")).empty())) {
        return refusal(group, "is threaded or in use already");
    }
    const auto folder = group / leaf;
    if (!top) {
        if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
            return system_error(ErrorCode::environment, "cannot make " + folder.string(), errno);
        }
        if (auto moved = move_members(group, folder, &ours); !moved) {
            reunite_group(folder);
            return moved;
        }
    }
    // In one write, and with memory where it is known: a group that has got a process again takes
    // the process controller alone, and becomes threaded by it.
    if (!machine::has_word(enable, "+memory", ' ') &&
        std::find(there.begin(), there.end(), "memory") != there.end()) {
        enable += " +memory";
    }
    const auto control = group / "cgroup.subtree_control";
    if (const int error = machine::write_proc(control.string(), enable); error != 0) {
        if (!top) {
            reunite_group(folder);
        }
        return system_error(ErrorCode::environment,
                            fmt::format("cannot write {} to {}", enable, control.string()), error);
    }
    return {};
}

void reunite_group(const fs::path& leaf) {
    const auto parent = leaf.parent_path();
    for (const auto& group : our_groups_below(parent)) {
        if (group != leaf && !is_leaf(group)) {
            return;
        }
    }
    for (const auto& controller : words_of(text_of(parent, "cgroup.subtree_control"))) {
        machine::write_proc((parent / "cgroup.subtree_control").string(), "-" + controller);
    }
    if (const auto moved = move_members(leaf, parent, nullptr); moved) {
        remove_group(leaf);
    }
}

std::string group_name(pid_t supervisor) {
    return fmt::format("{}{}-{}", kPrefix, namespace_of_pids(), supervisor);
}

std::string leaf_name(pid_t supervisor) {
    return fmt::format("{}{}", group_name(supervisor), kLeafSuffix);
}

void sweep_groups(const fs::path& parent) {
    const auto own = namespace_of_pids();
    auto groups = our_groups_below(parent);
    // Servers' groups before leaves, which stay as long as there is one.
    std::partition(groups.begin(), groups.end(), [](const auto& group) { return !is_leaf(group); });
    for (const auto& group : groups) {
        const auto maker = *maker_of(group.filename().string());
        if (maker.pids != own || ::access(("/proc/" + maker.supervisor).c_str(), F_OK) == 0) {
            continue;
        }
        if (is_leaf(group)) {
            reunite_group(group);
        } else {
            ::rmdir(group.c_str());
        }
    }
}

void remove_group(const fs::path& folder) {
    // The kernel takes a moment to forget members that have just ended.
    for (int attempt = 0; attempt < 50 && ::rmdir(folder.c_str()) != 0 && errno == EBUSY;
         ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

std::optional<std::uint64_t> event_count(const std::string& events, const std::string& name) {
    std::istringstream words(events);
    std::string key;
    std::uint64_t count = 0;
    while (words >> key >> count) {
        if (key == name) {
            return count;
        }
    }
    return std::nullopt;
}

}  // namespace benchhost::process
