// What limited a trial: the server, or something that makes its numbers say less.
#pragma once

#include "core/load/load.hpp"
#include "core/plan/load_model.hpp"
#include "core/results/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchhost::suite {

struct VerdictInputs {
    const load::LoadReport& report;
    const plan::LoadModel& model;
    std::optional<results::MachineHealth> machine;
    bool cpus_shared = false;  ///< server and generator run on the same processors
    /// What the generator reached against the built-in null server on this machine, requests/s.
    std::optional<double> generator_ceiling;
};

struct VerdictWithReason {
    results::Verdict verdict = results::Verdict::server_bound;
    std::string why;
};

/// Pure. The first that holds: invalid, machine-bound, client-bound, load-limited, server-bound.
VerdictWithReason judge(const VerdictInputs& inputs);

/// Pure. The verdict of a load that several processes generated: that of the whole, unless one of
/// them makes its numbers say less, which then is named.
VerdictWithReason worst_of(VerdictWithReason whole, const std::vector<results::LoadPart>& parts);

}  // namespace benchhost::suite
