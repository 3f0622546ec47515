#include "core/machine/process_tree.hpp"

#include "core/base/printable.hpp"
#include "core/machine/proc_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

namespace benchhost::machine {
namespace {

// Above it one look at every process of the machine costs less than one at every thread.
constexpr std::size_t kFewThreads = 32;

using ParentOf = std::vector<std::pair<pid_t, pid_t>>;  // process, parent

ParentOf read_parents() {
    ParentOf parents;
    for (const pid_t pid : numbered_entries("/proc")) {
        if (const auto stat = read_stat(pid)) {
            parents.emplace_back(pid, stat->parent);
        }
    }
    return parents;
}

// Each thread lists the children that it forked; nothing when the kernel does not tell.
std::optional<std::vector<pid_t>> listed_children(pid_t parent) {
    const auto threads = numbered_entries(fmt::format("/proc/{}/task", parent));
    if (threads.size() > kFewThreads) {
        return std::nullopt;
    }
    std::vector<pid_t> children;
    bool told = threads.empty();
    for (const pid_t thread : threads) {
        const auto list = read_proc(fmt::format("/proc/{}/task/{}/children", parent, thread));
        if (!list) {
            continue;
        }
        told = true;
        std::istringstream numbers(*list);
        for (pid_t child = 0; numbers >> child;) {
            children.push_back(child);
        }
    }
    return told ? std::optional(std::move(children)) : std::nullopt;
}

}  // namespace

std::vector<pid_t> descendants(pid_t root) {
    std::vector<pid_t> found;
    std::optional<ParentOf> parents;
    std::vector<pid_t> unexplored{root};
    for (std::size_t next = 0; next < unexplored.size(); ++next) {
        const pid_t parent = unexplored[next];
        auto children = listed_children(parent);
        if (!children) {
            if (!parents) {
                parents = read_parents();
            }
            children.emplace();
            for (const auto& [pid, its_parent] : *parents) {
                if (its_parent == parent) {
                    children->push_back(pid);
                }
            }
        }
        for (const pid_t child : *children) {
            // A number that was reused while we looked could otherwise make a circle.
            if (std::find(unexplored.begin(), unexplored.end(), child) == unexplored.end()) {
                unexplored.push_back(child);
                found.push_back(child);
            }
        }
    }
    return found;
}

std::vector<pid_t> living(const std::vector<pid_t>& pids) {
    std::vector<pid_t> alive;
    for (const pid_t pid : pids) {
        const auto stat = read_stat(pid);
        if (stat && stat->state != 'Z' && stat->state != 'X') {
            alive.push_back(pid);
        }
    }
    return alive;
}

std::string process_label(pid_t pid) {
    auto name = read_proc(fmt::format("/proc/{}/comm", pid)).value_or("?");
    while (!name.empty() && name.back() == '\n') {
        name.pop_back();
    }
    return fmt::format("{}({})", printable(name), pid);
}

std::vector<pid_t> session_members(pid_t session) {
    std::vector<pid_t> members;
    for (const pid_t pid : numbered_entries("/proc")) {
        const auto stat = read_stat(pid);
        if (stat && stat->session == session && stat->state != 'Z') {
            members.push_back(pid);
        }
    }
    return members;
}

}  // namespace benchhost::machine
