// The load engine's one door: a LoadSpec in, a LoadReport out.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/http/target.hpp"
#include "core/model/books.hpp"
#include "core/model/counters.hpp"
#include "core/model/failure.hpp"
#include "core/model/load_model.hpp"
#include "core/model/request_spec.hpp"
#include "core/stats/histogram.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace benchhost::load {

/// What a right answer looks like. Of a load with requests of its own only how it is verified:
/// each says what it expects.
struct Expectation {
    model::Verify verify = model::Verify::full;
    unsigned status = 200;
    /// The bytes of the body for verify=full, their number for verify=length. Absent: whatever
    /// comes is right (ad hoc load on an unknown server).
    std::optional<std::string> body;
};
BOOST_DESCRIBE_STRUCT(Expectation, (), (verify, status, body))

struct LoadSpec {
    http::Target target;
    Expectation expectation;
    /// What is asked; empty: one GET of the target's path. Theirs take its place.
    std::vector<model::RequestSpec> requests;
    model::Picks picks;
    bool is_flow = false;        ///< each user asks them one after the other, and begins anew
    bool keeps_cookies = false;  ///< each user sends back the cookies that it was given
    /// The server was asked to answer only so much later: no answer can come sooner.
    std::optional<Nanoseconds> answer_wait;
    model::LoadModel model = model::ClosedLoop{};
    Nanoseconds warmup{};
    Nanoseconds duration = std::chrono::seconds(10);
    Nanoseconds timeout = std::chrono::seconds(2);
    bool keep_alive = true;
    /// Asked on one connection, which is then closed; absent: as long as the server keeps it.
    std::optional<std::uint32_t> connection_requests;
    std::uint32_t pipeline = 1;
    /// The load ends when so many were planned and have ended; the window is from the beginning to
    /// the last end, and `duration` the longest that it may take.
    std::optional<std::uint64_t> most_requests;
    std::uint32_t threads = 1;   ///< of this process
    std::vector<unsigned> cpus;  ///< thread i runs on cpus[i % size]; empty: not pinned
    std::uint64_t seed = 1;
    /// Several processes that generate one load together: the threads of this one are numbers
    /// first_thread and on among all_threads. Connections, users and the schedule belong to the
    /// whole; each thread takes its share of them. Absent: the load is this process's alone.
    std::uint32_t first_thread = 0;
    std::optional<std::uint32_t> all_threads;
};
BOOST_DESCRIBE_STRUCT(LoadSpec, (),
                      (target, expectation, requests, picks, is_flow, keeps_cookies, answer_wait,
                       model, warmup, duration, timeout, keep_alive, pipeline, most_requests,
                       connection_requests, threads, cpus, seed, first_thread, all_threads))

// What follows is counted by threads and processes, and added up by merge_into() from the
// descriptions: sums, but for the members named here.

/// The whole has the largest, or smallest, of its parts' values that are known. To be specialised.
template <class Struct>
inline constexpr std::tuple<> kLargest{};
template <class Struct>
inline constexpr std::tuple<> kSmallest{};

/// What happened in one second of the window (by the time of completion), `t` seconds after its
/// start.
struct SecondRecord {
    std::uint32_t t = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::optional<Nanoseconds> p50;  ///< of the response times; absent when none
    std::optional<Nanoseconds> p99;
    /// The response times: LiveLatency buckets and how many fell into each, so that the seconds of
    /// several threads or processes can be added up.
    std::vector<std::pair<std::uint16_t, std::uint32_t>> latencies{};
};
BOOST_DESCRIBE_STRUCT(SecondRecord, (), (t, ok, failed, p50, p99, latencies))

/// What the generator itself spent in the window.
struct ClientUsage {
    Nanoseconds cpu{};                  ///< all load threads together
    double max_thread_utilisation = 0;  ///< the busiest thread's share of one core, 0..1
    Nanoseconds max_loop_lag{};         ///< the longest a due send waited for our own thread
    /// The longest that one of the threads was ready to run in the window and waited for a
    /// processor, in all. Absent where the kernel does not tell.
    std::optional<Nanoseconds> max_run_delay = std::nullopt;
    /// The longest that one of the threads did nothing although it was due: it was stopped or had
    /// no processor.
    Nanoseconds longest_absence{};
};
BOOST_DESCRIBE_STRUCT(ClientUsage, (),
                      (cpu, max_thread_utilisation, max_loop_lag, max_run_delay, longest_absence))
template <>
inline constexpr std::tuple kLargest<ClientUsage>{
    &ClientUsage::max_thread_utilisation, &ClientUsage::max_loop_lag, &ClientUsage::max_run_delay,
    &ClientUsage::longest_absence};

/// One kind of request of a mix; all by plan.
struct RequestReport {
    std::string name;
    model::Books books;
    model::FailureCounts failures;
    stats::Histogram response_time;
};
BOOST_DESCRIBE_STRUCT(RequestReport, (), (name, books, failures, response_time))

