#include "core/trial/verdict.hpp"

#include "core/trial/link.hpp"
#include "core/trial/offer.hpp"

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
constexpr double kFull = 0.97;
constexpr double kMostThroughout = 0.05;
constexpr std::uint64_t kEnoughForLittle = 1000;

/// |N - X S| / N (Little 1961), N measured as the mean number of requests on the wire, without
/// those that got no right answer: their time is known, and has no part in S. S is the service
/// time: both count from the write, so that neither holds the time to connect.
std::optional<double> little_error(const load::LoadReport& report) {
    const double seconds = to_seconds(report.duration);
    if (report.books.ok < kEnoughForLittle || report.mean_in_flight <= 0 || seconds <= 0) {
        return std::nullopt;
    }
    const double answered = static_cast<double>(report.books.ok) / seconds;
    const double in_system = answered * report.service_time.mean_ns() / 1e9;
    const double failed = to_seconds(report.failed_in_flight) / seconds;
    return std::abs(report.mean_in_flight - failed - in_system) / report.mean_in_flight;
}

/// Little's law holds for whole stays; those cut by the edges of the window are off by at most one
/// longest stay at each edge, as a share of the window.
double little_tolerance(const load::LoadReport& report) {
    // A stay that began before the window is in no histogram, yet in the mean.
    const auto longest = std::max(report.service_time.max(), report.longest_cut_stay);
    return kLittleTolerance + 2 * to_seconds(longest) / to_seconds(report.duration);
}

std::optional<std::string> why_books_fail(const load::LoadReport& report) {
    const auto& books = report.books;
    if (!books.balance()) {
        return fmt::format(
            "the books do not balance: planned {} = sent {} + shed {} + unsent {}; sent = ok {} + "
            "failed {} + unfinished {}",
            books.planned, books.sent, books.shed, books.unsent, books.ok, books.failed,
            books.unfinished);
    }
    const auto& ended = report.ended;
    if (!ended.balance()) {
        return fmt::format(
            "the books do not balance: under way at the start {} + begun {} = ok {} + failed {} + "
            "under way at the end {}",
            ended.under_way_at_start, ended.begun, ended.ok, ended.failed, ended.under_way_at_end);
    }
    return std::nullopt;
}

/// A closed loop of 64 of which 56 wait from before the window until after it is one of 8: what
/// they would have got is in no figure.
std::optional<std::string> why_stuck(const VerdictInputs& inputs) {
    const auto& report = inputs.report;
    const auto all = std::visit(
        model::Overloaded{
            [&](const model::ClosedLoop& load) {
                return std::max(report.mean_in_flight, static_cast<double>(load.connections));
            },
            [](const model::VirtualUsers& load) { return static_cast<double>(load.users); },
            [](const model::OpenLoop&) { return 0.0; }},
        inputs.model);
    const auto throughout = static_cast<double>(report.ended.throughout);
    if (all <= 0 || throughout <= kMostThroughout * all) {
        return std::nullopt;
    }
    return fmt::format(
        "{} of {:.0f} requests were under way over the whole window, and whether they would have "
        "been answered is not known: a window longer than the timeout tells",
        report.ended.throughout, all);
}

/// Invalid too, unless the machine or the generator was disturbed: then that is the reason.
std::optional<std::string> why_unanswered(const VerdictInputs& inputs) {
    const auto& report = inputs.report;
    if (report.ended.ok == 0) {
        return report.books.ok == 0 ? "no request was answered rightly"
                                    : "no right answer came within the window";
    }
    return why_stuck(inputs);
}

