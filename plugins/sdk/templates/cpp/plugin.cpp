// A server for benchhost: one thread, poll(), HTTP/1.1 read by hand.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <list>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

struct Connection {
    sdk::Descriptor socket;
    std::string in;   // not yet a whole request
    std::string out;  // not yet taken by the socket
    bool closing = false;
};

struct Request {
    std::string method;
    std::string target;
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
        for (const Connection& connection : connections_) {
            const short wanted = connection.out.empty() ? POLLIN : POLLOUT;
            watched.push_back({connection.socket.get(), wanted, 0});
        }
        ::poll(watched.data(), watched.size(), -1);
        auto event = watched.begin() + 2;
        for (auto one = connections_.begin(); one != connections_.end(); ++event) {
            const bool goes_on = event->revents == 0 || advance(*one);
            one = goes_on ? std::next(one) : connections_.erase(one);
        }
        if (watched[1].revents != 0) {
            sdk::Descriptor socket(
                ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (socket.get() >= 0) {
                connections_.push_back({std::move(socket), {}, {}, false});
            }
        }
    }

    // Reads, answers and writes as far as the socket lets; false when the connection is over.
    bool advance(Connection& connection) const {
        if (connection.out.empty()) {
            char block[16384];
            const ssize_t size = ::recv(connection.socket.get(), block, sizeof block, 0);
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
        const ssize_t sent = ::send(connection.socket.get(), connection.out.data(),
                                    connection.out.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            connection.out.erase(0, static_cast<std::size_t>(sent));
        }
        const bool lost = sent < 0 && errno != EAGAIN;
        const bool done = connection.closing && connection.out.empty();
        return !lost && !done && connection.in.size() < 65536;
    }

    void answer(Connection& connection, const std::string& head) const {
        Request request;
        if (!read_head(head, request)) {
            append(connection, request, "400 Bad Request", "text/plain", "not HTTP\n");
            return;
        }
        std::string text;
        const sdk::Reply reply = site_.reply(request.method, request.target, text);
        if (reply.file != nullptr) {
            text = sdk::read_file(*reply.file);  // anew for each request
        } else {
            text = reply.body;
        }
        const char* status = reply.status == 200   ? "200 OK"
                             : reply.status == 404 ? "404 Not Found"
                                                   : "405 Method Not Allowed";
        append(connection, request, status, reply.content_type, text);
    }

    static bool read_head(const std::string& head, Request& request) {
        const auto first = head.find(' ');
        const auto second = head.find(" HTTP/1.", first);
        if (first == std::string::npos || second > head.find("\r\n")) {
            return false;
        }
        request.method = head.substr(0, first);
        request.target = head.substr(first + 1, second - first - 1);
        const bool close = head.find("\r\nConnection: close\r\n") != std::string::npos;
        request.keep_alive = head[second + 8] == '1' && !close;
        return true;
    }

    static void append(Connection& connection, const Request& request, const char* status,
                       const char* type, const std::string& body) {
        connection.closing = !request.keep_alive;
        connection.out.append("HTTP/1.1 ").append(status);
        connection.out.append("\r\nContent-Type: ").append(type);
        connection.out.append("\r\nContent-Length: ").append(std::to_string(body.size()));
        connection.out.append(connection.closing ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
        if (request.method != "HEAD") {
            connection.out += body;
        }
    }

    sdk::Site site_;
    sdk::StopEvent stop_;
    std::list<Connection> connections_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<Server>)
