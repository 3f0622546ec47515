// The highest load that a server bears, as a pure state machine: observation in, next load out.
#pragma once

#include "core/base/units.hpp"
#include "core/load/load.hpp"
#include "core/model/load_model.hpp"
#include "core/trial/verdict.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::trial {

/// What one step of the search was seen to do.
struct LimitObservation {
    std::uint64_t planned = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;    ///< failed and unfinished requests
    std::uint64_t not_sent = 0;  ///< shed and unsent: due, but no connection became free
    double requests_per_s = 0;   ///< verified answers
    /// Why less came back in time than was asked (why_fell_short); empty: all of it did.
    std::string fell_short;
    std::optional<Nanoseconds> p99;
    bool p99_was_lost = false;  ///< it lies among the requests that got no answer
    std::string first_failure;  ///< "timeout: no answer within 2000 ms"; empty when none
    /// Set when the step says nothing about the server if it failed, because the generator, the
    /// machine or the link was the limit: which, and why. No load as high is tried again then.
    std::optional<VerdictWithReason> not_the_server;
};

/// Of a step that was run by run_load().
LimitObservation observe(const load::LoadReport& report, const model::LoadModel& model);

/// Call next_load(), run that load, call observe(), until next_load() is empty. Every question is
/// answered from the whole history, so that a lucky or unlucky step cannot lead it astray: a load
/// counts as borne or failed by the majority of its steps, and the two loads at the border are run
/// until they have two equal results each. Upwards the steps double as long as they are borne.
/// Loads are whole numbers of users or requests/s.
class LimitSearch {
  public:
    /// A search does not take more steps than this.
    static constexpr std::size_t kMostSteps = 200;

    explicit LimitSearch(const model::LimitSearch& model);

    std::optional<double> next_load() const;
    /// Why a step with this outcome counts as failed, in words; empty: it passed.
    std::string why_failed(const LimitObservation& seen) const;
    /// No time is left: no other load is tried unless none was borne yet; the border that was found
    /// is confirmed.
    void stop_exploring() { exploring_ = false; }
    /// Of the load that next_load() named.
    void observe(const LimitObservation& observation);

    struct Step {
        double load = 0;
        bool passed = false;
        std::string why;  ///< of a failed step, in words
        LimitObservation seen;
    };
    struct Outcome {
        /// Measured, passed twice, and nothing lower failed; absent when even the least load did.
        std::optional<double> highest_ok;
        /// The lowest load that failed twice; absent when the search ended below the limit.
        std::optional<double> first_failed;
        /// No first_failed, because the generator, the machine or the link could not bring more to
        /// bear: client-bound, machine-bound or link-bound.
        std::optional<model::Verdict> out_of_reach;
        std::string why;  ///< why the next load failed, or why the search ended
    };
    /// When next_load() is empty.
    Outcome outcome() const;
    const std::vector<Step>& steps() const { return steps_; }

    /// How near the two borders come to each other around `load`: a tenth of a step or the model's
    /// share of the load, whichever is more.
    double resolution(double load) const;

  private:
    struct Results {
        unsigned passed = 0;
        unsigned failed = 0;
    };
    struct Border {
        std::optional<double> borne;
        std::optional<double> failed;
    };
    struct Ceiling {
        double load = 0;
        VerdictWithReason limit;
    };

    Border border() const;
    bool is_out_of_reach(const Border& border) const;
    std::optional<double> undecided() const;
    std::optional<double> explore(const Border& border) const;
    std::optional<double> confirm(const Border& border) const;

    model::LimitSearch model_;
    double most_;
    std::map<double, Results> results_;
    std::vector<Step> steps_;
    bool exploring_ = true;
    std::optional<Ceiling> ceiling_;  ///< the least load at which the server was not the limit
};

}  // namespace benchhost::trial
