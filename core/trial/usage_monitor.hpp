// Watches a server while it is loaded: what it spends, and whether it still lives.
#pragma once

#include "core/base/units.hpp"
#include "core/machine/health.hpp"
#include "core/machine/thread_times.hpp"
#include "core/process/server_process.hpp"
#include "core/results/results.hpp"
#include "core/trial/running_server.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace benchhost::trial {

/// One look at a server's processes.
struct UsageSample {
    std::chrono::steady_clock::time_point at;
    machine::TreeUsage usage;
};

/// Pure. Adds to each second of a window that began at `begin`, when the server had used `cpu`,
/// what the last look within it tells. Series and looks are in the order of time.
void fill_seconds(std::vector<results::SeriesPoint>& series,
                  const std::vector<UsageSample>& samples,
                  std::chrono::steady_clock::time_point begin, Nanoseconds cpu);

/// Pure. For how long more processes were stopped than at the first look, from `begin` on: each
/// look stands for the time since the one before. Looks are in the order of time.
Nanoseconds stopped_since(std::chrono::steady_clock::time_point begin,
                          const std::vector<UsageSample>& samples);

/// One thread of its own samples the process tree at 10 Hz (PSS, which is dear, once a second) and
/// sets `stop` when the server has ended or the user interrupted. begin_window and end_window are
/// called by the thread that runs the load; RunningServer is used under one lock.
class UsageMonitor {
  public:
    UsageMonitor(RunningServer& server, machine::WatchedCpus cpus, std::atomic<bool>& stop,
                 const std::atomic<bool>& interrupted);
    ~UsageMonitor();
    UsageMonitor(const UsageMonitor&) = delete;
    UsageMonitor& operator=(const UsageMonitor&) = delete;

    void begin_window();
    void end_window();
    /// Ends the sampling thread. The rest may be read after it.
    void finish();

    /// Absent while the server lives.
    const std::optional<process::ServerFault>& fault() const { return fault_; }
    /// A process of the server ended in the window and took along what it had used: nobody waited
    /// for it.
    bool lost_cpu() const { return lost_cpu_; }
    /// Over the window; absent when the server's processes cannot be seen, or were lost_cpu().
    std::optional<Nanoseconds> window_cpu() const;
    /// Over the window; `client_cpu` is what the generator used in it. Absent without a window.
    std::optional<model::MachineHealth> machine(Nanoseconds client_cpu) const;
    /// Fills what is known; idle is what was seen before the load, after what is seen once it is
    /// over.
    results::ServerUsage summary(std::uint64_t ok_answers) const;
    /// After finish(): what the server uses of one processor now that nothing is asked, or would at
    /// least if others left it to it. Blocks for a moment. Absent when its processes cannot be
    /// seen.
    std::optional<double> idle_cpu_share() const;
    /// Adds memory and CPU to the seconds of the window.
    void fill_series(std::vector<results::SeriesPoint>& series) const;

  private:
    void run();
    std::optional<machine::TreeUsage> sample(bool with_pss);
    machine::ThreadTimes thread_times(bool with_sleeps = false) const;

    RunningServer& server_;
    std::optional<std::filesystem::path> freezer_;  ///< see machine::freezer_of
    machine::WatchedCpus cpus_;
    std::atomic<bool>& stop_;
    const std::atomic<bool>& interrupted_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool finished_ = false;
    std::vector<UsageSample> samples_;
    std::optional<machine::TreeUsage> idle_, window_begin_, window_end_, after_;
    std::chrono::steady_clock::time_point window_begin_at_, window_end_at_;
    machine::ThreadTimes threads_begin_, threads_end_;
    std::optional<std::uint64_t> pss_peak_;
    bool lost_cpu_ = false;
    std::optional<process::ServerFault> fault_;
    std::optional<machine::MachineLook> machine_begin_, machine_end_;
    machine::QuotaLook quotas_;  ///< the latest
    std::optional<std::uint64_t> listen_overflows_before_, listen_overflows_after_;
    std::optional<double> conntrack_;
    std::thread thread_;
};

}  // namespace benchhost::trial
