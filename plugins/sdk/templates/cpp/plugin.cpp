// A server for benchhost: one thread, poll(), HTTP/1.1 read by hand.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
using Clock = std::chrono::steady_clock;

struct Request {
    std::string method;
    std::string target;
    std::string body;
    std::size_t left = 0;  // bytes of the body that have not come yet
    bool is_upload = false;
    bool keep_alive = false;
};

struct Connection {
    sdk::Descriptor socket;
    std::string in;                  // not yet read
    std::optional<Request> request;  // whose body is coming
    sdk::Upload upload;              // that body, if it is not kept
    std::string out;                 // not yet taken by the socket
    std::string later;               // goes out when it is due
    std::optional<Clock::time_point> due;
    bool closing = false;
};

// The value of a field of a head; names are the same in any case.
std::string_view field(std::string_view head, std::string_view name) {
    for (auto end = head.find("\r\n"); end != std::string_view::npos; end = head.find("\r\n")) {
        head.remove_prefix(end + 2);
        if (head.size() > name.size() && head[name.size()] == ':' &&
            ::strncasecmp(head.data(), name.data(), name.size()) == 0) {
            std::string_view value = head.substr(name.size() + 1);
            value = value.substr(0, value.find("\r\n"));
            return value.substr(std::min(value.find_first_not_of(' '), value.size()));
        }
    }
    return {};
}

const char* reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "200 OK";
        case 404:
            return "404 Not Found";
        case 405:
            return "405 Method Not Allowed";
        case 413:
            return "413 Content Too Large";
        case 501:
            return "501 Not Implemented";
        default:
            return "400 Bad Request";
    }
}

class Server {
  public:
    static constexpr sdk::Description kDescription = {.id = "@name@",
                                                      .name = "My @name@",
                                                      .version = "0.1",
                                                      .language = "C++",
                                                      .concurrency = "one thread, poll",
                                                      .url = "https://example.org/@name@",
                                                      .declared_class = BH_CLASS_RAW,
                                                      .route_kinds = sdk::kEveryRoute};

