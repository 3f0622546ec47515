// Which request is next: the numbers and kinds of one load thread.
#pragma once

#include "core/load/engine/request.hpp"
#include "core/load/engine/tally.hpp"
#include "core/load/engine/traffic.hpp"
#include "core/load/shares.hpp"
#include "core/requests/mix.hpp"

#include <cstdint>

namespace benchhost::load {

/// One load thread's. The threads of a load take its numbers in turn, on whatever host they run.
class Planner {
  public:
    Planner(const Traffic& traffic, Tally& tally, ThreadShare share)
        : tally_(tally),
          mix_(traffic.requests.weights, requests::mix_words(traffic.seed, share.index)),
          next_(share.index),
          step_(share.count),
          end_(traffic.most_requests) {}

    /// All of this thread's requests have been planned.
    bool is_done() const { return next_ >= end_; }

    /// Draws the next request, unless is_done(), and counts it as planned for `at`.
    PlannedRequest plan(Instant at) { return plan(at, mix_.next()); }
    /// The same of this kind: a step of a flow.
    PlannedRequest plan(Instant at, std::uint16_t kind) {
        const PlannedRequest request{at, next_, kind};
        next_ += step_;
        tally_.planned(at, request.kind);
        return request;
    }

  private:
    Tally& tally_;
    requests::Mix mix_;
    std::uint64_t next_;
    std::uint64_t step_;
    std::uint64_t end_;
};

}  // namespace benchhost::load
