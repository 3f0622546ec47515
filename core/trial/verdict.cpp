#include "core/trial/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace benchhost::trial {
namespace {

using model::FailureClass;
using model::Verdict;

// Thresholds of docs/measurement.md, section "Verdict".
constexpr double kLittleTolerance = 0.05;
constexpr double kBusyThread = 0.85;
constexpr double kNearCeiling = 0.80;
constexpr auto kLongLag = std::chrono::milliseconds(100);
constexpr double kSteal = 0.02;
constexpr double kOthers = 0.10;
constexpr double kSlowed = 0.90;
constexpr double kFullConntrack = 0.95;
constexpr double kAllOfTheOffer = 0.97;
constexpr std::uint64_t kEnoughForLittle = 1000;

double rate_of(const load::LoadReport& report) {
    return static_cast<double>(report.books.ok) / to_seconds(report.duration);
}

/// |N - X S| / N (Little 1961), N measured as the mean number of requests on the wire. S is the
/// service time: both count from the write, so that neither holds the time to connect.
std::optional<double> little_error(const load::LoadReport& report) {
    // Stays without an answer have no service time, yet they were on the wire.
    if (report.books.ok < kEnoughForLittle || report.books.failed > 0 ||
        report.books.unfinished > 0 || report.failed_outside > 0 || report.mean_in_flight <= 0) {
        return std::nullopt;
    }
    const double in_system = rate_of(report) * report.service_time.mean_ns() / 1e9;
    return std::abs(report.mean_in_flight - in_system) / report.mean_in_flight;
}

/// Little's law holds for whole stays; those cut by the edges of the window are off by at most one
/// longest stay at each edge, as a share of the window.
double little_tolerance(const load::LoadReport& report) {
    // A stay that began before the window is in no histogram, yet in the mean.
    const auto longest = std::max(report.service_time.max(), report.longest_cut_stay);
    return kLittleTolerance + 2 * to_seconds(longest) / to_seconds(report.duration);
}

std::optional<std::string> why_invalid(const VerdictInputs& inputs) {
    const auto& report = inputs.report;
    const auto& books = report.books;
    if (!books.balance()) {
        return fmt::format(
            "the books do not balance: planned {} = sent {} + shed {} + unsent {}; sent = ok {} + "
            "failed {} + unfinished {}",
            books.planned, books.sent, books.shed, books.unsent, books.ok, books.failed,
            books.unfinished);
    }
    for (const auto wrong : {FailureClass::bad_body, FailureClass::bad_length,
                             FailureClass::bad_status, FailureClass::malformed_answer}) {
        if (const auto count = report.failures.count(wrong); count > 0) {
            return fmt::format("{} wrong answers ({})", count, model::to_string(wrong));
        }
    }
    if (books.ok == 0) {
        return "no request was answered rightly";
    }
    const auto error = little_error(report);
    const bool never_pauses =
        std::visit([](const auto& each) { return each.kNeverPauses; }, inputs.model);
    if (never_pauses && error && *error > little_tolerance(report)) {
        return fmt::format("Little's law is off by {:.1f} %: {:.1f} requests were in flight",
                           *error * 100, report.mean_in_flight);
    }
    return std::nullopt;
}

std::string why_stopped(const model::QuotaStop& stop) {
    const auto how_long = stop.share ? fmt::format("in {:.0f} % of the periods", *stop.share * 100)
                                     : fmt::format("for {:.0f} ms", stop.stopped_s * 1e3);
    return fmt::format("the control group's quota stopped the {} {} (group {}, {:.3g} processors)",
                       stop.of, how_long, stop.group, stop.cpus);
}

/// "the processor time", or of which processors it is known.
std::string time_of(const std::optional<std::string>& side) {
    return side ? fmt::format("the {}'s processor time", *side) : "the processor time";
}

std::optional<std::string> why_machine_bound(const VerdictInputs& inputs) {
    if (inputs.cpus_shared) {
        return "server and generator share processors";
    }
    if (!inputs.machine) {
        return std::nullopt;
    }
    const auto& machine = *inputs.machine;
    const auto stop = std::max_element(
        machine.quota_stops.begin(), machine.quota_stops.end(),
        [](const auto& one, const auto& other) { return one.stopped_s < other.stopped_s; });
    if (stop != machine.quota_stops.end()) {
        return why_stopped(*stop);
    }
    if (machine.conntrack.value_or(0) >= kFullConntrack &&
        inputs.report.failures.count(FailureClass::connect_timeout) > 0) {
        return fmt::format(
            "connections timed out while the table of tracked connections (nf_conntrack_max) was "
            "{:.0f} % full",
            *machine.conntrack * 100);
    }
    if (machine.steal.value_or(0) > kSteal) {
        return fmt::format("the hypervisor took {:.1f} % of {}", *machine.steal * 100,
                           time_of(machine.steal_of));
    }
    if (machine.others.value_or(0) > kOthers) {
        return fmt::format("other processes used {:.1f} % of {}", *machine.others * 100,
                           time_of(machine.others_of));
    }
    if (machine.throttled.value_or(0) > 0) {
        return fmt::format("the processors were slowed for their heat {} times",
                           *machine.throttled);
    }
    if (machine.mhz_begin && machine.mhz_end && *machine.mhz_end < kSlowed * *machine.mhz_begin) {
        return fmt::format("the processors' clock fell from {:.0f} to {:.0f} MHz",
                           *machine.mhz_begin, *machine.mhz_end);
    }
    return std::nullopt;
}

std::optional<std::string> why_client_bound(const VerdictInputs& inputs) {
    const auto& client = inputs.report.client;
    if (client.max_thread_utilisation > kBusyThread) {
        return fmt::format("a generator thread was {:.0f} % busy",
                           client.max_thread_utilisation * 100);
    }
    if (client.max_loop_lag > kLongLag) {
        return fmt::format("a generator thread came {:.0f} ms late",
                           to_milliseconds(client.max_loop_lag));
    }
    if (!inputs.generator_ceiling || client.max_thread_utilisation <= 0) {
        return std::nullopt;
    }
    // A ceiling that was measured while something disturbed it is refuted by a trial that shows
    // more: what its busiest thread would have done in the time that it waited.
    const double rate = rate_of(inputs.report);
    const double ceiling =
        std::max(*inputs.generator_ceiling, rate / client.max_thread_utilisation);
    if (rate > kNearCeiling * ceiling) {
        return fmt::format(
            "{:.0f} requests/s is more than {:.0f} % of the generator's own ceiling, {:.0f}", rate,
            kNearCeiling * 100, ceiling);
    }
    return std::nullopt;
}

/// Users: n of them who think for Z and wait for R ask n / (Z + R) times a second (the interactive
/// response time law: Denning and Buzen, The Operational Analysis of Queueing Network Models, ACM
/// Computing Surveys 10(3), 1978). R tells what the server costs them without the chance in how
/// many thoughts end in a short window.
std::optional<std::string> why_load_limited(const VerdictInputs& inputs) {
    const auto& report = inputs.report;
    if (!report.offered_ceiling) {
        return std::nullopt;
    }
    const double think =
        to_seconds(std::visit([](const auto& each) { return each.mean_pause(); }, inputs.model));
    if (think > 0) {
        const double wait = report.response_time.mean_ns() / 1e9;
        if (static_cast<double>(report.books.ok) <
                kAllOfTheOffer * static_cast<double>(report.books.planned) ||
            think < kAllOfTheOffer * (think + wait)) {
            return std::nullopt;
        }
        return fmt::format(
            "the users thought for {:.3g} s and waited for {:.3g} s: they can ask at most {:.0f} "
            "times a second; {} of {} requests were answered",
            think, wait, *report.offered_ceiling, report.books.ok, report.books.planned);
    }
    if (rate_of(report) < kAllOfTheOffer * *report.offered_ceiling) {
        return std::nullopt;
    }
    return fmt::format("the load offered at most {:.0f} requests/s; {} of {} were answered",
                       *report.offered_ceiling, report.books.ok, report.books.planned);
}

}  // namespace

