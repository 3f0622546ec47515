// Readiness of many sockets in one call: epoll, edge-triggered.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/base/units.hpp"

#include <sys/epoll.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace benchhost::load {

/// One thread's epoll. A socket is added once for all directions and removed by closing it, so
/// that a request costs no epoll_ctl.
class Poller {
  public:
    static constexpr std::size_t kBatch = 256;

    static Result<Poller> open();

    /// `key` comes back with each event. False: errno says why.
    bool add(int descriptor, std::uint64_t key);

    /// Waits until something is ready or `timeout` is over (absent: for ever), to the nanosecond.
    /// The number of events in events().
    std::size_t wait(std::optional<Nanoseconds> timeout);
    const epoll_event* events() const { return events_.data(); }

  private:
    explicit Poller(UniqueFd descriptor) : descriptor_(std::move(descriptor)) {}

    UniqueFd descriptor_;
    bool has_pwait2_ = true;
    std::vector<epoll_event> events_ = std::vector<epoll_event>(kBatch);
};

}  // namespace benchhost::load
