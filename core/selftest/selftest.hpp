// The proofs of docs/measurement.md: what the generator measures, held against what is known.
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace benchhost::selftest {

/// One line of the table: a quantity that is known, and what was measured of it.
struct Proof {
    std::string name;  ///< "stall: p99"
    double planned = 0;
    double measured = 0;
    std::string unit;   ///< "ms", "us", "requests", "%", ...; empty for a pure number
    std::string bound;  ///< in words: "within 3 %", "equal", "at most 1 ms"
    bool pass = false;
    std::string note;
};

struct SelftestOptions {
    /// Widens every bound on time by this factor: for tests on machines that are not quiet.
    double slack = 1;
    /// Told each line as soon as it is known, on the calling thread. May be empty.
    std::function<void(const Proof&)> on_proof;
};

/// Runs all eight proofs on loopback, in about a minute. Ends early, with the error code
/// interrupted, when `stop` is set. A proof that fails is a value; an error means that a proof
/// could not be run.
Result<std::vector<Proof>> run_selftest(const SelftestOptions& options,
                                        const std::atomic<bool>& stop);

}  // namespace benchhost::selftest
