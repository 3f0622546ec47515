#include "tests/unit/simulation/simulated_kernel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace benchhost::simulation {

void Sockets::open(std::uint32_t index, std::uint64_t key) {
    buffers_[index] = {};
    buffers_[index].key = key;
    world_.connect(index, now_);
}

void Sockets::close(std::uint32_t index) {
    std::erase(ready_, index);
    buffers_[index] = {};
    world_.hang_up(index);
}

int Sockets::connect_error(std::uint32_t index) const { return buffers_[index].error_number; }

// A write that finds no room for all of it leaves a request half written.
ssize_t Sockets::send(std::uint32_t index, std::size_t size) {
    if (now_ < world_.blocked_until(index)) {
        errno = EAGAIN;
        return -1;
    }
    Buffer& buffer = buffers_[index];
    const std::uint64_t whole = (buffer.taken + size) / request_size_;
    if (whole > buffer.requests) {
        world_.request(index, static_cast<std::uint32_t>(whole - buffer.requests), now_);
        buffer.requests = whole;
    }
    const std::size_t taken = now_ < world_.blocked_until(index) ? (size + 1) / 2 : size;
    buffer.taken += taken;
    return static_cast<ssize_t>(taken);
}

ssize_t Sockets::receive(std::uint32_t index, char* into, std::size_t room) {
    Buffer& buffer = buffers_[index];
    if (!buffer.unread.empty()) {
        const std::size_t size = std::min(room, buffer.unread.size());
        std::memcpy(into, buffer.unread.data(), size);
        buffer.unread.erase(0, size);
        return static_cast<ssize_t>(size);
    }
    if (buffer.error_number != 0) {
        errno = buffer.error_number;
        return -1;
    }
    if (buffer.ended) {
        return 0;
    }
    errno = EAGAIN;
    return -1;
}

std::size_t Sockets::wait(std::optional<Nanoseconds> timeout) {
    const Instant limit = timeout ? now_ + std::max(*timeout, Nanoseconds(0)) : kNever;
    Instant next = ready_.empty() ? std::min(world_.next(), limit) : now_;
    if (next == kNever) {
        throw std::logic_error("the engine waits for what never comes");
    }
    if (frozen_ && now_ <= frozen_->first && next >= frozen_->first) {
        next = std::max(next, frozen_->second);
    }
    while (!calls_.empty() && calls_.front().first <= next) {
        now_ = std::max(now_, calls_.front().first);
        calls_.front().second();
        calls_.pop_front();
    }
    now_ = std::max(now_, next);
    for (const Happening& happening : world_.take(now_)) {
        add(happening);
    }
    tell_some();
    return events_.size();
}

void Sockets::tell_some() {
    events_.clear();
    while (!ready_.empty() && (!frozen_ || events_.size() < kBatch)) {
        Buffer& buffer = buffers_[ready_.front()];
        ready_.pop_front();
        epoll_event event{};
        event.events = std::exchange(buffer.ready, 0);
        event.data.u64 = buffer.key;
        events_.push_back(event);
    }
}

void Sockets::add(const Happening& happening) {
    Buffer& buffer = buffers_[happening.index];
    if (buffer.ready == 0) {
        ready_.push_back(happening.index);
    }
    switch (happening.what) {
        case Happening::What::connected:
        case Happening::What::writable:
            buffer.ready |= EPOLLOUT;
            return;
        case Happening::What::refused:
            buffer.ready |= EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP;
            buffer.error_number = ECONNREFUSED;
            return;
        case Happening::What::bytes:
        case Happening::What::answer:
            buffer.ready |= EPOLLIN;
            buffer.unread += happening.bytes;
            return;
        case Happening::What::end:
            buffer.ready |= EPOLLIN | EPOLLRDHUP;
            buffer.ended = true;
            return;
        case Happening::What::reset:
            buffer.ready |= EPOLLIN | EPOLLERR | EPOLLHUP;
            buffer.error_number = ECONNRESET;
    }
}

}  // namespace benchhost::simulation