std::optional<std::string> why_invalid(const VerdictInputs& inputs) {
    const auto& report = inputs.report;
    if (auto why = why_books_fail(report)) {
        return why;
    }
    for (const auto wrong :
         {FailureClass::bad_body, FailureClass::bad_header, FailureClass::no_value,
          FailureClass::bad_length, FailureClass::bad_status, FailureClass::malformed_answer}) {
        const auto count =
            std::max(report.failures.count(wrong), report.ended_failures.count(wrong));
        if (count > 0) {
            return fmt::format("{} wrong answers ({})", count, model::to_string(wrong));
        }
    }
    if (why_unanswered(inputs)) {
        return std::nullopt;  // whose fault that is, is told apart
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

/// How long one of the sides was kept waiting for a processor by whom nobody asked, as a share of
/// what its processors gave. Of a server with many threads those that wait for each other do not
/// count: what it used and what it waited for is at most all that there is.
double kept_waiting(const results::ServerUsage& server, double seconds) {
    if (!server.run_delay_s || !server.cpu_s || !server.processors || *server.processors <= 0) {
        return 0;
    }
    const double all = *server.processors * seconds;
    return std::clamp(std::min(*server.run_delay_s, all - *server.cpu_s) / all, 0.0, 1.0);
}

/// Where the window is too short for the kernel's ticks; its waits are counted in nanoseconds.
std::optional<std::string> why_kept_waiting(const VerdictInputs& inputs) {
    const double seconds = to_seconds(inputs.report.duration);
    if (seconds <= 0 || (inputs.machine && inputs.machine->others)) {
        return std::nullopt;
    }
    const auto& run_delay = inputs.report.client.max_run_delay;
    if (run_delay && to_seconds(*run_delay) > kOthers * seconds) {
        return fmt::format("a generator thread waited for a processor for {:.1f} % of the window",
                           to_seconds(*run_delay) / seconds * 100);
    }
    const double waited = inputs.server ? kept_waiting(*inputs.server, seconds) : 0;
    if (waited > kOthers) {
        return fmt::format("the server waited for a processor for {:.1f} % of the window",
                           waited * 100);
    }
    return std::nullopt;
}

/// What was seen of the machine.
std::optional<std::string> why_spoilt(const VerdictInputs& inputs) {
    const auto& machine = *inputs.machine;
    if (const double stopped = machine.server_stopped_s.value_or(0); stopped > 0) {
        return fmt::format(
            "the server, or a process of it, was stopped or frozen for about {:.1f} s", stopped);
    }
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

/// Stopped by a signal or with its container, or frozen with the machine it runs on.
std::optional<std::string> why_absent(const load::LoadReport& report) {
    const auto absence = report.client.longest_absence;
    if (absence <= kLongLag) {
        return std::nullopt;
    }
    return fmt::format(
        "a generator thread did not run for {:.0f} ms: it was stopped, or had no "
        "processor",
        to_milliseconds(absence));
}

std::optional<std::string> why_machine_bound(const VerdictInputs& inputs) {
    if (inputs.cpus_shared) {
        return "server and generator share processors";
    }
    if (auto why = inputs.machine ? why_spoilt(inputs) : std::nullopt) {
        return why;
    }
    if (auto why = why_kept_waiting(inputs)) {
        return why;
    }
    return why_absent(inputs.report);
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
    const double rate = inputs.report.rate();
    const double ceiling =
        std::max(*inputs.generator_ceiling, rate / client.max_thread_utilisation);
    if (rate > kNearCeiling * ceiling) {
        return fmt::format(
            "{:.0f} requests/s is more than {:.0f} % of the generator's own ceiling, {:.0f}", rate,
            kNearCeiling * 100, ceiling);
    }
    return std::nullopt;
}

/// Ours, never the server's: it says nothing about it.
std::optional<std::string> why_out_of_ports(const load::LoadReport& report) {
    const auto count = std::max(report.failures.count(FailureClass::no_port_or_fd),
                                report.ended_failures.count(FailureClass::no_port_or_fd));
    if (count == 0) {
        return std::nullopt;
    }
    const auto& example = report.failures.count(FailureClass::no_port_or_fd) > 0
                              ? report.failures.example(FailureClass::no_port_or_fd)
                              : report.ended_failures.example(FailureClass::no_port_or_fd);
    return fmt::format("this machine ran out of local ports or descriptors {} times ({})", count,
                       example);
}

/// Users: n of them who think for Z and wait for R ask n / (Z + R) times a second (the interactive
/// response time law: Denning and Buzen, The Operational Analysis of Queueing Network Models, ACM
/// Computing Surveys 10(3), 1978). R tells what the server costs them without the chance in how
/// many thoughts end in a short window.
std::optional<std::string> why_load_limited(const VerdictInputs& inputs) {
    const auto& report = inputs.report;
    if (!report.offered_ceiling || why_fell_short(report, inputs.model)) {
        return std::nullopt;
    }
    const double think =
        to_seconds(std::visit([](const auto& each) { return each.mean_pause(); }, inputs.model));
    if (think > 0) {
        const double wait = report.response_time.mean_ns() / 1e9;
        if (think < kAllOfTheOffer * (think + wait)) {
            return std::nullopt;
        }
        return fmt::format(
            "the users thought for {:.3g} s and waited for {:.3g} s: they can ask at most {:.0f} "
            "times a second; {} of {} requests were answered",
            think, wait, *report.offered_ceiling, report.books.ok, report.books.planned);
    }
    return fmt::format("{} of {} requests that were due in the window were answered, in time",
                       report.books.ok, report.books.planned);
}

/// Whether it is known that nobody else had the processors.
bool machine_is_known(const VerdictInputs& inputs) {
    if (inputs.machine && inputs.machine->others) {
        return true;
    }
    const bool server_known = !inputs.server || inputs.server->run_delay_s;
    return server_known && inputs.report.client.max_run_delay;
}

double used_share(const results::ServerUsage& server, double seconds) {
    return server.cpu_s && server.processors.value_or(0) > 0 && seconds > 0
               ? *server.cpu_s / (*server.processors * seconds)
               : 0;
}

VerdictWithReason server_bound(const VerdictInputs& inputs,
                               const std::optional<std::string>& generator) {
    const auto& report = inputs.report;
    const bool full = inputs.server && is_full(*inputs.server, to_seconds(report.duration));
    std::string why;
    if (full) {
        const double used = used_share(*inputs.server, to_seconds(report.duration));
        why = used >= kFull ? fmt::format("the server used {:.0f} % of its processors", used * 100)
                            : std::string("each working thread of the server was busy throughout");
        why += generator ? "; the generator was near its limit too: " + *generator : "";
    } else {
        why = fmt::format("the generator was {:.0f} % busy and waited for the server",
                          report.client.max_thread_utilisation * 100);
        if (const auto link = share_of_the_link(report)) {
            why += "; " + *link;
        }
    }
    const auto short_of =
        report.offered_ceiling ? why_fell_short(report, inputs.model) : std::nullopt;
    return {Verdict::server_bound, short_of ? why + "; " + *short_of : why, false, full};
}

}  // namespace

bool may_spin(const results::ServerUsage& server, double seconds) {
    return used_share(server, seconds) >= kFull || server.least_busy_thread.value_or(0) >= kFull;
}

bool is_full(const results::ServerUsage& server, double seconds) {
    return may_spin(server, seconds) && server.idle_cpu_share.value_or(0) < kSpins;
}

VerdictWithReason judge(const VerdictInputs& inputs) {
    if (auto why = why_invalid(inputs)) {
        return {Verdict::invalid, *why};
    }
    if (auto why = why_machine_bound(inputs)) {
        return {Verdict::machine_bound, *why};
    }
    if (auto why = why_out_of_ports(inputs.report)) {
        return {Verdict::client_bound, *why};
    }
    if (auto why = why_unanswered(inputs)) {
        return {Verdict::invalid, *why, true};
    }
    const auto client = why_client_bound(inputs);
    const auto offer = why_load_limited(inputs);
    if (offer) {
        return client ? VerdictWithReason{Verdict::client_bound, *client}
                      : VerdictWithReason{Verdict::load_limited, *offer};
    }
    const bool full = inputs.server && is_full(*inputs.server, to_seconds(inputs.report.duration));
    if (client && !full) {
        return {Verdict::client_bound, *client};
    }
    const auto link = full ? std::nullopt : why_link_bound(inputs.report, inputs.model);
    if (link) {
        return {Verdict::link_bound, *link};
    }
    if (!machine_is_known(inputs)) {
        return {Verdict::not_known, "who else used the processors in the window is not known"};
    }
    return server_bound(inputs, client);
}

VerdictWithReason worst_of(VerdictWithReason whole, const std::vector<results::LoadPart>& parts) {
    for (const auto verdict : {Verdict::invalid, Verdict::machine_bound, Verdict::client_bound,
                               Verdict::link_bound, Verdict::not_known}) {
        // A load that was all answered in time says so whoever else used the processors.
        const bool is_known = whole.verdict == Verdict::load_limited || whole.is_unanswered;
        if ((whole.verdict == verdict && !whole.is_unanswered) ||
            (verdict == Verdict::not_known && is_known)) {
            break;
        }
        // Nor does the way of some matter then, or where the server had no more to give.
        if (verdict == Verdict::link_bound && (is_known || whole.server_was_full)) {
            continue;
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
