// CivetWeb: a fixed pool of threads, one for each connection as long as it is open.
#include <benchhost/connections.hpp>
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <civetweb.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

struct StopServer {
    void operator()(mg_context* context) const { mg_stop(context); }
};

class CivetwebServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "civetweb",
        .name = "CivetWeb",
        .version = CIVETWEB_VERSION,
        .language = "C",
        .concurrency = "a thread per connection, so connections <= option pool_threads",
        .url = "https://github.com/civetweb/civetweb",
        .declared_class = BH_CLASS_PRODUCTION};
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
        mg_set_request_handler(server.get(), "**", &answer, this);
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
    static int answer(mg_connection* connection, void* self) {
        const sdk::Site& site = static_cast<CivetwebServer*>(self)->site_;
        const mg_request_info& request = *mg_get_request_info(connection);
        const std::string_view method = request.request_method;
        std::string json;
        const sdk::Reply reply = site.reply(method, request.local_uri, json);
        if (reply.status != 200) {
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
