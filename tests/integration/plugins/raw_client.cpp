#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdlib>
#include <sstream>

namespace benchhost::test {

std::string Answer::field(std::string_view name) const {
    std::istringstream lines(head);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(": ");
        if (colon == name.size() && ::strncasecmp(line.data(), name.data(), colon) == 0) {
            return line.substr(colon + 2, line.find('\r') - colon - 2);
        }
    }
    return {};
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{60, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int yes = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void RawClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) {
            return;  // the missing answer tells
        }
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

Answer RawClient::read_answer(bool head_only) {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) {
            return {};
        }
    }
    Answer answer;
    answer.head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.substr(answer.head.find(' ') + 1).c_str());
    const std::size_t size =
        head_only ? 0
                  : static_cast<std::size_t>(std::atoll(answer.field("Content-Length").c_str()));
    while (pending_.size() < size) {
        if (!fill()) {
            return {};
        }
    }
    answer.body = pending_.substr(0, size);
    pending_.erase(0, size);
    return answer;
}

bool RawClient::at_end() {
    std::array<char, 1> byte{};
    return pending_.empty() && ::recv(socket_.get(), byte.data(), byte.size(), 0) == 0;
}

bool RawClient::fill() {
    std::array<char, 16384> bytes{};
    const ssize_t size = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (size <= 0) {
        return false;
    }
    pending_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
}

Answer ask(std::uint16_t port, std::string_view request) {
    RawClient client(port);
    client.send(request);
    return client.read_answer();
}

}  // namespace benchhost::test
