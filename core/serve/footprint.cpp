#include "core/serve/footprint.hpp"

#include "core/base/printable.hpp"
#include "core/machine/proc_file.hpp"
#include "core/process/log_tail.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace benchhost {
namespace {

constexpr auto kMoment = std::chrono::milliseconds(200);
constexpr auto kMostMoments = std::chrono::seconds(2);

std::uint64_t count_threads() { return machine::numbered_entries("/proc/self/task").size(); }

// A thread that is on its way out runs, or waits for a processor to do so; one that is left sleeps.
bool another_thread_runs() {
    const auto threads = machine::numbered_entries("/proc/self/task");
    return std::any_of(threads.begin(), threads.end(), [](pid_t thread) {
        return thread != ::gettid() && machine::is_runnable(thread);
    });
}

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
    const auto began = std::chrono::steady_clock::now();
    const auto lasts = [&](auto limit) { return std::chrono::steady_clock::now() < began + limit; };
    while (count_threads() > threads_ &&
           (lasts(kMoment) || (lasts(kMostMoments) && another_thread_runs()))) {
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
