#include "core/machine/group_location.hpp"

#include "core/machine/proc_file.hpp"

#include <sstream>

namespace benchhost::machine {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

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

std::optional<GroupLocation> locate_own_group(const std::string& controller) {
    return locate_group(controller, read_proc("/proc/self/cgroup").value_or(""),
                        read_proc("/proc/self/mountinfo").value_or(""));
}

}  // namespace benchhost::machine
