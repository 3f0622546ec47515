#include "core/load/engine/tally.hpp"

#include "core/load/merge.hpp"

#include <algorithm>

namespace benchhost::load {
namespace {

constexpr auto kSecond = std::chrono::seconds(1);

}  // namespace

Tally::Tally(std::size_t kinds) { counted_.requests.resize(kinds > 1 ? kinds : 0); }

void Tally::set_window(Instant from, Instant to) {
    from_ = from;
    to_ = to;
    second_end_ = from;  // the time before the window is closed like a second, but not kept
    in_flight_since_ = from;
}

Instant Tally::end_early(Instant to, Instant now) {
    to_ = std::min(to_, std::max(to, now));
    if (second_end_ != kNever) {
        second_end_ = std::min(second_end_, to_);
    }
    return to_;
}

void Tally::change_in_flight(std::int64_t delta, Instant now) {
    const Instant end = std::min(now, to_);
    if (end > in_flight_since_ && from_ != kNever) {
        in_flight_seconds_ += static_cast<double>(in_flight_) * to_seconds(end - in_flight_since_);
        in_flight_since_ = end;
    }
    in_flight_ += delta;
}

void Tally::sent(const PlannedRequest& request, bool reused_connection, Instant now) {
    ++begun_[part_at(now)];
    book(&model::Books::sent, request.at, request.kind);
    if (in_window(request.at)) {
        counted_.connections.reused_requests += reused_connection ? 1 : 0;
    }
}

void Tally::count_second(Instant now, bool ok) {
    if (now >= second_end_) {
        close_seconds(now);
    }
    if (now < from_ || now >= to_) {
        return;
    }
    ++(ok ? second_ok_ : second_failed_);
}

Tally::Part Tally::end(const Request& request, Instant now) {
    const Part part = part_at(now);
    ++ended_[part];
    counted_.ended.throughout += part == after && request.planned < from_ ? 1 : 0;
    return part;
}

void Tally::ok(const Request& request, Instant now, std::uint64_t body_bytes) {
    change_in_flight(-1, now);
    counted_.ended.ok += end(request, now) == within ? 1 : 0;
    count_second(now, true);
    const Nanoseconds response = now - request.planned;
    LiveCounters::add_one(live_.ok);
    live_.response_time.record(response);
    if (!in_window(request.planned)) {
        note_cut_stay(request, now);
        return;
    }
    book(&model::Books::ok, request.planned, request.kind);
    counted_.bytes.body += body_bytes;
    if (!counted_.requests.empty()) {
        counted_.requests[request.kind].response_time.record(response);
    }
    if (request.written == request.planned) {
        prompt_.record(response);
        return;
    }
    counted_.response_time.record(response);
    counted_.service_time.record(now - request.written);
    counted_.send_lag.record(request.written - request.planned);
}

void Tally::note_cut_stay(const Request& request, Instant now) {
    const Instant end = std::min(now, to_);
    if (from_ != kNever && request.written < from_ && end > from_) {
        counted_.longest_cut_stay = std::max(counted_.longest_cut_stay, end - from_);
    }
}

// What a request without a right answer was on the wire is in no histogram of the answered, yet in
// the mean in flight. Whoever was under way throughout the window explains nothing.
Tally::Part Tally::end_badly(const Request& request, Instant now) {
    change_in_flight(request.written == kNever ? 0 : -1, now);
    const Part part = end(request, now);
    const bool throughout = request.planned < from_ && part == after;
    const Instant begin = std::max(request.written, from_);
    const Instant end = std::min(now, to_);
    if (from_ != kNever && !throughout && request.written != kNever && end > begin) {
        counted_.failed_in_flight += end - begin;
    }
    return part;
}

bool Tally::failed(model::FailureClass failure, const Request& request, Instant now) {
    const Part part = end_badly(request, now);
    count_second(now, false);
    LiveCounters::add_one(live_.failed);
    bool is_first = false;
    if (part == within) {
        ++counted_.ended.failed;
        is_first = counted_.ended_failures.add(failure);
    }
    if (in_window(request.planned)) {
        book(&model::Books::failed, request.planned, request.kind);
        counted_.failed_time.record(now - request.planned);
        is_first = counted_.failures.add(failure) || is_first;
        if (!counted_.requests.empty()) {
            is_first = counted_.requests[request.kind].failures.add(failure) || is_first;
        }
    }
    return is_first;
}

void Tally::set_example(model::FailureClass failure, std::string_view seen, std::uint16_t kind) {
    const auto set = [&](model::FailureCounts& counts) {
        if (counts.count(failure) > 0) {
            counts.set_example(failure, seen);
        }
    };
    set(counted_.failures);
    set(counted_.ended_failures);
    if (!counted_.requests.empty()) {
        set(counted_.requests[kind].failures);
    }
}

void Tally::unfinished(const Request& request, Instant now) {
    end_badly(request, now);
    book(&model::Books::unfinished, request.planned, request.kind);
}

void Tally::asked_again(const Request& request, Instant now) {
    change_in_flight(request.written == kNever ? 0 : -1, now);
    note_cut_stay(request, now);
    counted_.connections.asked_again = counted_.connections.asked_again.value_or(0) + 1;
}

void Tally::asked(bool answered) {
    auto& connections = counted_.connections;
    connections.asked = connections.asked.value_or(0) + 1;
    connections.never_answered = connections.never_answered.value_or(0) + (answered ? 0 : 1);
}

void Tally::close_second() {
    SecondRecord slice;
    slice.t = static_cast<std::uint32_t>(seconds_.size());
    slice.ok = std::exchange(second_ok_, 0);
    slice.failed = std::exchange(second_failed_, 0);
    for (std::size_t bucket = 0; bucket < LiveLatency::kBuckets; ++bucket) {
        const std::uint32_t count = live_.response_time.count(bucket);
        if (count != second_start_[bucket]) {
            slice.latencies.emplace_back(static_cast<std::uint16_t>(bucket),
                                         count - second_start_[bucket]);
            second_start_[bucket] = count;
        }
    }
    if (second_end_ > from_) {
        seconds_.push_back(std::move(slice));
    }
}

void Tally::close_seconds(Instant now) {
    while (second_end_ != kNever && second_end_ <= now) {
        close_second();
        // An interrupted window, or one of 1.5 s, ends inside a second.
        second_end_ = second_end_ == to_ ? kNever : std::min(second_end_ + kSecond, to_);
    }
}

void Tally::finish(Instant now) {
    close_seconds(now);
    change_in_flight(0, now);
    auto& ended = counted_.ended;
    ended.begun = begun_[within];
    ended.under_way_at_start = begun_[before] - ended_[before];
    // Counted apart from what is above, so that a request which was lost or counted twice shows.
    ended.under_way_at_end = ended_[after] - begun_[after];
}

void Tally::add_to(LoadReport& report) const {
    merge_into(report, counted_);
    report.response_time.merge(prompt_);
    report.service_time.merge(prompt_);
    if (!prompt_.empty()) {
        report.send_lag.record(Nanoseconds(0), prompt_.count());
    }
}

}  // namespace benchhost::load
