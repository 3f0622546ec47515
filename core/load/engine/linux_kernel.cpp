#include "core/load/engine/linux_kernel.hpp"

#include "core/base/cpu_mask.hpp"
#include "core/base/file.hpp"

#include <sys/prctl.h>

#include <cerrno>
#include <ctime>
#include <sstream>

namespace benchhost::load {

Result<Kernel> Kernel::open() {
    auto poller = Poller::open();
    if (!poller) {
        return poller.error();
    }
    return Kernel(std::move(*poller));
}

bool Kernel::connect(const Socket& socket, const http::SocketAddress& remote) const {
    return ::connect(socket.get(), remote.get(), remote.size) == 0 || errno == EINPROGRESS;
}

int Kernel::connect_error(const Socket& socket) const {
    int error_number = 0;
    socklen_t size = sizeof(error_number);
    (void)::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error_number, &size);
    return error_number;
}

bool Kernel::settle(std::optional<unsigned> cpu) const {
    // Waits end when they should: the default slack of 50 us is far too much.
    (void)::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    return !cpu || pin_to(*cpu);
}

Nanoseconds Kernel::thread_cpu() const {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

std::optional<Nanoseconds> Kernel::run_delay() const {
    // Nanoseconds run, nanoseconds waited, time slices.
    const auto text = read_file("/proc/thread-self/schedstat", 256);
    std::istringstream words(text ? *text : "");
    Nanoseconds::rep ran = 0;
    Nanoseconds::rep waited = 0;
    return words >> ran >> waited ? std::optional(Nanoseconds(waited)) : std::nullopt;
}

}  // namespace benchhost::load
