// CivetWeb: a fixed pool of threads, one for each connection as long as it is open.
#include <benchhost/connections.hpp>
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <civetweb.h>
#include <poll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

struct StopServer {
    void operator()(mg_context* context) const { mg_stop(context); }
};

/// Hands on the request's body as it comes; false: it broke off.
template <class Take>
bool read_body(mg_connection* connection, const Take& take) {
    std::array<char, 16'384> piece{};
    for (;;) {
        const int size = mg_read(connection, piece.data(), piece.size());
        if (size <= 0) {
            return size == 0;
        }
        take(std::string_view(piece.data(), static_cast<std::size_t>(size)));
    }
}

bool read_text(mg_connection* connection, std::string& text) {
    return read_body(connection, [&](std::string_view piece) { text += piece; });
}

/// The value of a field of a query or of a form; empty when there is none.
std::string field(std::string_view form, const char* name) {
    std::array<char, 32> value{};
    const int size = mg_get_var(form.data(), form.size(), name, value.data(), value.size());
    return size > 0 ? std::string(value.data(), static_cast<std::size_t>(size)) : std::string();
}

class CivetwebServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "civetweb",
        .name = "CivetWeb",
        .version = CIVETWEB_VERSION,
        .language = "C",
        .concurrency = "a thread per connection, so connections <= option pool_threads",
        .url = "https://github.com/civetweb/civetweb",
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute};  // it compresses nothing but files
    static constexpr bh_option kOptions[] = {
        sdk::number_option("pool_threads", "1024",
                           "threads, all started at once; more connections wait for a free one "
                           "(CivetWeb's own default: 50)"),
        sdk::number_option("keep_alive_timeout", "60",
                           "seconds an idle connection is kept (CivetWeb's own default: 0.5)")};

    explicit CivetwebServer(sdk::Host host) : host_(host) {}

    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes) {
        pool_threads_ = std::to_string(settings.number("pool_threads", 1, 60'000));
        keep_alive_ms_ = std::to_string(settings.number("keep_alive_timeout", 1, 86'400) * 1000);
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        const bool is_v6 = endpoint.address.find(':') != std::string::npos;
        const std::string where = (is_v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
                                  std::to_string(endpoint.port);
        const std::array<const char*, 15> options = {"listening_ports",
                                                     where.c_str(),
                                                     "num_threads",
                                                     pool_threads_.c_str(),
                                                     "enable_keep_alive",
                                                     "yes",
                                                     "keep_alive_timeout_ms",
                                                     keep_alive_ms_.c_str(),
                                                     "tcp_nodelay",
                                                     "1",
                                                     "listen_backlog",
                                                     "4096",
                                                     nullptr};
        mg_callbacks callbacks{};
        callbacks.log_message = &log;
        std::array<char, 256> reason{};
        mg_init_data start{&callbacks, this, const_cast<const char**>(options.data())};
        // By name: 1.16 has other members before these two.
        mg_error_data error{};
        error.text = reason.data();
        error.text_buffer_size = reason.size();
        std::unique_ptr<mg_context, StopServer> server(mg_start2(&start, &error));
        if (server == nullptr) {
            throw std::runtime_error("cannot listen on " + where + ": " + reason.data());
        }
        mg_set_request_handler(
            server.get(), "**",
            [](mg_connection* connection, void* self) {
                return static_cast<const CivetwebServer*>(self)->answer(connection);
            },
            this);
        mg_server_port port{};
        if (mg_get_server_ports(server.get(), 1, &port) != 1) {
            throw std::runtime_error("CivetWeb does not tell its port");
        }
        ready(static_cast<std::uint16_t>(port.port));
        stop_.wait();
        server.reset();
        // It drops those that a thread was about to take.
        sdk::close_connections(static_cast<std::uint16_t>(port.port));
    }

    void stop() { stop_.set(); }

  private:
    static constexpr sdk::Reply kBrokenOff = {400, "text/plain", "the body broke off\n"};

    /// Returns the status, for CivetWeb's own log. What it leaves of the body, CivetWeb drops.
    int answer(mg_connection* connection) const {
        const mg_request_info& request = *mg_get_request_info(connection);
        const std::string_view method = request.request_method;
        std::string text;
        const sdk::Reply reply = reply_to(connection, request, text);
        if (reply.wait.count() > 0 && !waits(reply.wait)) {
            return 503;  // the server stops: no answer any more
        }
        if (reply.allow != nullptr) {
            refuse_method(connection, reply, method);
        } else if (reply.status != 200) {
            mg_send_http_error(connection, static_cast<int>(reply.status), "%.*s",
                               static_cast<int>(reply.body.size()), reply.body.data());
        } else if (reply.file != nullptr) {
            mg_send_mime_file(connection, reply.file->c_str(), reply.content_type);
        } else {
            mg_send_http_ok(connection, reply.content_type,
                            static_cast<long long>(reply.body.size()));
            if (method != "HEAD") {
                mg_write(connection, reply.body.data(), reply.body.size());
            }
        }
        return static_cast<int>(reply.status);
    }

    /// `text` belongs to the reply.
    sdk::Reply reply_to(mg_connection* connection, const mg_request_info& request,
                        std::string& text) const {
        const std::string_view method = request.request_method;
        const sdk::Route* const route = site_.find(request.local_uri);
        const bool is_post = method == "POST";
        if (route != nullptr && is_post && route->kind == BH_ROUTE_UPLOAD) {
            return upload(connection, *route, text);
        }
        if (route != nullptr && is_post && route->kind == BH_ROUTE_ECHO) {
            return read_text(connection, text) ? sdk::Reply{200, route->content_type.c_str(), text}
                                               : kBrokenOff;
        }
        if (route != nullptr && is_post && route->kind == BH_ROUTE_SUM) {
            return read_text(connection, text) ? sum(*route, text) : kBrokenOff;
        }
        if (route != nullptr && route->kind == BH_ROUTE_SUM &&
            (method == "GET" || method == "HEAD")) {
            text = request.query_string != nullptr ? request.query_string : "";
            return sum(*route, text);
        }
        return site_.reply(method, request.local_uri, text);
    }

    static sdk::Reply upload(mg_connection* connection, const sdk::Route& route,
                             std::string& text) {
        sdk::Upload received;
        if (!read_body(connection, [&](std::string_view piece) { received.add(piece); })) {
            return kBrokenOff;
        }
        text = received.text();
        return {200, route.content_type.c_str(), text};
    }

    /// Of the fields in `text`, which becomes the body.
    static sdk::Reply sum(const sdk::Route& route, std::string& text) {
        return sdk::Site::sum_reply(route, sdk::sum_of(field(text, "a"), field(text, "b")), text);
    }

    /// mg_send_http_error would not say which methods there are.
    static void refuse_method(mg_connection* connection, const sdk::Reply& reply,
                              std::string_view method) {
        mg_response_header_start(connection, static_cast<int>(reply.status));
        mg_response_header_add(connection, "Allow", reply.allow, -1);
        mg_response_header_add(connection, "Content-Type", reply.content_type, -1);
        mg_response_header_add(connection, "Content-Length",
                               std::to_string(reply.body.size()).c_str(), -1);
        mg_response_header_send(connection);
        if (method != "HEAD") {
            mg_write(connection, reply.body.data(), reply.body.size());
        }
    }

    /// In the connection's thread; false: the server stops before the time has passed.
    bool waits(std::chrono::milliseconds time) const {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point until = Clock::now() + time;
        pollfd stop{stop_.fd(), POLLIN, 0};
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
            if (left.count() <= 0) {
                return true;
            }
            if (::poll(&stop, 1, static_cast<int>(left.count())) == 1) {
                return false;
            }
        }
    }

    static int log(const mg_connection* connection, const char* message) {
        const mg_context* const context = mg_get_context(connection);
        static_cast<CivetwebServer*>(mg_get_user_data(context))->host_.warning(message);
        return 1;  // handled
    }

    sdk::Host host_;
    sdk::Site site_;
    std::string pool_threads_;
    std::string keep_alive_ms_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<CivetwebServer>)
