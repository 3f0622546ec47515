#include "tests/unit/truth/oracle.hpp"

#include "core/results/losses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::truth {
namespace {

using model::Verdict;
using Verdicts = std::set<Verdict>;

enum class Is { no, perhaps, yes };

Is above(double value, double least, double surely) {
    return value >= surely ? Is::yes : value > least ? Is::perhaps : Is::no;
}

double share(std::uint64_t part, std::uint64_t all) {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

double lost_share(const Facts& facts) {
    return std::max({share(facts.planned - facts.planned_right, facts.planned),
                     share(facts.ended_failed, facts.ended_failed + facts.ended_right)});
}

/// Of the window, by which the backlog grew, beyond what any server has under way.
double fallen_behind(const World& world, const Facts& facts) {
    const double rate = static_cast<double>(facts.planned) / world.duration;
    const auto before = static_cast<double>(facts.waiting_at_start);
    // A stall that the window begins in looks like a server that always takes so long, asked
    // lately.
    const auto& stall = world.server.stall;
    const double stalled = stall && stall->at <= 0 ? std::max(0.0, stall->at + stall->length) : 0;
    const double usual = rate * (world.server.wait + world.server.cpu + stalled);
    const double grown =
        static_cast<double>(facts.waiting_at_end) - before - std::max(0.0, usual - before) - 2;
    return facts.planned == 0 ? 0 : grown / static_cast<double>(facts.planned);
}

Is behind(const World& world, const Facts& facts) {
    if (!std::holds_alternative<model::OpenLoop>(world.load)) {
        return Is::no;  // who waits asks no more
    }
    const double luck =
        6 / std::sqrt(static_cast<double>(std::max<std::uint64_t>(facts.planned, 1)));
    return above(fallen_behind(world, facts), 0, 0.05 + luck / 2);
}

/// Whether all that was asked came back in time.
Is met(const World& world, const Facts& facts) {
    if (std::holds_alternative<model::ClosedLoop>(world.load)) {
        return Is::no;
    }
    const double lost = share(facts.planned - facts.planned_right, facts.planned);
    if (facts.throughout > 0 || lost > 0.035 || behind(world, facts) == Is::yes) {
        return Is::no;
    }
    if (const auto* users = std::get_if<model::VirtualUsers>(&world.load)) {
        // What the server takes of a user's cycle.
        const double think = to_seconds(users->mean_pause());
        const double waits = facts.mean_time() / (facts.mean_time() + think);
        if (waits > 0.04) {
            return Is::no;
        }
        return waits < 0.025 && lost < 0.02 && lost_share(facts) < 0.02 ? Is::yes : Is::perhaps;
    }
    const bool prompt = facts.mean_time() < 3 * (world.server.wait + world.server.cpu) + 0.001;
    return prompt && !world.server.stall && lost_share(facts) < 0.02 &&
                   behind(world, facts) == Is::no
               ? Is::yes
               : Is::perhaps;
}

/// Whether somebody else had a part in the figures, and it can be seen.
Is disturbed(const World& world, const Facts& facts) {
    const auto& machine = world.machine;
    if (machine.server_quota) {
        return facts.server_hindered > 0 ? Is::yes : Is::no;
    }
    if (machine.tells_shares) {
        return above(std::max(machine.others_on_server, machine.others_on_client), 0.08, 0.12);
    }
    const Is hindered = above(std::max(facts.server_hindered, facts.client_hindered), 0.07, 0.14);
    // One that spins waits for its processors also when it has nothing to do on them.
    return world.server.spins && machine.others_on_server > 0.05 ? std::max(hindered, Is::perhaps)
                                                                 : hindered;
}

bool is_known(const World& world) {
    return world.machine.tells_shares || world.machine.tells_run_delay;
}

/// Of the connections, those that waited over the whole window.
Is stuck(const World& world, const Facts& facts) {
    const auto* users = std::get_if<model::VirtualUsers>(&world.load);
    const double all = users != nullptr ? users->users : std::max(1.0, facts.mean_in_flight);
    return facts.throughout == 0 || std::holds_alternative<model::OpenLoop>(world.load)
               ? Is::no
               : above(static_cast<double>(facts.throughout) / all, 0, 0.08);
}

/// Its thread is full, came late, or was near what it can do.
Is generator_was_the_limit(const World& world, const Facts& facts) {
    const double used = facts.client_busy - facts.client_hindered;
    const double near =
        static_cast<double>(facts.ended_right) * world.generator_cpu / world.duration;
    const Is is_near = world.knows_ceiling ? above(near, 0.77, 0.83) : Is::no;
    return std::max({above(used, 0.75, 0.88), above(facts.late, 0.09, 0.12), is_near});
}

}  // namespace

Verdicts right_verdicts(const World& world, const Facts& facts) {
    const Is is_stuck = stuck(world, facts);
    const Is is_disturbed = disturbed(world, facts);
    if (facts.wrong > 0) {
        return {Verdict::invalid};
    }
    if (facts.ended_right == 0 || is_stuck == Is::yes) {
        return is_disturbed == Is::no ? Verdicts{Verdict::invalid}
                                      : Verdicts{Verdict::invalid, Verdict::machine_bound};
    }
    Verdicts right;
    if (is_stuck == Is::perhaps || facts.planned_right == 0) {
        right.insert(Verdict::invalid);
    }
    const Is is_met = met(world, facts);
    if (is_disturbed != Is::no) {
        right.insert(Verdict::machine_bound);
    }
    if (is_disturbed == Is::yes && is_known(world)) {
        return right;
    }
    const Is busy = generator_was_the_limit(world, facts);
    const Is full = world.server.spins ? Is::no : above(facts.server_busy, 0.95, 0.99);
    if (busy != Is::no && (full != Is::yes || is_met != Is::no)) {
        right.insert(Verdict::client_bound);
    }
    if (is_met != Is::no) {
        right.insert(Verdict::load_limited);
    }
    if (is_met != Is::yes && (busy != Is::yes || full != Is::no)) {
        right.insert(is_known(world) ? Verdict::server_bound : Verdict::not_known);
    }
    return right;
}

std::string gravely_wrong(const World& world, const Facts& facts, Verdict verdict) {
    if (verdict == Verdict::load_limited) {
        const double lost = share(facts.planned - facts.planned_right, facts.planned);
        if (lost > 0.05 || stuck(world, facts) == Is::yes) {
            return "lost requests called good";
        }
        if (behind(world, facts) == Is::yes) {
            return "behind called load-limited";
        }
    }
    const bool hindered = std::max(facts.server_hindered, facts.client_hindered) > 0.14;
    if (verdict == Verdict::server_bound && (disturbed(world, facts) == Is::yes || hindered)) {
        return "disturbed called the server's limit";
    }
    if (verdict != Verdict::invalid && facts.wrong > 0) {
        return "wrong answers called good";
    }
    return {};
}

std::string wrong_figure(const World& world, const Facts& facts, const results::Trial& trial) {
    if (!trial.requests || !trial.ended || trial.requests->planned != facts.planned ||
        trial.requests->ok != facts.planned_right || trial.ended->ok != facts.ended_right ||
        trial.ended->failed_total() != facts.ended_failed ||
        trial.ended->throughout != facts.throughout) {
        return "books beside the facts";
    }
    const double lost = lost_share(facts);
    const double unanswered = share(facts.never_answered, facts.asked);
    const bool too_much = std::max(lost, unanswered) > results::kMostLost;
    if (results::lost_too_much(trial) != too_much) {
        return fmt::format(
            "lost {:.3g} of the requests and {:.3g} of the connections, which is{} "
            "too much",
            lost, unanswered, too_much ? "" : " not");
    }
    const auto timeout = Nanoseconds(static_cast<Nanoseconds::rep>(world.timeout * 1e9));
    const auto p99 = results::percentile(trial, &results::LatencySummary::p99, timeout);
    const auto place =
        static_cast<std::size_t>(std::ceil(0.99 * static_cast<double>(facts.planned) - 1e-9));
    if (facts.planned < 100 || facts.times.empty()) {
        return p99 && facts.planned < 100 ? "a p99 of less than 100" : "";
    }
    if (!p99) {
        return "no p99";
    }
    if (place > facts.times.size()) {
        return p99->at_least ? "" : "a p99 of the answered only";
    }
    // Of the planned ones, those that were lost come last.
    const double least = facts.times[place > 0 ? std::min(facts.times.size(), place) - 1 : 0] * 1e3;
    const auto of_answered =
        static_cast<std::size_t>(0.99 * static_cast<double>(facts.times.size()));
    const double lower = facts.times[of_answered > 0 ? of_answered - 1 : 0] * 1e3;
    return p99->at_least || p99->ms > least * 1.002 + 1e-6 || p99->ms < lower * 0.998 - 1e-6
               ? fmt::format("p99 {:.6g} ms instead of {:.6g}", p99->ms, least)
               : "";
}

}  // namespace benchhost::truth
