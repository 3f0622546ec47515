#include "core/load/engine/poller.hpp"

#include <cerrno>
#include <ctime>

namespace benchhost::load {

Result<Poller> Poller::open() {
    UniqueFd descriptor(::epoll_create1(EPOLL_CLOEXEC));
    if (!descriptor.is_open()) {
        return system_error(ErrorCode::environment, "cannot make an epoll instance", errno);
    }
    return Poller(std::move(descriptor));
}

bool Poller::add(int descriptor, std::uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = key;
    return ::epoll_ctl(descriptor_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

std::size_t Poller::wait(std::optional<Nanoseconds> timeout) {
    int ready = -1;
    if (timeout && has_pwait2_) {
        constexpr std::int64_t kSecond = 1'000'000'000;
        const std::int64_t count = timeout->count() > 0 ? timeout->count() : 0;
        const timespec duration{count / kSecond, count % kSecond};
        ready = ::epoll_pwait2(descriptor_.get(), events_.data(), kBatch, &duration, nullptr);
        if (ready < 0 && errno == ENOSYS) {
            has_pwait2_ = false;
        }
    }
    if (!timeout || !has_pwait2_) {
        // Before Linux 5.11: rounded down, so that the caller comes early and asks again.
        const int milliseconds =
            timeout ? static_cast<int>(
                          std::chrono::duration_cast<std::chrono::milliseconds>(*timeout).count())
                    : -1;
        ready = ::epoll_wait(descriptor_.get(), events_.data(), kBatch, milliseconds);
    }
    return ready > 0 ? static_cast<std::size_t>(ready) : 0;
}

}  // namespace benchhost::load
