// What one load thread has counted: its books, histograms and seconds.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/engine/live_latency.hpp"
#include "core/load/engine/request.hpp"
#include "core/load/load.hpp"
#include "core/model/failure.hpp"
#include "core/stats/histogram.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace benchhost::load {

/// Counters that the calling thread reads a few times a second for the progress line, since the
/// start of the run, warm-up included. The load thread alone writes.
struct LiveCounters {
    std::atomic<std::uint64_t> ok{0};
    std::atomic<std::uint64_t> failed{0};
    /// Complete answers, right or wrong: a sign of life.
    std::atomic<std::uint64_t> answers{0};
    LiveLatency response_time;

    static void add_one(std::atomic<std::uint64_t>& counter) {
        counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};

/// The account of one load thread. Owned by it; moved out after join. A request belongs to the
/// window when its planned time does. No function allocates, except once a second and for the
/// first example of a failure class.
class Tally {
  public:
    /// `kinds` of requests that are asked: more than one have books of their own each.
    explicit Tally(std::size_t kinds = 1);

    /// Until this is called nothing counts for the window.
    void set_window(Instant from, Instant to);
    /// Ends it at `to`, when that is earlier; at `now`, when the thread hears of it too late, for
    /// what was planned until now has been counted. The end that counts.
    Instant end_early(Instant to, Instant now);
    bool in_window(Instant planned) const { return planned >= from_ && planned < to_; }

    void planned(Instant at, std::uint16_t kind = 0) { book(&model::Books::planned, at, kind); }
    void shed(const PlannedRequest& request) {
        book(&model::Books::shed, request.at, request.kind);
    }
    void unsent(const PlannedRequest& request) {
        book(&model::Books::unsent, request.at, request.kind);
    }
    /// Handed at `now` to a connection, which may have to be opened first.
    void sent(const PlannedRequest& request, bool reused_connection, Instant now);
    /// On the wire from now on.
    void written(std::uint32_t requests, Instant now) {
        change_in_flight(static_cast<std::int64_t>(requests), now);
    }
    void ok(const Request& request, Instant now, std::uint64_t body_bytes);
    /// True when set_example() should be called with what was seen.
    bool failed(model::FailureClass failure, const Request& request, Instant now);
    void set_example(model::FailureClass failure, std::string_view seen, std::uint16_t kind = 0);
    void unfinished(const Request& request, Instant now);
    /// No longer on the wire, and to be written once more.
    void asked_again(const Request& request, Instant now);

    /// Of the answer to a request planned for `planned`.
    void received(std::size_t bytes, Instant planned) {
        counted_.bytes.received += in_window(planned) ? bytes : 0;
    }
    void answered() { LiveCounters::add_one(live_.answers); }
    void opened() { ++counted_.connections.opened; }
    /// Of a connection that was just opened, where it is known.
    void round_trip(std::optional<Nanoseconds> took) {
        if (took && *took < counted_.round_trip.value_or(Nanoseconds::max())) {
            counted_.round_trip = took;
        }
    }
    void closed_by_server() { ++counted_.connections.closed_by_server; }
    /// Once for each connection that was asked anything, when all is over.
    void asked(bool answered);
    void unasked_bytes() { ++unasked_bytes_; }
    /// Our own thread came `lag` too late to what was due.
    void loop_lag(Nanoseconds lag, Instant now) {
        if (lag > counted_.client.max_loop_lag && now >= from_ && now < to_) {
            counted_.client.max_loop_lag = lag;
        }
    }
    /// Our own thread did nothing for `absence` although it was due, up to `now`. `owed`: requests
    /// were under way, which are those of the window for some time after it, too.
    void absence(Nanoseconds absence, Instant now, bool owed) {
        if (absence > counted_.client.longest_absence && now >= from_ &&
            (owed || now - absence < to_)) {
            counted_.client.longest_absence = absence;
        }
    }

    /// Closes every second that is over at `now`; also called when nothing happens, so that a
    /// second without answers is a second with 0.
    void close_seconds(Instant now);
    /// After the last request.
    void finish(Instant now);

    const LiveCounters& live() const { return live_; }
    const model::FailureCounts& failures() const { return counted_.failures; }

    /// Adds what this thread counted to `report`; the seconds are merged by merge_series().
    void add_to(LoadReport& report) const;
    /// Without percentiles, which merge_series() makes.
    const std::vector<SecondRecord>& seconds() const { return seconds_; }
    /// Requests in flight, summed over the time of the window (requests times seconds).
    double in_flight_seconds() const { return in_flight_seconds_; }
    std::uint64_t unasked() const { return unasked_bytes_; }

  private:
    enum Part : std::size_t { before, within, after };  ///< of the run: the window, or beside it
    Part part_at(Instant now) const { return now < from_ ? before : now < to_ ? within : after; }
    void book(std::uint64_t model::Books::*what, Instant planned, std::uint16_t kind) {
        if (!in_window(planned)) {
            return;
        }
        ++(counted_.books.*what);
        if (!counted_.requests.empty()) {
            ++(counted_.requests[kind].books.*what);
        }
    }
    void change_in_flight(std::int64_t delta, Instant now);
    Part end(const Request& request, Instant now);
    Part end_badly(const Request& request, Instant now);
    void note_cut_stay(const Request& request, Instant now);
    void close_second();
    void count_second(Instant now, bool ok);

    Instant from_ = kNever;
    Instant to_ = kNever;
    Instant second_end_ = kNever;
    Instant in_flight_since_{};
    std::int64_t in_flight_ = 0;
    double in_flight_seconds_ = 0;
    std::array<std::uint64_t, 3> begun_{}, ended_{};  // by Part
    /// Without the requests in prompt_.
    LoadReport counted_;
    std::uint64_t second_ok_ = 0;
    std::uint64_t second_failed_ = 0;
    std::uint64_t unasked_bytes_ = 0;
    /// Requests written when they were planned: response and service time are the same, send lag
    /// is none. One record instead of three.
    stats::Histogram prompt_;
    LiveCounters live_;
    LiveLatency::Counts second_start_{};  ///< live_.response_time when the second began
    std::vector<SecondRecord> seconds_;
};

}  // namespace benchhost::load