struct LoadReport {
    /// When the measured window began, on CLOCK_MONOTONIC (std::chrono::steady_clock).
    std::chrono::steady_clock::time_point window_start{};
    Nanoseconds duration{};               ///< of the measured window, as it really was
    model::Books books;                   ///< by plan
    model::FailureCounts failures;        ///< of those planned in the window
    model::EndBooks ended;                ///< by end
    model::FailureCounts ended_failures;  ///< of those that ended in the window
    stats::Histogram response_time;       ///< from the planned time; connecting included
    stats::Histogram service_time;        ///< from the write; verified answers only
    stats::Histogram send_lag;            ///< the write minus the planned time
    stats::Histogram failed_time;         ///< how long failed requests took; never in the others
    std::vector<RequestReport> requests;  ///< of a mix, in its order; empty for a single kind
    std::vector<SecondRecord> series;
    model::Connections connections;
    model::Bytes bytes;
    ClientUsage client;
    /// Requests on the wire (written, not yet answered), averaged over the window: for Little's law
    /// with the service time.
    double mean_in_flight = 0;
    /// Of requests written before the window and answered later: the most time that one of them was
    /// on the wire in the window. In mean_in_flight, and in no histogram.
    Nanoseconds longest_cut_stay{};
    /// How long requests that got no right answer were on the wire in the window, summed; without
    /// those that were under way throughout it.
    Nanoseconds failed_in_flight{};
    std::optional<double> offered_ceiling;  ///< users and rate: most requests/s the model can ask
    /// To the server's machine and back, the shortest that was seen. Absent where the kernel does
    /// not tell, as of a unix socket.
    std::optional<Nanoseconds> round_trip;
    /// The most requests/s that can come back over it, however fast the server is.
    std::optional<double> link_ceiling;
    std::uint64_t nofile = 0;        ///< the effective limit
    std::vector<std::string> notes;  ///< worth telling: "only 60 of 64 connections were open ..."
    bool interrupted = false;        ///< stop was set before the end: the window is shorter
    /// Why the load ended early by itself (the target stopped answering). Absent otherwise.
    std::optional<std::string> gave_up;

    /// Right answers that ended in the window, by its seconds; 0 for a window without length.
    double rate() const;
};
BOOST_DESCRIBE_STRUCT(LoadReport, (),
                      (window_start, duration, books, failures, ended, ended_failures,
                       response_time, service_time, send_lag, failed_time, requests, series,
                       connections, bytes, client, mean_in_flight, longest_cut_stay,
                       failed_in_flight, offered_ceiling, round_trip, link_ceiling, nofile, notes,
                       interrupted, gave_up))
template <>
inline constexpr std::tuple kLargest<LoadReport>{&LoadReport::duration,
                                                 &LoadReport::longest_cut_stay};
template <>
inline constexpr std::tuple kSmallest<LoadReport>{&LoadReport::nofile, &LoadReport::round_trip};

/// A snapshot for the live progress line, taken a few times a second.
struct Progress {
    enum class Phase { connect, warmup, measure, drain } phase = Phase::connect;
    Nanoseconds elapsed{};           ///< since the start of warm-up
    Nanoseconds total{};             ///< warm-up plus duration
    double rate = 0;                 ///< verified answers/s in the last interval
    std::optional<Nanoseconds> p99;  ///< of the last interval
    std::uint64_t failed = 0;        ///< so far
};
BOOST_DESCRIBE_STRUCT(Progress, (), (phase, elapsed, total, rate, p99, failed))

/// Called on the thread that called run_load.
class ProgressObserver {
  public:
    virtual ~ProgressObserver() = default;
    virtual void on_progress(const Progress& progress) = 0;
    /// At the edges of the measured window, as they happen: what is sampled here belongs to it.
    virtual void on_window_begin() {}
    virtual void on_window_end() {}
};

/// Lets several processes begin one load together.
class StartGate {
  public:
    virtual ~StartGate() = default;
    /// Called on the thread that called run_load, once the connections of this process are open, or
    /// as many as would. Blocks until all processes are ready; the common beginning on this
    /// process's steady clock, a few milliseconds ahead. Absent: the load was called off.
    virtual std::optional<std::chrono::steady_clock::time_point> wait() = 0;
};

/// Runs one load: connection ramp, warm-up, measured window, drain. Blocks; makes its own threads
/// and joins them. `stop` ends it early with what was measured. An error means that nothing was
/// measured (bad spec, no thread, no descriptor, nothing listens).
Result<LoadReport> run_load(const LoadSpec& spec, const std::atomic<bool>& stop,
                            ProgressObserver* observer = nullptr, StartGate* gate = nullptr);

/// How long run_load waits at most for the connections of one thread to open.
Nanoseconds longest_ramp(const LoadSpec& spec, std::uint32_t connections);

}  // namespace benchhost::load
