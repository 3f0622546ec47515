// run_load: checks the spec, starts the load threads together, watches them, adds up.
#include "core/base/descriptor_limit.hpp"
#include "core/load/engine/run_watch.hpp"
#include "core/load/engine/worker.hpp"
#include "core/load/load.hpp"
#include "core/load/merge.hpp"
#include "core/load/shares.hpp"
#include "core/load/spec_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <thread>

namespace benchhost::load {
namespace {

// Beside its sockets a run needs an epoll instance a thread and a few files to read.
constexpr std::uint64_t kSpareDescriptors = 32;

using Workers = std::vector<std::unique_ptr<Worker>>;

Result<Workers> make_workers(const LoadSpec& spec, const Traffic& traffic, RunControl& control) {
    Workers workers;
    for (std::uint32_t i = 0; i < spec.threads; ++i) {
        auto worker =
            Worker::make(spec, traffic, {spec.first_thread + i, threads_of_load(spec)}, control);
        if (!worker) {
            return worker.error();
        }
        workers.push_back(std::move(*worker));
    }
    return workers;
}

// Joins what it started, whatever happens in between.
class Threads {
  public:
    Threads(const Workers& workers, RunControl& control) : control_(control) {
        for (const auto& worker : workers) {
            threads_.emplace_back([&worker = *worker] { worker.run(); });
        }
    }
    ~Threads() {
        control_.give_up.store(true, std::memory_order_relaxed);
        join();
    }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    Threads(Threads&&) = delete;
    Threads& operator=(Threads&&) = delete;

    void join() {
        for (std::thread& thread : threads_) {
            if (thread.joinable()) {
                thread.join();
            }
        }
    }

  private:
    RunControl& control_;
    std::vector<std::thread> threads_;
};

void add_notes(const Workers& workers, LoadReport& report) {
    std::uint64_t unasked = 0;
    for (const auto& worker : workers) {
        unasked += worker->tally().unasked();
    }
    if (unasked > 0) {
        report.notes.push_back(
            fmt::format("{} connections were closed because the server sent what nobody had asked "
                        "for",
                        unasked));
    }
}

LoadReport add_up(const LoadSpec& spec, const Workers& workers, const WatchResult& watched) {
    LoadReport report;
    std::vector<const std::vector<SecondRecord>*> seconds;
    double in_flight_seconds = 0;
    for (const auto& worker : workers) {
        const Tally& tally = worker->tally();
        tally.add_to(report);
        seconds.push_back(&tally.seconds());
        in_flight_seconds += tally.in_flight_seconds();
        const ThreadUsage& usage = worker->usage();
        report.client.cpu += usage.cpu;
        report.client.max_run_delay = std::max(report.client.max_run_delay, usage.run_delay);
        if (usage.wall.count() > 0) {
            report.client.max_thread_utilisation =
                std::max(report.client.max_thread_utilisation,
                         to_seconds(usage.cpu) / to_seconds(usage.wall));
        }
    }
    report.window_start = watched.window_start;
    report.duration = watched.window;
    report.interrupted = watched.interrupted;
    report.gave_up = watched.gave_up;
    if (report.duration.count() > 0) {
        report.series = merge_series(seconds);
        report.mean_in_flight = in_flight_seconds / to_seconds(report.duration);
    }
    report.offered_ceiling = own_offered_ceiling(spec);
    add_notes(workers, report);
    return report;
}

void note_unopened(const LoadSpec& spec, const Workers& workers, LoadReport& report) {
    std::uint64_t opened = 0;
    for (const auto& worker : workers) {
        opened += worker->opened_in_ramp();
    }
    const std::uint64_t wanted = own_connections(spec);
    if (opens_ahead(spec) && opened < wanted) {
        report.notes.push_back(
            fmt::format("only {} of {} connections were open when the load began", opened, wanted));
    }
}

// `spec` has been checked and has no more threads than connections.
Result<LoadReport> run_checked(const LoadSpec& spec, const std::atomic<bool>& stop,
                               ProgressObserver* observer, StartGate* gate) {
    const std::uint32_t connections = own_connections(spec);
    auto traffic = make_traffic(spec, connections);
    if (!traffic) {
        return traffic.error();
    }
    const auto descriptors =
        make_room_for_descriptors(std::uint64_t{connections} + spec.threads + kSpareDescriptors);
    if (!descriptors) {
        return descriptors.error();
    }
    if (auto listening = http::check_listening(traffic->remote, spec.target, spec.timeout);
        !listening) {
        return listening.error();
    }
    RunControl control;
    auto workers = make_workers(spec, *traffic, control);
    if (!workers) {
        return workers.error();
    }
    Threads threads(*workers, control);
    const WatchResult watched = watch_run(spec, *workers, control, stop, observer, gate);
    threads.join();
    for (const auto& worker : *workers) {
        if (worker->failure()) {
            return *worker->failure();
        }
    }
    LoadReport report = add_up(spec, *workers, watched);
    report.nofile = descriptors->effective;
    if (!traffic->locals.empty()) {
        report.notes.push_back(
            fmt::format("connections come from {} local addresses, so that the ports last",
                        traffic->locals.size()));
    }
    note_unopened(spec, *workers, report);
    return report;
}

}  // namespace

Result<LoadReport> run_load(const LoadSpec& spec, const std::atomic<bool>& stop,
                            ProgressObserver* observer, StartGate* gate) {
    if (auto checked = check_spec(spec); !checked) {
        return checked.error();
    }
    LoadSpec effective = spec;
    if (!spec.all_threads) {
        effective.threads = std::min(spec.threads, connections_of(spec.model));
    }
    return run_checked(effective, stop, observer, gate);
}

}  // namespace benchhost::load
