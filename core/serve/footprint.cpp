#include "core/serve/footprint.hpp"

#include "core/base/printable.hpp"
#include "core/machine/proc_file.hpp"
#include "core/process/log_tail.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>

namespace benchhost {
namespace {

constexpr auto kMoment = std::chrono::milliseconds(200);

std::uint64_t count_threads() { return machine::numbered_entries("/proc/self/task").size(); }

}  // namespace

Footprint Footprint::take() {
    Footprint footprint;
    for (const int descriptor : machine::numbered_entries("/proc/self/fd")) {
        std::array<char, 256> target{};
        const ssize_t size = ::readlink(fmt::format("/proc/self/fd/{}", descriptor).c_str(),
                                        target.data(), target.size());
        if (size > 0) {  // else it was the one by which the folder was read
            footprint.descriptors_[descriptor] =
                printable({target.data(), static_cast<std::size_t>(size)});
        }
    }
    footprint.threads_ = count_threads();
    return footprint;
}

process::Leftovers Footprint::left_since() const {
    const auto until = std::chrono::steady_clock::now() + kMoment;
    while (count_threads() > threads_ && std::chrono::steady_clock::now() < until) {
        ::poll(nullptr, 0, 1);
    }
    const Footprint now = take();
    process::Leftovers left;
    for (const auto& [descriptor, target] : now.descriptors_) {
        const auto before = descriptors_.find(descriptor);
        if (before == descriptors_.end() || before->second != target) {
            left.descriptors.push_back(target);
        }
    }
    left.threads = now.threads_ > threads_ ? now.threads_ - threads_ : 0;
    return left;
}

}  // namespace benchhost
