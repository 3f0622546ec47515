// Who is due next: think times and back-offs.
#pragma once

#include "core/base/clock.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <tuple>
#include <vector>

namespace benchhost::load {

/// The earliest first, of several the lowest connection. Room for `capacity` entries is taken once;
/// never more are held.
class TimerHeap {
  public:
    struct Entry {
        Instant due;
        std::uint32_t connection;
        friend bool operator>(const Entry& left, const Entry& right) {
            return std::tie(left.due, left.connection) > std::tie(right.due, right.connection);
        }
    };

    explicit TimerHeap(std::size_t capacity) { entries_.reserve(capacity); }

    void push(Instant due, std::uint32_t connection) {
        entries_.push_back({due, connection});
        std::push_heap(entries_.begin(), entries_.end(), std::greater<>());
    }
    bool is_due(Instant now) const { return !entries_.empty() && entries_.front().due <= now; }
    Entry pop() {
        std::pop_heap(entries_.begin(), entries_.end(), std::greater<>());
        const Entry entry = entries_.back();
        entries_.pop_back();
        return entry;
    }
    Instant next() const { return entries_.empty() ? kNever : entries_.front().due; }
    void clear() { entries_.clear(); }

  private:
    std::vector<Entry> entries_;
};

}  // namespace benchhost::load
