#include "core/machine/freezer.hpp"

#include "core/machine/group_location.hpp"
#include "core/machine/proc_file.hpp"

#include <fmt/format.h>

namespace benchhost::machine {

std::optional<std::filesystem::path> freezer_of(pid_t process) {
    const auto location =
        locate_group("freezer", read_proc(fmt::format("/proc/{}/cgroup", process)).value_or(""),
                     read_proc("/proc/self/mountinfo").value_or(""));
    return location ? std::optional(location->group /
                                    (location->version == 2 ? "cgroup.events" : "freezer.state"))
                    : std::nullopt;
}

bool says_frozen(const std::string& text) {
    return has_word(text, "frozen 1", '\n') || has_word(text, "FROZEN", '\n');
}

}  // namespace benchhost::machine
