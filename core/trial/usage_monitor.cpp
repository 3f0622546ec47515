#include "core/trial/usage_monitor.hpp"

#include "core/machine/freezer.hpp"
#include "core/machine/network_limits.hpp"
#include "core/machine/proc_file.hpp"
#include "core/machine/rest.hpp"
#include "core/trial/verdict.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace benchhost::trial {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {
constexpr auto kInterval = milliseconds(100);
constexpr int kIntervalsPerPss = 10;
constexpr auto kUntilIdle = milliseconds(50);  // it closes the connections of the load
constexpr auto kIdleLook = milliseconds(100);
constexpr auto kUntilRun = milliseconds(500);

// Threads that ended within the window have taken their counts along: less than before is unknown.
std::optional<std::uint64_t> increase(const std::optional<std::uint64_t>& before,
                                      const std::optional<std::uint64_t>& after) {
    return before && after && *after >= *before ? std::optional(*after - *before) : std::nullopt;
}

// Below what was used before, by more than the ticks that count the children of each process.
bool is_less(Nanoseconds cpu, const machine::TreeUsage& before) {
    constexpr auto kRounding = milliseconds(20);  // a tick of user time and one of the system's
    return cpu + kRounding * static_cast<std::int64_t>(before.processes + 1) < before.cpu;
}
}  // namespace

UsageMonitor::UsageMonitor(RunningServer& server, machine::WatchedCpus cpus,
                           std::atomic<bool>& stop, const std::atomic<bool>& interrupted)
    : server_(server), cpus_(std::move(cpus)), stop_(stop), interrupted_(interrupted) {
    if (const auto pid = server_.pid()) {
        freezer_ = machine::freezer_of(*pid);
    }
    idle_ = sample(true);
    // From here on, since many connections at once come before the window.
    listen_overflows_before_ = machine::read_listen_overflows();
    quotas_ = machine::look_at_quotas(server_.pid());
    thread_ = std::thread([this] { run(); });
}

UsageMonitor::~UsageMonitor() { finish(); }

// Under mutex_, or before the thread has started.
std::optional<machine::TreeUsage> UsageMonitor::sample(bool with_pss) {
    auto usage = server_.usage(with_pss);
    if (usage) {
        // Of a frozen group the processes look as if they slept.
        if (freezer_ && machine::says_frozen(machine::read_proc(*freezer_).value_or(""))) {
            usage->stopped = usage->processes;
        }
        lost_cpu_ = lost_cpu_ || (!window_end_ && !samples_.empty() &&
                                  is_less(usage->cpu, samples_.back().usage));
        samples_.push_back({steady_clock::now(), *usage});
        if (usage->pss_bytes) {
            pss_peak_ = std::max(pss_peak_.value_or(0), *usage->pss_bytes);
        }
    }
    return usage;
}

void UsageMonitor::run() {
    std::unique_lock lock(mutex_);
    for (int tick = 1; !finished_; ++tick) {
        if (wake_.wait_for(lock, kInterval, [this] { return finished_; })) {
            break;
        }
        sample(tick % kIntervalsPerPss == 0);
        if (quotas_.any()) {
            quotas_ = machine::look_at_quotas(server_.pid());
        }
        if (!fault_) {
            fault_ = server_.fault();
        }
        if (fault_ || interrupted_) {
            stop_ = true;
        }
    }
}

machine::ThreadTimes UsageMonitor::thread_times(bool with_sleeps) const {
    const auto pid = server_.pid();
    return pid ? machine::read_thread_times(*pid, with_sleeps) : machine::ThreadTimes();
}

void UsageMonitor::begin_window() {
    const std::lock_guard lock(mutex_);
    window_begin_ = sample(true);  // the thorough look, so that both edges know the same
    lost_cpu_ = false;
    threads_begin_ = thread_times();
    window_begin_at_ = steady_clock::now();
    machine_begin_ = machine::look_at_machine(cpus_, server_.pid());
    // A quota that stops the generator stops this thread as well: a look that it takes now may come
    // after the stop that it is to find.
    machine_begin_->quotas = quotas_;
}

void UsageMonitor::end_window() {
    const std::lock_guard lock(mutex_);
    machine_end_ = machine::look_at_machine(cpus_, server_.pid());
    window_end_at_ = steady_clock::now();
    // Whether others had the processors is then told by who waited for them; ticks are counted a
    // little apart from this clock.
    const bool waits_decide = window_end_at_ - window_begin_at_ < 2 * machine::kLongEnough;
    threads_end_ = thread_times(waits_decide);
    const auto looked_at = steady_clock::now();
    window_end_ = sample(true);
    if (const auto pid = server_.pid(); pid && waits_decide) {
        threads_end_ =
            machine::with_waits_under_way(std::move(threads_end_), looked_at, *pid, kUntilRun)
                .value_or(machine::ThreadTimes());
    }
}

void UsageMonitor::finish() {
    {
        const std::lock_guard lock(mutex_);
        if (finished_) {
            return;
        }
        finished_ = true;
    }
    wake_.notify_all();
    thread_.join();
    if (!fault_) {
        fault_ = server_.fault();
    }
    after_ = sample(false);
    listen_overflows_after_ = machine::read_listen_overflows();
    if (const auto conntrack = machine::read_conntrack()) {
        conntrack_ = conntrack->share();
    }
}

