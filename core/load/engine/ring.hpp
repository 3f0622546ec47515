// A first-in first-out queue whose room is taken once.
#pragma once

#include <cstddef>
#include <vector>

namespace benchhost::load {

template <class Value>
class Ring {
  public:
    explicit Ring(std::size_t capacity) : values_(capacity) {}

    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == values_.size(); }
    std::size_t size() const { return size_; }
    const Value& front() const { return values_[first_]; }
    /// Must not be full.
    void push(const Value& value) {
        const std::size_t end = first_ + size_;
        values_[end < values_.size() ? end : end - values_.size()] = value;
        ++size_;
    }
    /// Must not be empty.
    Value pop() {
        const Value value = values_[first_];
        first_ = first_ + 1 == values_.size() ? 0 : first_ + 1;
        --size_;
        return value;
    }

  private:
    std::vector<Value> values_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace benchhost::load
