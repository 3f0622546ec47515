// RESTinio on Boost.Asio: its express router, one io_context run by all threads.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <restinio/all.hpp>
#include <restinio/helpers/http_field_parsers/accept-encoding.hpp>
#include <restinio/transforms/zlib.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
namespace net = restinio::asio_ns;
using Router = restinio::router::express_router_t<>;
using Request = restinio::request_handle_t;
using Handled = restinio::request_handling_status_t;

/// Of the library's defaults all but the request handler: a thread-safe timer, a strand a
/// connection, no log.
struct Traits : restinio::default_traits_t {
    using request_handler_t = Router;
};
using Server = restinio::http_server_t<Traits>;

/// Requests of one connection that it takes before the first is answered.
constexpr std::size_t kPipelined = 64;

restinio::http_status_line_t status_of(const sdk::Reply& reply) {
    switch (reply.status) {
        case 200:
            return restinio::status_ok();
        case 400:
            return restinio::status_bad_request();
        default:
            return restinio::status_not_found();
    }
}

bool takes_gzip(const Request& request) {
    const auto field = request->header().opt_value_of(restinio::http_field::accept_encoding);
    if (!field) {
        return false;
    }
    const auto accepted = restinio::http_field_parsers::accept_encoding_value_t::try_parse(*field);
    return accepted &&
           std::any_of(accepted->codings.begin(), accepted->codings.end(), [](const auto& item) {
               return item.content_coding == "gzip" && item.weight.as_uint() > 0;
           });
}

/// By itself the library would send a body after HEAD, too, and it would be taken for the next
/// answer.
Handled send_head(const Request& request, restinio::http_status_line_t status,
                  const std::string& content_type, std::uint64_t length) {
    return request->create_response<restinio::user_controlled_output_t>(std::move(status))
        .append_header(restinio::http_field::content_type, content_type)
        .set_content_length(length)
        .done();
}

Handled send(const Request& request, const sdk::Reply& reply) {
    if (request->header().method() == restinio::http_method_head()) {
        return send_head(request, status_of(reply), reply.content_type, reply.body.size());
    }
    auto response = request->create_response(status_of(reply));
    response.append_header(restinio::http_field::content_type, reply.content_type);
    if (reply.compress && takes_gzip(request)) {
        auto body = restinio::transforms::zlib::gzip_body_appender(response);  // says so, too
        body.append(reply.body);
        body.complete();
    } else {
        response.set_body(std::string(reply.body));
    }
    return response.done();
}

/// The timer holds the request, and belongs to the context.
Handled send_later(net::io_context& context, const Request& request, const sdk::Reply& reply) {
    const auto timer = std::make_shared<net::steady_timer>(context, reply.wait);
    timer->async_wait([timer, request, reply](const auto& error) {
        if (!error) {
            send(request, reply);  // the body of what waits belongs to the site
        }
    });
    return restinio::request_accepted();
}

Handled answer_sum(const sdk::Route& route, const Request& request) {
    const bool is_form = request->header().method() == restinio::http_method_post();
    const std::string_view text =
        is_form ? std::string_view(request->body()) : request->header().query();
    const auto fields =
        restinio::try_parse_query<restinio::parse_query_traits::x_www_form_urlencoded>(text);
    std::optional<std::uint64_t> sum;
    if (fields) {
        const std::string_view none;
        sum = sdk::sum_of(fields->get_param("a").value_or(none),
                          fields->get_param("b").value_or(none));
    }
    std::string digits;
    return send(request, sdk::Site::sum_reply(route, sum, digits));
}

/// The library calls when it has the whole body: there is nothing to read as it comes.
Handled answer_upload(const sdk::Route& route, const Request& request) {
    sdk::Upload upload;
    upload.add(request->body());
    const std::string text = upload.text();
    return send(request, {200, route.content_type.c_str(), text});
}

