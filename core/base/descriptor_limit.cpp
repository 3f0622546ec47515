#include "core/base/descriptor_limit.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace benchhost {
namespace {

std::uint64_t open_descriptors() {
    std::error_code error;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
         !error && entry != end; entry.increment(error)) {
        ++count;
    }
    return count;
}

}  // namespace

Result<DescriptorLimit> make_room_for_descriptors(std::uint64_t needed) {
    const std::uint64_t total = needed + open_descriptors();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return system_error(ErrorCode::environment, "cannot read the limit of open files", errno);
    }
    DescriptorLimit result;
    result.effective = limit.rlim_cur;
    if (total <= limit.rlim_cur) {
        return result;
    }
    rlimit raised{total, std::max<rlim_t>(total, limit.rlim_max)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) {
        raised = {limit.rlim_max, limit.rlim_max};
        if (total > limit.rlim_max || ::setrlimit(RLIMIT_NOFILE, &raised) != 0) {
            return Error{ErrorCode::environment,
                         fmt::format("the load needs {} open files, but only {} are allowed; raise "
                                     "the limit (ulimit -n {}) or use fewer connections",
                                     total, limit.rlim_max, total)};
        }
    }
    result.effective = raised.rlim_cur;
    result.raised = true;
    return result;
}

}  // namespace benchhost