std::optional<Nanoseconds> UsageMonitor::window_cpu() const {
    if (!window_begin_ || !window_end_ || lost_cpu_ || window_end_->cpu < window_begin_->cpu) {
        return std::nullopt;
    }
    return window_end_->cpu - window_begin_->cpu;
}

std::optional<model::MachineHealth> UsageMonitor::machine(Nanoseconds client_cpu) const {
    if (!machine_begin_ || !machine_end_) {
        return std::nullopt;
    }
    auto health =
        machine::health_between(*machine_begin_, *machine_end_, cpus_, window_cpu(), client_cpu);
    health.listen_overflows = increase(listen_overflows_before_, listen_overflows_after_);
    health.conntrack = conntrack_;
    if (!samples_.empty()) {
        health.server_stopped_s = to_seconds(stopped_since(window_begin_at_, samples_));
    }
    return health;
}

results::ServerUsage UsageMonitor::summary(std::uint64_t ok_answers) const {
    results::ServerUsage usage;
    if (const auto cpu = window_cpu()) {
        usage.cpu_s = to_seconds(*cpu);
        if (ok_answers > 0) {
            usage.cpu_us_per_request = to_seconds(*cpu) * 1e6 / static_cast<double>(ok_answers);
        }
        usage.voluntary_switches =
            increase(window_begin_->voluntary_switches, window_end_->voluntary_switches);
        usage.involuntary_switches =
            increase(window_begin_->involuntary_switches, window_end_->involuntary_switches);
    }
    if (const auto work = machine::work_between(threads_begin_, threads_end_,
                                                window_end_at_ - window_begin_at_)) {
        usage.least_busy_thread = work->least;
        usage.busiest_thread = work->most;
    }
    if (const auto waited = machine::waited_between(threads_begin_, threads_end_)) {
        usage.run_delay_s = to_seconds(*waited);
    }
    if (cpus_.server_may_use > 0) {
        const auto quota = machine::tightest(quotas_.server);
        const auto processors = static_cast<double>(cpus_.server_may_use);
        usage.processors = quota ? std::min(processors, quota->cpus) : processors;
    }
    if (idle_) {
        usage.rss_idle_bytes = idle_->rss_bytes;
    }
    if (after_) {
        usage.rss_after_bytes = after_->rss_bytes;
    }
    usage.pss_peak_bytes = pss_peak_;
    for (const auto& [at, seen] : samples_) {
        usage.rss_peak_bytes = std::max(usage.rss_peak_bytes, seen.rss_bytes);
        usage.processes = std::max(usage.processes.value_or(0), seen.processes);
        usage.threads = std::max(usage.threads.value_or(0), seen.threads);
        if (seen.open_files) {
            usage.open_files = std::max(usage.open_files.value_or(0), *seen.open_files);
        }
    }
    return usage;
}

std::optional<double> UsageMonitor::idle_cpu_share() const {
    constexpr int kLooks = 3;
    std::this_thread::sleep_for(kUntilIdle);
    machine::RestReading rest{1, 1, 1};
    // A short look is enough of a server that surely rests; it may have to clear up for longer, and
    // what others leave it of a busy machine is told better by a longer one.
    for (int look = 0; look < kLooks && rest.most >= kSpins; ++look) {
        const auto begin = server_.usage(false);
        const auto begin_at = steady_clock::now();
        const auto threads = thread_times(true);
        std::this_thread::sleep_for(kIdleLook * (1 << look));
        const auto looked = steady_clock::now() - begin_at;
        const auto threads_now = thread_times(true);
        const auto end = server_.usage(false);
        if (!begin || !end || end->cpu < begin->cpu) {
            return std::nullopt;
        }
        rest = machine::rest_between(threads, threads_now, end->cpu - begin->cpu, looked);
    }
    return rest.least;
}

void UsageMonitor::fill_series(std::vector<results::SeriesPoint>& series) const {
    if (window_begin_) {
        fill_seconds(series, samples_, window_begin_at_, window_begin_->cpu);
    }
}

Nanoseconds stopped_since(steady_clock::time_point begin, const std::vector<UsageSample>& samples) {
    Nanoseconds sum{};
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const auto& look = samples[i];
        if (look.at > begin && look.usage.stopped > samples.front().usage.stopped) {
            sum += look.at - std::max(begin, samples[i - 1].at);
        }
    }
    return sum;
}

void fill_seconds(std::vector<results::SeriesPoint>& series,
                  const std::vector<UsageSample>& samples, steady_clock::time_point begin,
                  Nanoseconds cpu) {
    auto next = samples.begin();
    for (auto& point : series) {
        const auto end = begin + std::chrono::seconds(point.t + 1);
        while (next != samples.end() && next->at <= end) {
            ++next;
        }
        if (next == samples.begin() || std::prev(next)->at < end - std::chrono::seconds(1)) {
            continue;
        }
        const auto& last = std::prev(next)->usage;
        point.rss_bytes = last.rss_bytes;
        if (last.cpu >= cpu) {
            point.cpu_s = to_seconds(last.cpu - cpu);
        }
        cpu = last.cpu;
    }
}

}  // namespace benchhost::trial
