// RESTinio on Boost.Asio: its express router, one io_context run by all threads.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <restinio/all.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
namespace net = restinio::asio_ns;
using Router = restinio::router::express_router_t<>;

/// Of the library's defaults all but the request handler: a thread-safe timer, a strand a
/// connection, no log.
struct Traits : restinio::default_traits_t {
    using request_handler_t = Router;
};
using Server = restinio::http_server_t<Traits>;

/// Requests of one connection that it takes before the first is answered.
constexpr std::size_t kPipelined = 64;

class RestinioServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "restinio",
        .name = "RESTinio",
        .version = BENCHHOST_LIBRARY_VERSION,
        .language = "C++",
        .concurrency = "one io_context run by all threads",
        .url = "https://github.com/Stiffstream/restinio",
        .caps = BH_CAP_THREADS,
        .declared_class = BH_CLASS_PRODUCTION};

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        net::io_context context(static_cast<int>(endpoint.threads));
        Server server(restinio::external_io_context(context), settings(endpoint));
        server.open_sync();
        net::posix::stream_descriptor stop(context, stop_.duplicate().release());
        stop.async_wait(net::posix::stream_descriptor::wait_read,
                        [&](const auto& /*error*/) { context.stop(); });
        ready(port_);
        std::vector<std::thread> others;
        for (std::uint32_t i = 1; i < endpoint.threads; ++i) {
            others.emplace_back([&context] { context.run(); });
        }
        context.run();  // until stop()
        for (std::thread& thread : others) {
            thread.join();
        }
        // Not before: another thread may be accepting, and an acceptor is not for two.
        server.close_sync();
        run_ready_handlers(context);
    }

    void stop() { stop_.set(); }

  private:
    /// An answer by sendfile, its connection and its file hold each other until the last handler of
    /// the answer has run; the one that was ready when the context was stopped would leak them.
    /// Bounded, because clients that keep asking keep handlers ready.
    static void run_ready_handlers(net::io_context& context) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
        context.restart();
        while (context.poll_one() > 0 && std::chrono::steady_clock::now() < end) {
        }
    }

    restinio::server_settings_t<Traits> settings(const sdk::Endpoint& endpoint) {
        restinio::server_settings_t<Traits> settings;
        settings.protocol(endpoint.address.find(':') == std::string::npos ? net::ip::tcp::v4()
                                                                          : net::ip::tcp::v6());
        settings.address(endpoint.address);
        settings.port(endpoint.port);
        settings.request_handler(make_router());
        settings.max_pipelined_requests(kPipelined);
        settings.read_next_http_message_timelimit(std::chrono::seconds(60));
        settings.socket_options_setter([](restinio::socket_options_t& options) {
            options.set_option(net::ip::tcp::no_delay(true));
        });
        settings.acceptor_post_bind_hook(
            [this](net::ip::tcp::acceptor& acceptor) { port_ = acceptor.local_endpoint().port(); });
        return settings;
    }

    std::unique_ptr<Router> make_router() const {
        auto router = std::make_unique<Router>();
        for (const sdk::Route& route : site_.routes()) {
            const auto handler = [this, &route](const restinio::request_handle_t& request,
                                                const restinio::router::route_params_t&) {
                return answer(route, request);
            };
            router->http_get(route.path, handler);
            router->http_head(
                route.path, [this, &route](const restinio::request_handle_t& request, const auto&) {
                    return answer_head(route, request);
                });
            router->add_handler(restinio::router::none_of_methods(restinio::http_method_get(),
                                                                  restinio::http_method_head()),
                                route.path, [](const auto& request, const auto&) {
                                    return refuse(request, restinio::status_method_not_allowed());
                                });
        }
        router->non_matched_request_handler(
            [](const auto& request) { return refuse(request, restinio::status_not_found()); });
        return router;
    }

    restinio::request_handling_status_t answer(const sdk::Route& route,
                                               const restinio::request_handle_t& request) const {
        auto response = request->create_response();
        response.append_header(restinio::http_field::content_type, route.content_type);
        if (route.kind == BH_ROUTE_FILE) {
            response.set_body(restinio::sendfile(route.file));
        } else {
            std::string json;
            response.set_body(std::string(site_.body_of(route, json)));
        }
        return response.done();
    }

    /// By itself the library would send the body, too, and one would be taken for the next answer.
    restinio::request_handling_status_t answer_head(
        const sdk::Route& route, const restinio::request_handle_t& request) const {
        std::string json;
        const std::uint64_t length = route.kind == BH_ROUTE_FILE
                                         ? std::filesystem::file_size(route.file)
                                         : site_.body_of(route, json).size();
        return request->create_response<restinio::user_controlled_output_t>()
            .append_header(restinio::http_field::content_type, route.content_type)
            .set_content_length(length)
            .done();
    }

    static restinio::request_handling_status_t refuse(const restinio::request_handle_t& request,
                                                      restinio::http_status_line_t status) {
        return request->create_response(std::move(status)).done();
    }

    sdk::Site site_;
    std::uint16_t port_ = 0;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<RestinioServer>)
