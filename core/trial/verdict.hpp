// What limited a trial: the server, or something that makes its numbers say less.
#pragma once

#include "core/load/load.hpp"
#include "core/model/load_model.hpp"
#include "core/results/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

struct VerdictInputs {
    const load::LoadReport& report;
    const model::LoadModel& model;
    std::optional<model::MachineHealth> machine;
    bool cpus_shared = false;  ///< server and generator run on the same processors
    /// What the generator reached against the built-in null server on this machine, requests/s.
    std::optional<double> generator_ceiling = std::nullopt;
    /// Absent: its processes are not ours to see.
    std::optional<results::ServerUsage> server = std::nullopt;
};

struct VerdictWithReason {
    model::Verdict verdict = model::Verdict::server_bound;
    std::string why;
    /// Invalid for want of answers: where the machine was disturbed, that is the reason.
    bool is_unanswered = false;
    /// Server-bound by what it used, and not because nothing else was the limit.
    bool server_was_full = false;
};

/// Pure. The first that holds: invalid, machine-bound, invalid for want of answers, load-limited
/// (when the generator was not at its limit), server-bound (when the server was full),
/// client-bound, link-bound, not-known, server-bound.
VerdictWithReason judge(const VerdictInputs& inputs);

/// Pure. It used all of its processors in a window of `seconds`, or each of its working threads was
/// busy all the time, and was not seen to do so without any work.
bool is_full(const results::ServerUsage& server, double seconds);
/// Of a processor, without a request: so much is no work, and full by nothing.
inline constexpr double kSpins = 0.5;
/// Pure. It would be full, were it not that it may spin: worth a look after the load.
bool may_spin(const results::ServerUsage& server, double seconds);

/// Pure. The verdict of a load that several processes generated: that of the whole, unless one of
/// them makes its numbers say less, which then is named.
VerdictWithReason worst_of(VerdictWithReason whole, const std::vector<results::LoadPart>& parts);

}  // namespace benchhost::trial