    // What to answer. Throw when something is wrong with it.
    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    // Listens, says that it is ready, and returns after stop().
    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        const sdk::ListeningSocket listener = sdk::listen_at(endpoint);
        ready(listener.port);
        while (!stop_.is_set()) {
            turn(listener.socket.get());
        }
        connections_.clear();
    }

    // Called from another thread.
    void stop() { stop_.set(); }

  private:
    // Waits for something to happen, and does what it asks for.
    void turn(int listener) {
        std::vector<pollfd> watched = {{stop_.fd(), POLLIN, 0}, {listener, POLLIN, 0}};
        int timeout = -1;  // milliseconds; -1: none
        for (const Connection& connection : connections_) {
            short wanted = connection.out.empty() ? POLLIN : POLLOUT;
            if (connection.due) {
                const auto left =
                    std::chrono::ceil<std::chrono::milliseconds>(*connection.due - Clock::now());
                const int wait = std::max(0, static_cast<int>(left.count()));
                timeout = timeout < 0 ? wait : std::min(timeout, wait);
                wanted = connection.out.empty() ? 0 : POLLOUT;
            }
            watched.push_back({connection.socket.get(), wanted, 0});
        }
        ::poll(watched.data(), watched.size(), timeout);
        auto event = watched.begin() + 2;
        for (auto one = connections_.begin(); one != connections_.end(); ++event) {
            const bool is_due = one->due && *one->due <= Clock::now();
            if (is_due) {
                one->due.reset();
                one->out += std::exchange(one->later, {});
            }
            const bool goes_on = (event->revents == 0 && !is_due) || advance(*one);
            one = goes_on ? std::next(one) : connections_.erase(one);
        }
        if (watched[1].revents != 0) {
            sdk::Descriptor socket(
                ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (socket.get() >= 0) {
                connections_.emplace_back().socket = std::move(socket);
            }
        }
    }

    // Reads, answers and writes as far as the socket lets; false when the connection is over.
    bool advance(Connection& connection) const {
        if (connection.out.empty()) {
            char block[65536];
            const ssize_t size = ::recv(connection.socket.get(), block, sizeof block, 0);
            if (size <= 0) {
                return size < 0 && errno == EAGAIN;
            }
            connection.in.append(block, static_cast<std::size_t>(size));
        }
        while (!connection.closing && !connection.due &&
               (connection.request || read_head(connection)) && read_body(connection)) {
            answer(connection);
            connection.request.reset();
        }
        const ssize_t sent = ::send(connection.socket.get(), connection.out.data(),
                                    connection.out.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            connection.out.erase(0, static_cast<std::size_t>(sent));
        }
        const bool lost = sent < 0 && errno != EAGAIN;
        const bool done = connection.closing && connection.out.empty() && !connection.due;
        return !lost && !done && connection.in.size() < 131072;
    }

    // False: it has not come yet, or is refused.
    bool read_head(Connection& connection) const {
        const auto end = connection.in.find("\r\n\r\n");
        if (end == std::string::npos) {
            return false;
        }
        const std::string head = connection.in.substr(0, end + 2);
        connection.in.erase(0, end + 4);
        Request& request = connection.request.emplace();
        const auto first = head.find(' ');
        const auto second = head.find(" HTTP/1.", first);
        if (first == std::string::npos || second > head.find("\r\n")) {
            return refuse(connection, 400);
        }
        request.method = head.substr(0, first);
        request.target = head.substr(first + 1, second - first - 1);
        request.keep_alive = head[second + 8] == '1' && field(head, "Connection") != "close";
        const sdk::Route* const route = site_.find(request.target);
        request.is_upload = route != nullptr && route->kind == BH_ROUTE_UPLOAD;
        connection.upload = {};
        const std::string_view length = field(head, "Content-Length");
        if (!length.empty() &&
            std::from_chars(length.data(), length.data() + length.size(), request.left).ec !=
                std::errc()) {
            return refuse(connection, 400);
        }
        if (request.left > sdk::kMostUpload) {
            return refuse(connection, 413);
        }
        if (!field(head, "Transfer-Encoding").empty()) {
            return refuse(connection, 501);
        }
        if (request.left > connection.in.size() && !field(head, "Expect").empty()) {
            connection.out += "HTTP/1.1 100 Continue\r\n\r\n";
        }
        return true;
    }

    // Takes what has come of the body; false: there is more to come.
    static bool read_body(Connection& connection) {
        Request& request = *connection.request;
        const std::size_t size = std::min(request.left, connection.in.size());
        if (request.is_upload) {
            connection.upload.add(std::string_view(connection.in).substr(0, size));
        } else {
            request.body.append(connection.in, 0, size);
        }
        connection.in.erase(0, size);
        request.left -= size;
        return request.left == 0;
    }

    void answer(Connection& connection) const {
        const Request& request = *connection.request;
        std::string text;
        sdk::Reply reply = site_.reply({request.method, request.target, request.body}, text);
        if (reply.file != nullptr) {
            text = sdk::read_file(*reply.file);  // anew for each request
            reply.body = text;
        } else if (request.is_upload && reply.status == 200) {
            text = connection.upload.text();
            reply.body = text;
        }
        if (reply.wait.count() > 0) {
            connection.due = Clock::now() + reply.wait;
        }
        append(connection, reply);
    }

    static bool refuse(Connection& connection, unsigned status) {
        sdk::Reply reply;
        reply.status = status;
        connection.request->keep_alive = false;
        append(connection, reply);
        return false;
    }

    static void append(Connection& connection, const sdk::Reply& reply) {
        connection.closing = !connection.request->keep_alive;
        std::string& out = connection.due ? connection.later : connection.out;
        out.append("HTTP/1.1 ").append(reason_of(reply.status));
        out.append("\r\nContent-Type: ").append(reply.content_type);
        out.append("\r\nContent-Length: ").append(std::to_string(reply.body.size()));
        if (reply.allow != nullptr) {
            out.append("\r\nAllow: ").append(reply.allow);
        }
        out.append(connection.closing ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
        if (connection.request->method != "HEAD") {
            out += reply.body;
        }
    }

    sdk::Site site_;
    sdk::StopEvent stop_;
    std::list<Connection> connections_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<Server>)
