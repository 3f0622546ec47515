#include "core/machine/calm.hpp"

#include "core/machine/proc_file.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace benchhost::machine {
namespace {

using std::chrono::milliseconds;

std::uint64_t sockets_in_time_wait() {
    const auto text = read_proc("/proc/net/sockstat");
    const auto at = text ? text->find(" tw ") : std::string::npos;
    return at == std::string::npos ? 0 : std::strtoull(text->c_str() + at + 4, nullptr, 10);
}

}  // namespace

std::optional<double> threads_running(const std::string& proc_stat) {
    const std::string key = "\nprocs_running ";
    const auto at = proc_stat.find(key);
    return at == std::string::npos
               ? std::nullopt
               : std::optional(
                     std::max(0.0, std::strtod(proc_stat.c_str() + at + key.size(), nullptr) - 1));
}

std::optional<double> busiest_share(const TimesByCpu& begin, const TimesByCpu& end,
                                    const WatchedCpus& cpus) {
    std::optional<double> busiest;
    for (const auto* side : {&cpus.server, &cpus.client}) {
        const auto before = sum_of(begin, *side);
        const auto after = sum_of(end, *side);
        if (before && after && after->total > before->total) {
            const auto share = share_between(*before, *after, Nanoseconds(0));
            busiest = std::max(busiest.value_or(0), share.others + share.steal);
        }
    }
    return busiest;
}

Nanoseconds wait_until_calm(Nanoseconds patience, const WatchedCpus& cpus,
                            const std::atomic<bool>& stop) {
    // Above so many sockets the ephemeral ports (28,000 by default) could run out within one trial.
    constexpr std::uint64_t kManyTimeWait = 10'000;
    // A few looks in a row at who runs, since one may fall into a gap; more would cost every trial
    // more than they tell.
    constexpr int kCalmLooks = 4;
    constexpr auto kBetweenLooks = milliseconds(5);
    // What runs elsewhere disturbs nobody; how busy our own processors are, which count in ticks of
    // 10 ms, takes longer to see.
    constexpr auto kBetweenTicks = milliseconds(100);
    constexpr double kBusy = 0.10;
    const auto start = std::chrono::steady_clock::now();
    const auto waited = [&] { return std::chrono::steady_clock::now() - start; };
    Nanoseconds since{};
    auto then = read_machine_times();
    for (int calm = 0; !stop && waited() < patience;) {
        const auto running = threads_running(read_proc("/proc/stat").value_or(""));
        calm = running.value_or(0) == 0 ? calm + 1 : 0;
        bool idle = calm >= kCalmLooks;
        if (waited() - since >= kBetweenTicks) {
            auto now = read_machine_times();
            idle = idle || busiest_share(then, now, cpus).value_or(1) <= kBusy;
            then = std::move(now);
            since = waited();
        }
        if (idle && sockets_in_time_wait() < kManyTimeWait) {
            break;
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
    return waited();
}

}  // namespace benchhost::machine
