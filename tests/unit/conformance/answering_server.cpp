#include "tests/unit/conformance/answering_server.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace benchhost::conformance {
namespace {

/// What comes on a connection, request by request.
class Requests {
  public:
    explicit Requests(int socket) : socket_(socket) {}

    /// Nothing at the end of the stream.
    std::optional<Asked> next() {
        Asked asked;
        asked.head = up_to("\r\n\r\n");
        if (asked.head.empty()) {
            return std::nullopt;
        }
        std::istringstream words(asked.head);
        words >> asked.method >> asked.target;
        constexpr std::string_view kLength = "Content-Length: ";
        const auto length = asked.head.find(kLength);
        if (length != std::string::npos) {
            asked.body = exactly(std::stoul(asked.head.substr(length + kLength.size())));
        } else if (asked.head.find("Transfer-Encoding: chunked") != std::string::npos) {
            asked.body = chunks();
        }
        return asked;
    }

  private:
    bool read_more() {
        std::array<char, 65536> part{};
        const auto count = ::recv(socket_, part.data(), part.size(), 0);
        if (count <= 0) {
            return false;
        }
        unread_.append(part.data(), static_cast<std::size_t>(count));
        return true;
    }

    std::string take(std::size_t size) {
        auto taken = unread_.substr(0, size);
        unread_.erase(0, size);
        return taken;
    }

    std::string up_to(std::string_view mark) {
        auto found = unread_.find(mark);
        while (found == std::string::npos) {
            if (!read_more()) {
                return "";
            }
            found = unread_.find(mark);
        }
        return take(found + mark.size());
    }

    std::string exactly(std::size_t size) {
        while (unread_.size() < size && read_more()) {
        }
        return take(size);
    }

    std::string chunks() {
        std::string body;
        for (;;) {
            const auto line = up_to("\r\n");
            const auto size = line.empty() ? 0UL : std::stoul(line, nullptr, 16);
            body += exactly(size);
            (void)up_to("\r\n");
            if (size == 0) {
                return body;
            }
        }
    }

    int socket_;
    std::string unread_;
};

bool send_all_of(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

AnsweringServer::AnsweringServer(Answering answering)
    : answering_(std::move(answering)),
      listener_(servers::listen_tcp("127.0.0.1").value()),
      acceptor_([this] { accept_all(); }) {}

AnsweringServer::~AnsweringServer() {
    stopping_ = true;
    ::shutdown(listener_.socket.get(), SHUT_RDWR);  // wakes the acceptor up
    acceptor_.join();
    for (auto& connection : connections_) {
        connection.join();
    }
}

void AnsweringServer::accept_all() {
    pollfd waiting{listener_.socket.get(), POLLIN, 0};
    while (!stopping_) {
        ::poll(&waiting, 1, -1);
        const int socket = ::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            connections_.emplace_back([this, socket] { talk(socket); });
        }
    }
}

void AnsweringServer::talk(int socket) const {
    const UniqueFd closed_at_the_end(socket);
    Requests requests(socket);
    while (const auto asked = requests.next()) {
        if (!send_all_of(socket, answering_(*asked))) {
            return;
        }
    }
}

std::string answer_of(unsigned status, const std::string& type, const std::string& body,
                      const std::string& fields) {
    return fmt::format("HTTP/1.1 {} As-Asked\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}",
                       status, type, body.size(), fields, body);
}

}  // namespace benchhost::conformance
