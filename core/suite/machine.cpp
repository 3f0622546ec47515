#include "core/suite/machine.hpp"

#include "core/suite/system_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

namespace benchhost::suite {

using std::chrono::milliseconds;

std::optional<MachineTimes> parse_machine_times(const std::string& proc_stat,
                                                long ticks_per_second) {
    std::istringstream line(proc_stat.substr(0, proc_stat.find('\n')));
    std::string label;
    std::int64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0,
                 steal = 0;
    line >> label >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
    if (!line || label != "cpu" || ticks_per_second <= 0) {
        return std::nullopt;
    }
    const auto ticks = [&](std::int64_t count) {
        return Nanoseconds(count * (1'000'000'000 / ticks_per_second));
    };
    const auto busy = user + nice + system + irq + softirq;
    return MachineTimes{ticks(busy), ticks(steal), ticks(busy + steal + idle + iowait)};
}

std::optional<double> threads_running(const std::string& proc_stat) {
    const std::string key = "\nprocs_running ";
    const auto at = proc_stat.find(key);
    return at == std::string::npos
               ? std::nullopt
               : std::optional(
                     std::max(0.0, std::strtod(proc_stat.c_str() + at + key.size(), nullptr) - 1));
}

std::optional<MachineTimes> read_machine_times() {
    const auto text = read_system_file("/proc/stat");
    return text ? parse_machine_times(*text, ::sysconf(_SC_CLK_TCK)) : std::nullopt;
}

MachineShare share_between(const MachineTimes& begin, const MachineTimes& end,
                           Nanoseconds server_cpu, Nanoseconds client_cpu) {
    const double total = to_seconds(end.total - begin.total);
    if (total <= 0) {
        return {};
    }
    const double others = to_seconds(end.busy - begin.busy - server_cpu - client_cpu);
    return {to_seconds(end.steal - begin.steal) / total, std::max(0.0, others / total)};
}

ClockRate read_clock_rate() {
    ClockRate rate;
    const std::filesystem::path folder = "/sys/devices/system/cpu";
    // Processors are numbered without gaps, unless some are switched off.
    for (unsigned cpu = 0; cpu < std::max(1U, std::thread::hardware_concurrency()); ++cpu) {
        const auto own = folder / fmt::format("cpu{}", cpu);
        if (const auto khz = read_system_line(own / "cpufreq/scaling_cur_freq")) {
            rate.mhz = std::max(rate.mhz.value_or(0), std::strtod(khz->c_str(), nullptr) / 1000);
        }
        if (const auto count = read_system_line(own / "thermal_throttle/core_throttle_count")) {
            rate.throttled =
                rate.throttled.value_or(0) + std::strtoull(count->c_str(), nullptr, 10);
        }
    }
    return rate;
}

MachineLook look_at_machine() { return {read_machine_times(), read_clock_rate()}; }

results::MachineHealth health_between(const MachineLook& begin, const MachineLook& end,
                                      std::optional<Nanoseconds> server_cpu,
                                      Nanoseconds client_cpu) {
    // 50 ticks of each processor: a share is then off by a few hundredths at most.
    constexpr double kLongEnough = 0.5;
    results::MachineHealth health;
    health.mhz_begin = begin.clock.mhz;
    health.mhz_end = end.clock.mhz;
    if (begin.clock.throttled && end.clock.throttled &&
        *end.clock.throttled >= *begin.clock.throttled) {
        health.throttled = *end.clock.throttled - *begin.clock.throttled;
    }
    const double cpus = std::max(1U, std::thread::hardware_concurrency());
    if (begin.times && end.times && server_cpu &&
        to_seconds(end.times->total - begin.times->total) >= kLongEnough * cpus) {
        const auto share = share_between(*begin.times, *end.times, *server_cpu, client_cpu);
        health.steal = share.steal;
        health.others = share.others;
    }
    return health;
}

namespace {

std::uint64_t sockets_in_time_wait() {
    const auto text = read_system_file("/proc/net/sockstat");
    const auto at = text ? text->find(" tw ") : std::string::npos;
    return at == std::string::npos ? 0 : std::strtoull(text->c_str() + at + 4, nullptr, 10);
}

}  // namespace

Nanoseconds wait_until_calm(Nanoseconds patience, const std::atomic<bool>& stop) {
    // With this many threads running beside ours nothing that matters is going on; above this many
    // sockets the ephemeral ports (28,000 by default) could run out within one trial. A few looks
    // in a row, since one may fall into a gap; more would cost every trial more than they tell.
    const double most_running = 0.10 * std::max(1U, std::thread::hardware_concurrency());
    constexpr std::uint64_t kManyTimeWait = 10'000;
    constexpr int kCalmLooks = 4;
    constexpr auto kBetweenLooks = milliseconds(5);
    const auto start = std::chrono::steady_clock::now();
    const auto waited = [&] { return std::chrono::steady_clock::now() - start; };
    for (int calm = 0; !stop && waited() < patience;) {
        const auto others = threads_running(read_system_file("/proc/stat").value_or(""));
        const bool is_calm =
            others.value_or(0) <= most_running && sockets_in_time_wait() < kManyTimeWait;
        calm = is_calm ? calm + 1 : 0;
        if (calm == kCalmLooks) {
            break;
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
    return waited();
}

}  // namespace benchhost::suite
