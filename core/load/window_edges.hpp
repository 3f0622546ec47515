// Telling whoever observes a load that its window has begun, and that it is over.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/load.hpp"

#include <cstdint>

namespace benchhost::load {

/// Each edge is told once, in order, when it has come. A window without length has none.
class WindowEdges {
  public:
    explicit WindowEdges(ProgressObserver* observer) : observer_(observer) {}

    /// When to come again; the edges may have been moved since.
    Instant next(Instant begin, Instant end) const {
        if (observer_ == nullptr || end <= begin) {
            return kNever;
        }
        return told_ == Told::none ? begin : told_ == Told::begin ? end : kNever;
    }
    void tell(Instant begin, Instant end, Instant now) {
        if (observer_ == nullptr) {
            return;
        }
        if (told_ == Told::none && now >= begin && end > begin) {
            observer_->on_window_begin();
            told_ = Told::begin;
        }
        if (told_ == Told::begin && now >= end) {
            observer_->on_window_end();
            told_ = Told::end;
        }
    }

  private:
    enum class Told : std::uint8_t { none, begin, end };

    ProgressObserver* observer_;
    Told told_ = Told::none;
};

}  // namespace benchhost::load
