// A server for benchhost: one thread, poll(), HTTP/1.1 by hand.
#include <benchhost/json.hpp>
#include <benchhost/plugin.hpp>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <list>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

struct Connection {
    int socket = -1;
    std::string in;   // not yet a whole request
    std::string out;  // not yet taken by the socket
    bool closing = false;
};

struct Request {
    std::string method;
    std::string path;
    bool keep_alive = false;
};

class Server {
  public:
    static constexpr sdk::Description kDescription = {.id = "@name@",
                                                      .name = "My @name@",
                                                      .version = "0.1",
                                                      .language = "C++",
                                                      .concurrency = "one thread, poll",
                                                      .url = "https://example.org/@name@",
                                                      .declared_class = BH_CLASS_RAW};

    Server() : stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    Server(Server&& other) noexcept : stop_(std::exchange(other.stop_, -1)) {}
    ~Server() { ::close(stop_); }

    // The routes to answer, and what; throw when something is wrong.
    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        routes_ = routes;
        for (const sdk::Route& route : routes) {
            if (route.kind == BH_ROUTE_JSON) {
                json_ = sdk::JsonValue::parse(route.body);
            }
        }
    }

    // Listens, says ready(port), and returns after stop().
    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        const int listener = listen_on(endpoint);
        ready(port_of(listener));
        while (wait(listener)) {
        }
        for (const Connection& connection : connections_) {
            ::close(connection.socket);
        }
        connections_.clear();
        ::close(listener);
    }

    // Comes from another thread.
    void stop() { ::eventfd_write(stop_, 1); }

  private:
    static int listen_on(const sdk::Endpoint& endpoint) {
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        const int yes = 1;
        ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(endpoint.port);
        ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
        if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener, 511) != 0) {
            const int problem = errno;
            ::close(listener);
            throw std::system_error(problem, std::generic_category(), "cannot listen");
        }
        return listener;
    }

    static std::uint16_t port_of(int listener) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    // One turn of the loop; false when it is to end.
    bool wait(int listener) {
        std::vector<pollfd> watched = {{stop_, POLLIN, 0}, {listener, POLLIN, 0}};
        for (const Connection& connection : connections_) {
            const short events = connection.out.empty() ? POLLIN : POLLOUT;
            watched.push_back({connection.socket, events, 0});
        }
        ::poll(watched.data(), watched.size(), -1);
        auto event = watched.begin() + 2;
        for (auto connection = connections_.begin(); connection != connections_.end(); ++event) {
            if (event->revents != 0 && !advance(*connection)) {
                ::close(connection->socket);
                connection = connections_.erase(connection);
            } else {
                ++connection;
            }
        }
        if (watched[1].revents != 0) {
            accept_one(listener);
        }
        return watched[0].revents == 0;
    }

    void accept_one(int listener) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket >= 0) {
            const int yes = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            connections_.push_back({socket, {}, {}, false});
        }
    }

    // Reads, answers and writes what can be; false when the connection is over.
    bool advance(Connection& connection) {
        if (connection.out.empty()) {
            char block[16384];
            const ssize_t size = ::recv(connection.socket, block, sizeof block, 0);
            if (size <= 0) {
                return size < 0 && errno == EAGAIN;
            }
            connection.in.append(block, static_cast<std::size_t>(size));
        }
        std::size_t end = 0;
        while (!connection.closing && (end = connection.in.find("\r\n\r\n")) != std::string::npos) {
            answer(connection, connection.in.substr(0, end + 2));
            connection.in.erase(0, end + 4);
        }
        const ssize_t sent =
            ::send(connection.socket, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            connection.out.erase(0, static_cast<std::size_t>(sent));
        }
        const bool failed = sent < 0 && errno != EAGAIN;
        const bool done = connection.closing && connection.out.empty();
        return !failed && !done && connection.in.size() < 65536;
    }

    void answer(Connection& connection, const std::string& head) const {
        Request request;
        if (!read_head(head, request)) {
            append(connection, request, "400 Bad Request", "text/plain", "");
            return;
        }
        for (const sdk::Route& route : routes_) {
            if (route.path == request.path) {
                append(connection, request, "200 OK", route.content_type, body_of(route));
                return;
            }
        }
        append(connection, request, "404 Not Found", "text/plain", "");
    }

    static bool read_head(const std::string& head, Request& request) {
        const auto first = head.find(' ');
        const auto second = head.find(" HTTP/1.", first + 1);
        const auto end = head.find("\r\n");
        if (first == std::string::npos || second == std::string::npos || second > end) {
            return false;
        }
        request.method = head.substr(0, first);
        request.path = head.substr(first + 1, second - first - 1);
        const bool close = head.find("\r\nConnection: close") != std::string::npos;
        request.keep_alive = head[second + 8] == '1' && !close;
        return true;
    }

    // Made anew for each request: that is what is measured.
    std::string body_of(const sdk::Route& route) const {
        if (route.kind == BH_ROUTE_FILE) {
            std::ifstream file(route.file, std::ios::binary);
            return {std::istreambuf_iterator<char>(file), {}};
        }
        if (route.kind == BH_ROUTE_JSON) {
            std::string text;
            json_.append_to(text);
            return text;
        }
        return route.body;
    }

    static void append(Connection& connection, const Request& request, const std::string& status,
                       const std::string& type, const std::string& body) {
        connection.closing = !request.keep_alive;
        connection.out += "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
                          "\r\nContent-Length: " + std::to_string(body.size()) +
                          (request.keep_alive ? "" : "\r\nConnection: close") + "\r\n\r\n";
        if (request.method != "HEAD") {
            connection.out += body;
        }
    }

    int stop_;
    std::vector<sdk::Route> routes_;
    sdk::JsonValue json_;
    std::list<Connection> connections_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<Server>)
