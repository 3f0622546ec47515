// Sockets, files and signals for native plugins on POSIX systems: what libraries leave to their
// users. Failures are std::system_error that say what was tried.
#pragma once

#include <benchhost/values.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace benchhost::sdk {

[[noreturn]] inline void throw_system_error(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Owns a file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = other.release();
        }
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    int get() const { return fd_; }
    /// Gives the ownership away.
    int release() { return std::exchange(fd_, -1); }
    /// A second descriptor of the same file or socket, for an owner of its own.
    Descriptor duplicate() const {
        const int copy = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
        if (copy < 0) {
            throw_system_error("cannot duplicate a descriptor");
        }
        return Descriptor(copy);
    }

  private:
    void close() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int fd_;
};

/// sendfile() and write() to a connection that is gone raise SIGPIPE: blocked in the calling thread
/// and in those it makes later.
inline void block_broken_pipe_signals() {
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

/// A request to stop that stays. Wakes whoever waits for it, by wait() or in a loop of its own that
/// watches fd() for reading.
class StopEvent {
  public:
    StopEvent() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (event_.get() < 0) {
            throw_system_error("eventfd");
        }
    }
    /// [any thread]
    void set() {
        const std::uint64_t one = 1;
        while (::write(event_.get(), &one, sizeof one) < 0 && errno == EINTR) {
        }
    }
    /// Readable from set() on; not to be read.
    int fd() const { return event_.get(); }
    /// The same, for a loop that closes what it watches.
    Descriptor duplicate() const { return event_.duplicate(); }
    void wait() const {
        pollfd event{event_.get(), POLLIN, 0};
        while (::poll(&event, 1, -1) < 1) {
        }
    }
    bool is_set() const {
        pollfd event{event_.get(), POLLIN, 0};
        return ::poll(&event, 1, 0) == 1;
    }

  private:
    Descriptor event_;
};

/// A listening socket, non-blocking, and its port.
struct ListeningSocket {
    Descriptor socket;
    std::uint16_t port = 0;
};

namespace detail {

inline sockaddr_storage socket_address(const Endpoint& endpoint, socklen_t& size) {
    sockaddr_storage storage{};
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    if (::inet_pton(AF_INET, endpoint.address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint.port);
        size = sizeof *v4;
    } else if (::inet_pton(AF_INET6, endpoint.address.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint.port);
        size = sizeof *v6;
    } else {
        throw std::invalid_argument(endpoint.address + " is no IP address");
    }
    return storage;
}

}  // namespace detail

/// The port a socket is bound to.
inline std::uint16_t port_of(int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
        throw_system_error("getsockname");
    }
    return ntohs(storage.ss_family == AF_INET6
                     ? reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port
                     : reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

/// Listens where the host wants it: on the socket it hands over, or on one of our own. Connections
/// inherit TCP_NODELAY from a socket of our own.
inline ListeningSocket listen_at(const Endpoint& endpoint) {
    if (endpoint.listen_fd >= 0) {
        ListeningSocket given{Descriptor(endpoint.listen_fd), port_of(endpoint.listen_fd)};
        ::fcntl(endpoint.listen_fd, F_SETFL, ::fcntl(endpoint.listen_fd, F_GETFL) | O_NONBLOCK);
        return given;
    }
    constexpr int kBacklog = 4096;
    const std::string where = endpoint.address + " port " + std::to_string(endpoint.port);
    socklen_t size = 0;
    const sockaddr_storage address = detail::socket_address(endpoint, size);
    Descriptor socket(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int yes = 1;
    if (socket.get() < 0 ||
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(socket.get(), kBacklog) != 0) {
        throw_system_error("cannot listen on " + where);
    }
    const std::uint16_t port = port_of(socket.get());
    return {std::move(socket), port};
}

/// A file opened for one answer.
struct OpenFile {
    Descriptor descriptor;
    std::uint64_t size = 0;  ///< bytes
};

inline OpenFile open_file(const std::string& path) {
    OpenFile file{Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC))};
    struct stat about {};
    if (file.descriptor.get() < 0 || ::fstat(file.descriptor.get(), &about) != 0) {
        throw_system_error("cannot open " + path);
    }
    file.size = static_cast<std::uint64_t>(about.st_size);
    return file;
}

/// The whole file, for libraries that send nothing but memory.
inline std::string read_file(const std::string& path) {
    const OpenFile file = open_file(path);
    std::string content(static_cast<std::size_t>(file.size), '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t size =
            ::read(file.descriptor.get(), content.data() + filled, content.size() - filled);
        if (size < 0 && errno != EINTR) {
            throw_system_error("cannot read " + path);
        }
        if (size == 0) {
            break;  // it has become shorter
        }
        filled += size > 0 ? static_cast<std::size_t>(size) : 0;
    }
    content.resize(filled);
    return content;
}

}  // namespace benchhost::sdk
