#include "tests/unit/simulation/reference_books.hpp"

#include "core/load/engine/live_latency.hpp"
#include "core/load/engine/run_control.hpp"
#include "core/load/shares.hpp"
#include "tests/unit/simulation/played_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace benchhost::simulation {
namespace {

constexpr Nanoseconds kSecond = std::chrono::seconds(1);

class Books {
  public:
    explicit Books(const Scenario& scenario) : scenario_(scenario) {
        auto plan = load::RunPlan::starting(scenario.spec, go_of(scenario));
        const Instant planned_end = plan.window_end;
        if (scenario.stopped) {
            plan.end_soon(plan.go + *scenario.stopped);
        }
        from_ = plan.window_start;
        to_ = plan.window_end;
        report_.window_start = from_;
        report_.duration = std::max(to_ - from_, Nanoseconds(0));
        report_.interrupted = to_ < planned_end;
    }

    void add(const ThreadAccount& account) {
        for (const Request& request : account.requests) {
            by_plan(request);
            if (request.handed != kNever) {
                by_end(request);
                on_the_wire(request);
                by_second(request);
            }
        }
        auto& connections = report_.connections;
        connections.opened += account.opened;
        connections.closed_by_server += account.closed_by_server;
        if (account.asked > 0) {
            connections.asked = connections.asked.value_or(0) + account.asked;
            connections.never_answered =
                connections.never_answered.value_or(0) + account.never_answered;
        }
        if (account.asked_again > 0) {
            connections.asked_again = connections.asked_again.value_or(0) + account.asked_again;
        }
    }

    load::LoadReport report() {
        const double seconds = to_seconds(report_.duration);
        report_.mean_in_flight = seconds > 0 ? wire_seconds_ / seconds : 0;
        add_series();
        return report_;
    }

  private:
    bool in_window(Instant time) const { return time >= from_ && time < to_; }
    bool is_after(Instant time) const { return time >= from_ && time >= to_; }

    void by_plan(const Request& request) {
        if (!in_window(request.planned)) {
            return;
        }
        auto& books = report_.books;
        ++books.planned;
        books.shed += request.end == Request::End::shed ? 1 : 0;
        books.unsent += request.end == Request::End::unsent ? 1 : 0;
        books.sent += request.handed != kNever ? 1 : 0;
        report_.connections.reused_requests += request.reused ? 1 : 0;
        report_.bytes.received += request.bytes;
        if (request.end == Request::End::right) {
            ++books.ok;
            report_.bytes.body += scenario_.spec.expectation.body->size();
            const Instant written = request.on_wire.back().first;
            report_.response_time.record(request.ended - request.planned);
            report_.service_time.record(request.ended - written);
            report_.send_lag.record(written - request.planned);
        } else if (request.end == Request::End::failed) {
            ++books.failed;
            report_.failures.add(request.failure);
            report_.failed_time.record(request.ended - request.planned);
        } else if (request.end == Request::End::unfinished) {
            ++books.unfinished;
        }
    }

    void by_end(const Request& request) {
        auto& ended = report_.ended;
        const bool at_start = request.handed < from_ && request.ended >= from_;
        ended.under_way_at_start += at_start ? 1 : 0;
        ended.begun += in_window(request.handed) ? 1 : 0;
        ended.under_way_at_end += !is_after(request.handed) && is_after(request.ended) ? 1 : 0;
        ended.throughout += request.planned < from_ && is_after(request.ended) ? 1 : 0;
        if (!in_window(request.ended)) {
            return;
        }
        ended.ok += request.end == Request::End::right ? 1 : 0;
        if (request.end == Request::End::failed) {
            ++ended.failed;
            report_.ended_failures.add(request.failure);
        }
    }

    Nanoseconds within(const std::pair<Instant, Instant>& stay) const {
        return std::max(std::min(stay.second, to_) - std::max(stay.first, from_), Nanoseconds(0));
    }

    void on_the_wire(const Request& request) {
        const bool right = request.end == Request::End::right;
        for (std::size_t i = 0; i < request.on_wire.size(); ++i) {
            const auto& stay = request.on_wire[i];
            wire_seconds_ += to_seconds(within(stay));
            if (stay.first < from_ && (right || i < request.asked_again)) {
                report_.longest_cut_stay = std::max(report_.longest_cut_stay, within(stay));
            }
        }
        const bool throughout = request.planned < from_ && is_after(request.ended);
        if (!right && !throughout && request.on_wire.size() > request.asked_again) {
            report_.failed_in_flight += within(request.on_wire.back());
        }
    }

    // Whoever ends in a second of the window belongs to it, wherever it had begun.
    void by_second(const Request& request) {
        if (!in_window(request.ended)) {
            return;
        }
        auto& second = seconds_[static_cast<std::size_t>((request.ended - from_) / kSecond)];
        if (request.end == Request::End::right) {
            ++second.ok;
            ++second.latencies[load::LiveLatency::bucket_of(request.ended - request.planned)];
        } else if (request.end == Request::End::failed) {
            ++second.failed;
        }
    }

    void add_series() {
        const auto count =
            static_cast<std::size_t>((report_.duration + kSecond - Nanoseconds(1)) / kSecond);
        for (std::size_t t = 0; t < count; ++t) {
            const Second& second = seconds_[t];
            load::SecondRecord record;
            record.t = static_cast<std::uint32_t>(t);
            record.ok = second.ok;
            record.failed = second.failed;
            for (const auto& [bucket, number] : second.latencies) {
                record.latencies.emplace_back(static_cast<std::uint16_t>(bucket), number);
            }
            report_.series.push_back(std::move(record));
        }
    }

    struct Second {
        std::uint64_t ok = 0;
        std::uint64_t failed = 0;
        std::map<std::size_t, std::uint32_t> latencies;
    };

    const Scenario& scenario_;
    Instant from_;
    Instant to_;
    double wire_seconds_ = 0;
    std::map<std::size_t, Second> seconds_;
    load::LoadReport report_;
};

}  // namespace

ReferenceReport reference_of(const Scenario& scenario) {
    Books books(scenario);
    std::uint64_t opened = 0;
    bool malformed = false;
    for (std::uint32_t i = 0; i < scenario.spec.threads; ++i) {
        const auto account = Reference(scenario, {i, scenario.spec.threads}).run();
        books.add(account);
        opened += account.opened_in_ramp;
        malformed = malformed || account.malformed;
    }
    auto report = books.report();
    report.offered_ceiling = load::own_offered_ceiling(scenario.spec);
    if (load::opens_ahead(scenario.spec) && opened < load::own_connections(scenario.spec)) {
        report.notes.push_back(
            fmt::format("only {} of {} connections were open when the load began", opened,
                        load::own_connections(scenario.spec)));
    }
    return {std::move(report), !malformed};
}

}  // namespace benchhost::simulation
