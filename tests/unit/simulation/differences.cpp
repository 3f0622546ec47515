#include "tests/unit/simulation/differences.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace benchhost::simulation {
namespace {

class Differences {
  public:
    template <class Value>
    void compare(std::string_view name, const Value& engine, const Value& reference) {
        if (!(engine == reference)) {
            lines_.push_back(
                fmt::format("{}: {} instead of {}", name, told(engine), told(reference)));
        }
    }
    void compare(std::string_view name, const stats::Histogram& engine,
                 const stats::Histogram& reference) {
        if (!(engine == reference) || engine.min() != reference.min() ||
            engine.max() != reference.max()) {
            lines_.push_back(
                fmt::format("{}: {} instead of {}", name, told(engine), told(reference)));
        }
    }
    void compare_near(std::string_view name, double engine, double reference) {
        constexpr double kRounding = 1e-9;
        if (std::abs(engine - reference) > kRounding * std::max(1.0, std::abs(reference))) {
            lines_.push_back(fmt::format("{}: {} instead of {}", name, engine, reference));
        }
    }
    void compare(std::string_view name, const model::FailureCounts& engine,
                 const model::FailureCounts& reference) {
        for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
            const auto failure = static_cast<model::FailureClass>(i);
            compare(fmt::format("{} {}", name, model::to_string(failure)), engine.count(failure),
                    reference.count(failure));
        }
    }
    template <class Struct>
    void compare_members(std::string_view name, const Struct& engine, const Struct& reference) {
        for_each_member<Struct>([&]<class Member>(Member member) {
            compare(fmt::format("{}.{}", name, member.name), engine.*Member::pointer,
                    reference.*Member::pointer);
        });
    }
    std::vector<std::string> lines() { return std::move(lines_); }

  private:
    static std::string told(std::uint64_t value) { return fmt::format("{}", value); }
    static std::string told(bool value) { return value ? "yes" : "no"; }
    static std::string told(std::optional<std::uint64_t> value) {
        return value ? told(*value) : "absent";
    }
    static std::string told(std::optional<double> value) {
        return value ? fmt::format("{}", *value) : "absent";
    }
    static std::string told(Nanoseconds value) { return fmt::format("{} ns", value.count()); }
    static std::string told(const stats::Histogram& value) {
        return fmt::format("{} values from {} to {} ns ({:.1f} on average)", value.count(),
                           value.min().count(), value.max().count(), value.mean_ns());
    }
    static std::string told(const std::vector<std::string>& value) {
        return fmt::format("[{}]", fmt::join(value, "; "));
    }
    static std::string told(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& value) {
        std::string text;
        for (const auto& [bucket, count] : value) {
            text += fmt::format("{}x{} ", count, bucket);
        }
        return text;
    }

    std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> differences(const load::LoadReport& engine,
                                     const ReferenceReport& expected) {
    const load::LoadReport& reference = expected.report;
    Differences found;
    found.compare("window", engine.duration, reference.duration);
    found.compare("interrupted", engine.interrupted, reference.interrupted);
    found.compare_members("books", engine.books, reference.books);
    found.compare_members("ended", engine.ended, reference.ended);
    found.compare("failures", engine.failures, reference.failures);
    found.compare("ended_failures", engine.ended_failures, reference.ended_failures);
    found.compare("response_time", engine.response_time, reference.response_time);
    found.compare("service_time", engine.service_time, reference.service_time);
    found.compare("send_lag", engine.send_lag, reference.send_lag);
    found.compare("failed_time", engine.failed_time, reference.failed_time);
    found.compare_members("connections", engine.connections, reference.connections);
    found.compare("bytes.body", engine.bytes.body, reference.bytes.body);
    if (expected.bytes_told) {
        found.compare("bytes.received", engine.bytes.received, reference.bytes.received);
    }
    found.compare("longest_cut_stay", engine.longest_cut_stay, reference.longest_cut_stay);
    found.compare("failed_in_flight", engine.failed_in_flight, reference.failed_in_flight);
    found.compare_near("mean_in_flight", engine.mean_in_flight, reference.mean_in_flight);
    found.compare("max_loop_lag", engine.client.max_loop_lag, Nanoseconds(0));
    found.compare("offered_ceiling", engine.offered_ceiling, reference.offered_ceiling);
    found.compare("notes", engine.notes, reference.notes);
    found.compare("seconds", std::uint64_t{engine.series.size()},
                  std::uint64_t{reference.series.size()});
    for (std::size_t t = 0; t < std::min(engine.series.size(), reference.series.size()); ++t) {
        const auto name = [&](std::string_view what) {
            return fmt::format("second {} {}", t, what);
        };
        found.compare(name("ok"), engine.series[t].ok, reference.series[t].ok);
        found.compare(name("failed"), engine.series[t].failed, reference.series[t].failed);
        found.compare(name("latencies"), engine.series[t].latencies, reference.series[t].latencies);
    }
    return found.lines();
}

}  // namespace benchhost::simulation