VerdictWithReason judge(const VerdictInputs& inputs) {
    if (auto why = why_invalid(inputs)) {
        return {Verdict::invalid, *why};
    }
    if (auto why = why_machine_bound(inputs)) {
        return {Verdict::machine_bound, *why};
    }
    if (auto why = why_client_bound(inputs)) {
        return {Verdict::client_bound, *why};
    }
    if (auto why = why_load_limited(inputs)) {
        return {Verdict::load_limited, *why};
    }
    return {Verdict::server_bound,
            fmt::format("the generator was {:.0f} % busy and waited for the server",
                        inputs.report.client.max_thread_utilisation * 100)};
}

VerdictWithReason worst_of(VerdictWithReason whole, const std::vector<results::LoadPart>& parts) {
    for (const auto verdict : {Verdict::invalid, Verdict::machine_bound, Verdict::client_bound}) {
        if (whole.verdict == verdict) {
            break;
        }
        const auto part = std::find_if(parts.begin(), parts.end(),
                                       [&](const auto& each) { return each.verdict == verdict; });
        if (part != parts.end()) {
            return {verdict, fmt::format("rank {} on {}: {}", part->rank, part->host,
                                         part->verdict_why.value_or(""))};
        }
    }
    return whole;
}

}  // namespace benchhost::trial
