#include "core/machine/descriptors.hpp"

#include "core/machine/proc_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace benchhost::machine {
namespace {

/// Instead of close_range(), which kernels before 5.9 do not have and some containers forbid.
Result<std::vector<int>> open_descriptors(int why_not_at_once) {
    auto found = numbered_entries("/proc/self/fd");
    if (found.empty()) {
        return system_error(ErrorCode::environment,
                            "cannot close inherited descriptors: /proc/self/fd cannot be read, and "
                            "close_range",
                            why_not_at_once);
    }
    return found;
}

}  // namespace

Status close_descriptors(int first, int kept) {
    const bool below = kept <= first || ::close_range(static_cast<unsigned>(first),
                                                      static_cast<unsigned>(kept) - 1, 0) == 0;
    if (below && ::close_range(static_cast<unsigned>(std::max(first, kept + 1)), ~0U, 0) == 0) {
        return {};
    }
    const auto open = open_descriptors(errno);
    if (!open) {
        return open.error();
    }
    for (const int descriptor : *open) {
        if (descriptor >= first && descriptor != kept) {
            ::close(descriptor);  // that of the folder itself is closed already
        }
    }
    return {};
}

Status close_on_exec_from(int first) {
    if (::close_range(static_cast<unsigned>(first), ~0U, CLOSE_RANGE_CLOEXEC) == 0) {
        return {};
    }
    const auto open = open_descriptors(errno);
    if (!open) {
        return open.error();
    }
    for (const int descriptor : *open) {
        if (descriptor >= first) {
            ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        }
    }
    return {};
}

}  // namespace benchhost::machine
