#include "core/process/control_channel.hpp"

#include "core/process/wait.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace benchhost::process {
namespace {

void enlarge_send_buffer(int socket) {
    // Without the privilege the second call still reaches net.core.wmem_max; a message that does
    // not fit is reported by send().
    constexpr int kRoom = kLongestMessage;
    if (::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &kRoom, sizeof kRoom) != 0) {
        ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kRoom, sizeof kRoom);
    }
}

}  // namespace

Result<std::pair<ControlChannel, ControlChannel>> ControlChannel::make_pair() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return system_error(ErrorCode::environment, "cannot make a control channel", errno);
    }
    enlarge_send_buffer(ends[0]);
    enlarge_send_buffer(ends[1]);
    return std::pair(ControlChannel(UniqueFd(ends[0])), ControlChannel(UniqueFd(ends[1])));
}

Status ControlChannel::send(const std::string& message) const {
    const auto too_long = [&] {
        return Error{ErrorCode::environment,
                     fmt::format("a control message of {} bytes is more than the socket carries; "
                                 "make the text or json payload smaller, or raise "
                                 "net.core.wmem_max",
                                 message.size())};
    };
    if (message.size() > kLongestMessage) {
        return too_long();
    }
    ssize_t sent = -1;
    do {
        sent = ::send(fd(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        return {};
    }
    if (errno == EMSGSIZE) {
        return too_long();
    }
    return system_error(ErrorCode::environment, "cannot send on the control channel", errno);
}

ControlChannel::Received ControlChannel::receive(
    std::chrono::steady_clock::time_point deadline) const {
    if (!wait_readable(fd(), deadline)) {
        return {std::nullopt, Silence::timed_out};
    }
    // Peeking with MSG_TRUNC tells the length of the message that waits.
    char peeked = 0;
    ssize_t length = -1;
    do {
        length = ::recv(fd(), &peeked, sizeof peeked, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
        // Told once of a peer that went away without reading what we had sent it. What it had sent
        // before waits behind that, and then its end.
    } while (length < 0 && errno == ECONNRESET);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return {std::nullopt, Silence::timed_out};
    }
    if (length <= 0) {
        return {std::nullopt, Silence::hung_up};
    }
    // The kernel drops what does not fit: half a message is no message to whoever reads it.
    std::string message(std::min(static_cast<std::size_t>(length), kLongestMessage), '\0');
    const ssize_t received = ::recv(fd(), message.data(), message.size(), MSG_DONTWAIT);
    if (received != static_cast<ssize_t>(message.size())) {
        return {std::nullopt, Silence::hung_up};
    }
    return {std::move(message), Silence::timed_out};
}

}  // namespace benchhost::process
