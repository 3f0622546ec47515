#include "core/suite/machine.hpp"

#include "core/suite/system_files.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
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

namespace {

std::uint64_t sockets_in_time_wait() {
    const auto text = read_system_file("/proc/net/sockstat");
    const auto at = text ? text->find(" tw ") : std::string::npos;
    return at == std::string::npos ? 0 : std::strtoull(text->c_str() + at + 4, nullptr, 10);
}

}  // namespace

void wait_until_calm(Nanoseconds patience, const std::atomic<bool>& stop) {
    // Below this share of busy time nothing that matters is running; above this many sockets the
    // ephemeral ports (28,000 by default) could run out within one trial.
    constexpr double kCalmShare = 0.10;
    constexpr std::uint64_t kManyTimeWait = 10'000;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto begin = read_machine_times();
    while (!stop && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(milliseconds(100));
        const auto end = read_machine_times();
        if (!begin || !end) {
            return;
        }
        const double total = to_seconds(end->total - begin->total);
        const double busy = to_seconds(end->busy - begin->busy);
        if (total > 0 && busy / total < kCalmShare && sockets_in_time_wait() < kManyTimeWait) {
            return;
        }
        begin = end;
    }
}

}  // namespace benchhost::suite