Handled refuse(const Request& request, const sdk::Route& route) {
    return request->create_response(restinio::status_method_not_allowed())
        .append_header(restinio::http_field::allow, sdk::methods_of(route))
        .done();
}

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
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute | sdk::route_kinds({BH_ROUTE_COMPRESSED})};

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        net::io_context context(static_cast<int>(endpoint.threads));
        Server server(restinio::external_io_context(context), settings(endpoint, context));
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

    restinio::server_settings_t<Traits> settings(const sdk::Endpoint& endpoint,
                                                 net::io_context& context) {
        restinio::server_settings_t<Traits> settings;
        settings.protocol(endpoint.address.find(':') == std::string::npos ? net::ip::tcp::v4()
                                                                          : net::ip::tcp::v6());
        settings.address(endpoint.address);
        settings.port(endpoint.port);
        settings.request_handler(make_router(context));
        settings.max_pipelined_requests(kPipelined);
        settings.read_next_http_message_timelimit(std::chrono::seconds(60));
        // By default it would close a connection whose answer takes longer than 10 s.
        settings.handle_request_timeout(sdk::kLongestWait + std::chrono::seconds(10));
        settings.socket_options_setter([](restinio::socket_options_t& options) {
            options.set_option(net::ip::tcp::no_delay(true));
        });
        settings.acceptor_post_bind_hook(
            [this](net::ip::tcp::acceptor& acceptor) { port_ = acceptor.local_endpoint().port(); });
        return settings;
    }

    std::unique_ptr<Router> make_router(net::io_context& context) const {
        auto router = std::make_unique<Router>();
        for (const sdk::Route& route : site_.routes()) {
            add(*router, route, context);
        }
        router->non_matched_request_handler([](const auto& request) {
            return request->create_response(restinio::status_not_found()).done();
        });
        return router;
    }

    void add(Router& router, const sdk::Route& route, net::io_context& context) const {
        using restinio::http_method_get;
        using restinio::http_method_head;
        using restinio::http_method_post;
        using restinio::router::any_of_methods;
        using restinio::router::none_of_methods;
        const auto refuse_others = [&route](const Request& request, const auto&) {
            return refuse(request, route);
        };
        switch (route.kind) {
            case BH_ROUTE_ECHO:
                router.http_post(route.path, [&route](const Request& request, const auto&) {
                    return send(request, {200, route.content_type.c_str(), request->body()});
                });
                router.add_handler(none_of_methods(http_method_post()), route.path, refuse_others);
                break;
            case BH_ROUTE_UPLOAD:
                router.http_post(route.path, [&route](const Request& request, const auto&) {
                    return answer_upload(route, request);
                });
                router.add_handler(none_of_methods(http_method_post()), route.path, refuse_others);
                break;
            case BH_ROUTE_SUM:
                router.add_handler(
                    any_of_methods(http_method_get(), http_method_head(), http_method_post()),
                    route.path, [&route](const Request& request, const auto&) {
                        return answer_sum(route, request);
                    });
                router.add_handler(
                    none_of_methods(http_method_get(), http_method_head(), http_method_post()),
                    route.path, refuse_others);
                break;
            case BH_ROUTE_WAIT:
            case BH_ROUTE_ITEMS:
            case BH_ROUTE_COMPRESSED: {
                const std::string path = route.path + R"(/:number(\d+))";
                router.add_handler(any_of_methods(http_method_get(), http_method_head()), path,
                                   [this, &context](const Request& request, const auto&) {
                                       return answer_number(request, context);
                                   });
                router.add_handler(none_of_methods(http_method_get(), http_method_head()), path,
                                   refuse_others);
                break;
            }
            default:
                router.http_get(route.path, [this, &route](const Request& request, const auto&) {
                    return answer(route, request);
                });
                router.http_head(route.path, [this, &route](const Request& request, const auto&) {
                    return answer_head(route, request);
                });
                router.add_handler(none_of_methods(http_method_get(), http_method_head()),
                                   route.path, refuse_others);
        }
    }

    Handled answer(const sdk::Route& route, const Request& request) const {
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

    Handled answer_head(const sdk::Route& route, const Request& request) const {
        std::string json;
        const std::uint64_t length = route.kind == BH_ROUTE_FILE
                                         ? std::filesystem::file_size(route.file)
                                         : site_.body_of(route, json).size();
        return send_head(request, restinio::status_ok(), route.content_type, length);
    }

    /// Of a path with a number behind it.
    Handled answer_number(const Request& request, net::io_context& context) const {
        std::string text;
        const sdk::Reply reply = site_.reply("GET", request->header().request_target(), text);
        return reply.wait.count() > 0 ? send_later(context, request, reply) : send(request, reply);
    }

    sdk::Site site_;
    std::uint16_t port_ = 0;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<RestinioServer>)
