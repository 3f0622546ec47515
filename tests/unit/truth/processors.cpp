#include "tests/unit/truth/processors.hpp"

namespace benchhost::truth {

Processors::Processors(const World& world, Window window)
    : window_(window),
      speed_((1 - world.machine.others_on_server) * world.machine.server_quota.value_or(1)),
      free_(world.server.processors),
      used_(world.server.processors) {
    if (const auto& stall = world.server.stall) {
        stall_ = Window{window.from + of(stall->at), window.from + of(stall->at + stall->length)};
    }
}

Time Processors::after_stall(Time begin, Time length) const {
    return stall_ && begin < stall_->to && begin + length > stall_->from
               ? begin + length + (stall_->to - std::max(begin, stall_->from))
               : begin + length;
}

Time Processors::work(Time now, double cpu) {
    const auto first = std::min_element(free_.begin(), free_.end());
    const Time begin = std::max(now, *first);
    const Time length = of(cpu / speed_);
    *first = after_stall(begin, length);
    auto& used = used_[static_cast<std::size_t>(first - free_.begin())];
    // A stall in the midst of it: what was used is what remains of it.
    const double stalled =
        stall_
            ? seconds(Window{std::max(stall_->from, window_.from), std::min(stall_->to, window_.to)}
                          .overlap(begin, *first))
            : 0;
    const double busy = std::max(0.0, seconds(window_.overlap(begin, *first)) - stalled);
    used.cpu += busy * speed_;
    used.delayed += busy * (1 - speed_);
    return *first;
}

}  // namespace benchhost::truth
