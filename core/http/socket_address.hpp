// Where a connection goes to and comes from, as the kernel wants it.
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/base/units.hpp"
#include "core/http/target.hpp"
#include "core/model/failure.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace benchhost::http {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    int family() const { return storage.ss_family; }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// The target's address must be numeric (parse_url resolves names) or a unix socket path.
Result<SocketAddress> address_of(const Target& target);

/// The local addresses to bind to so that `connections` find enough ports towards `remote`: one
/// 127.0.0.x for each so many, when the target is on the IPv4 loopback. Empty: let the kernel
/// choose.
std::vector<SocketAddress> local_addresses(const SocketAddress& remote, std::uint32_t connections,
                                           bool keep_alive);

/// A non-blocking stream socket without delay (Nagle), bound to `local` when that is given. An
/// invalid descriptor means errno says why.
UniqueFd open_stream(const SocketAddress& remote, const SocketAddress* local);

/// Of a TCP socket whose stream has ended: the peer closed it before our last bytes came, for it
/// did not acknowledge them, or its kernel answered them with a reset. False where that is not
/// known.
bool closed_before_last_write(int socket);

/// Of a TCP socket that has connected and sent nothing yet: from its wish to connect to the answer.
/// The kernel of the other side gives that, so that no server has a part in it. Nothing where it is
/// not known, as of a unix socket.
std::optional<Nanoseconds> round_trip(int socket);

/// Waits for `events` (POLLIN ...) of a socket, whatever signals come; false when `until` came
/// first. An error on the socket counts as ready: the next call on it tells which.
bool wait_for(int descriptor, short events, Instant until);

/// The class of a connect() that failed with `error_number`.
model::FailureClass connect_failure(int error_number, bool unix_socket);

/// Connects once and closes, to learn whether anything listens. Blocks for at most `timeout`.
Status check_listening(const SocketAddress& remote, const Target& target, Nanoseconds timeout);

}  // namespace benchhost::http
