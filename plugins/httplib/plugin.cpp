// cpp-httplib: a pool of threads, one for each connection as long as it is open.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
using httplib::ContentReader;
using httplib::Request;
using httplib::Response;

/// It compresses what it was built to, which the flags of its pkg-config file tell.
#if defined(CPPHTTPLIB_ZLIB_SUPPORT) || defined(CPPHTTPLIB_BROTLI_SUPPORT)
constexpr std::uint32_t kCompressed = sdk::route_kinds({BH_ROUTE_COMPRESSED});
#else
constexpr std::uint32_t kCompressed = 0;
#endif

/// Listens with a longer queue than the 5 connections that the library was compiled with.
class Server : public httplib::Server {
  public:
    /// The port, or throws.
    std::uint16_t bind_at(const sdk::Endpoint& endpoint) {
        constexpr int kBacklog = 4096;
        const bool bound = bind_to_port(endpoint.address, endpoint.port);
        if (!bound || ::listen(svr_sock_, kBacklog) != 0) {
            sdk::throw_system_error("cannot listen on " + endpoint.address + " port " +
                                    std::to_string(endpoint.port));
        }
        return sdk::port_of(svr_sock_);
    }
};

/// Of a server that is to stop: from 0.18 it serves a connection for as long as the next request is
/// already there, and does not tell which connections it has.
void end_connections(std::uint16_t port) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
        const int descriptor = std::atoi(entry.path().filename().c_str());
        sockaddr_storage local{};
        socklen_t size = sizeof local;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &size) != 0) {
            continue;
        }
        // Both begin with family and port.
        const bool is_ip = local.ss_family == AF_INET || local.ss_family == AF_INET6;
        if (is_ip && ntohs(reinterpret_cast<const sockaddr_in*>(&local)->sin_port) == port) {
            ::shutdown(descriptor, SHUT_RDWR);
        }
    }
}

class HttplibServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "httplib",
        .name = "cpp-httplib",
        .version = CPPHTTPLIB_VERSION,
        .language = "C++",
        .concurrency = "a thread per connection, so connections <= option pool_threads",
        .url = "https://github.com/yhirose/cpp-httplib",
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute | kCompressed};
    static constexpr bh_option kOptions[] = {
        sdk::number_option("pool_threads", "1024",
                           "threads, all started at once; more connections wait for a free one "
                           "(cpp-httplib's own default: 8, or one less than there are processors)"),
        sdk::number_option("keep_alive_timeout", "4",
                           "seconds an idle connection is kept (cpp-httplib's own default: 5)"),
        sdk::number_option("keep_alive_requests", "1000000000",
                           "requests until a connection is closed (cpp-httplib's own default: 5)"),
        sdk::yes_no_option("tcp_nodelay", "yes",
                           "without, each answer waits for an acknowledgement (its default: no)")};

    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes) {
        const std::size_t pool_threads = settings.number("pool_threads", 1, 100'000);
        site_ = sdk::Site(routes);
        server_.new_task_queue = [pool_threads] { return new httplib::ThreadPool(pool_threads); };
        server_.set_keep_alive_timeout(
            static_cast<time_t>(settings.number("keep_alive_timeout", 1, 86'400)));
        server_.set_keep_alive_max_count(settings.number("keep_alive_requests", 1));
        server_.set_tcp_nodelay(settings.yes("tcp_nodelay"));
        // Its own options are SO_REUSEPORT, by which two servers would share a port unnoticed.
        server_.set_socket_options([](socket_t socket) {
            const int yes = 1;
            ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
        for (const sdk::Route& route : site_.routes()) {
            add(route);
        }
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        const std::uint16_t port = server_.bind_at(endpoint);
        // A stop that comes before the library listens would be lost: so it waits here.
        auto listening = std::async(std::launch::async, [this] { server_.listen_after_bind(); });
        while (!server_.is_running()) {
            std::this_thread::yield();
        }
        ready(port);
        stop_.wait();
        server_.stop();
        while (listening.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
            end_connections(port);
        }
    }

    void stop() { stop_.set(); }

  private:
    void add(const sdk::Route& route) {
        const auto sum = [&route](const Request& request, Response& response) {
            answer_sum(route, request, response);
        };
        switch (route.kind) {
            case BH_ROUTE_ECHO:
                server_.Post(route.path,
                             [&route](const Request&, Response& response,
                                      const ContentReader& read) { echo(route, response, read); });
                break;
            case BH_ROUTE_UPLOAD:
                server_.Post(route.path, [&route](const Request&, Response& response,
                                                  const ContentReader& read) {
                    upload(route, response, read);
                });
                break;
            case BH_ROUTE_SUM:
                server_.Get(route.path, sum);
                server_.Post(route.path, sum);
                break;
            case BH_ROUTE_WAIT:
            case BH_ROUTE_ITEMS:
            case BH_ROUTE_COMPRESSED:
                server_.Get(route.path + "/[0-9]+",
                            [this](const Request& request, Response& response) {
                                answer_number(request, response);
                            });
                break;
            default:
                server_.Get(route.path, [this, &route](const Request&, Response& response) {
                    answer(route, response);
                });
        }
    }

    void answer(const sdk::Route& route, Response& response) const {
        if (route.kind == BH_ROUTE_FILE) {
            response.set_content(sdk::read_file(route.file), route.content_type);
            return;
        }
        std::string json;
        const std::string_view body = site_.body_of(route, json);
        response.set_content(body.data(), body.size(), route.content_type);
    }

    /// By a content reader, since of a form the library reads no more than 8 KiB by itself.
    static void echo(const sdk::Route& route, Response& response, const ContentReader& read) {
        read([&response](const char* data, std::size_t size) {
            response.body.append(data, size);  // set_content would copy all of it once more
            return true;
        });
        response.set_header("Content-Type", route.content_type);
    }

    static void upload(const sdk::Route& route, Response& response, const ContentReader& read) {
        sdk::Upload body;
        read([&body](const char* data, std::size_t size) {
            body.add({data, size});
            return true;
        });
        response.set_content(body.text(), route.content_type);
    }

    static void answer_sum(const sdk::Route& route, const Request& request, Response& response) {
        std::string text;
        const sdk::Reply reply = sdk::Site::sum_reply(
            route, sdk::sum_of(request.get_param_value("a"), request.get_param_value("b")), text);
        response.status = static_cast<int>(reply.status);
        response.set_content(std::string(reply.body), reply.content_type);
    }

    /// Of a path with a number behind it. A wait holds the connection's thread until it is over or
    /// the server is to stop: the library has nothing else.
    void answer_number(const Request& request, Response& response) const {
        std::string text;
        const sdk::Reply reply = site_.reply(request.method, request.path, text);
        if (reply.wait.count() > 0) {
            pollfd stop{stop_.fd(), POLLIN, 0};
            ::poll(&stop, 1, static_cast<int>(reply.wait.count()));
        }
        if (reply.status != 200) {
            response.status = static_cast<int>(reply.status);
        }
        response.set_content(reply.body.data(), reply.body.size(), reply.content_type);
    }

    sdk::Site site_;
    Server server_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<HttplibServer>)
