// run_load: checks the spec, starts the load threads together, watches them, adds up.
#include "core/base/descriptor_limit.hpp"
#include "core/load/engine/add_up.hpp"
#include "core/load/engine/run_watch.hpp"
#include "core/load/engine/worker.hpp"
#include "core/load/load.hpp"
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

Result<Workers> make_workers(const LoadSpec& spec, const Traffic& traffic, RunControl& control) {
    Workers workers;
    for (std::uint32_t i = 0; i < spec.threads; ++i) {
        auto kernel = Kernel::open();
        if (!kernel) {
            return kernel.error();
        }
        const ThreadShare share{spec.first_thread + i, threads_of_load(spec)};
        workers.push_back(
            std::make_unique<Worker>(spec, traffic, share, control, std::move(*kernel)));
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
