// What in this machine will spoil a measurement, and how to mend it.
#pragma once

#include "core/machine/environment.hpp"
#include "core/machine/health.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::machine {

struct Finding {
    enum class Weight { good, note, serious } weight = Weight::good;
    std::string what;
    std::string mend;  ///< what to do about it; empty for good
};

/// Pure: judges the facts of describe_machine() and how busy the processors that we may use were
/// while nothing of ours ran, all of them together and single ones.
std::vector<Finding> diagnose(const std::map<std::string, std::string>& machine,
                              const std::optional<MachineShare>& idle_share,
                              const std::vector<unsigned>& busy_cpus = {});

/// Watches the machine for `watch` and diagnoses it.
std::vector<Finding> examine_machine(Nanoseconds watch);

}  // namespace benchhost::machine
