// Pistache: its REST router on an endpoint with worker threads and one that accepts.
#include <benchhost/connections.hpp>
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <arpa/inet.h>
#include <pistache/endpoint.h>
#include <pistache/router.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
namespace http = Pistache::Http;
namespace rest = Pistache::Rest;

class PistacheServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "pistache",
        .name = "Pistache",
        .version = BENCHHOST_LIBRARY_VERSION,
        .language = "C++",
        .concurrency = "an epoll loop a thread, and a thread that accepts",
        .url = "https://pistacheio.github.io/pistache/",
        .caps = BH_CAP_THREADS,
        .declared_class = BH_CLASS_PRODUCTION};

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        // The library leaves its connections open when it stops.
        sdk::close_connections(serve_until_stop(endpoint, ready));
    }

    void stop() { stop_.set(); }

  private:
    /// Returns the port it was on.
    std::uint16_t serve_until_stop(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        constexpr int kBacklog = 4096;
        using Pistache::Tcp::Options;
        const bool is_v6 = endpoint.address.find(':') != std::string::npos;
        http::Endpoint server(
            Pistache::Address(is_v6 ? "[" + endpoint.address + "]" : endpoint.address,
                              Pistache::Port(endpoint.port)));
        server.init(http::Endpoint::options()
                        .threads(static_cast<int>(endpoint.threads))
                        .flags(Options::ReuseAddr | Options::NoDelay | Options::CloseOnExec)
                        .backlog(kBacklog));
        rest::Router router;
        for (const sdk::Route& route : site_.routes()) {
            const auto handler = [this, &route](const rest::Request& request,
                                                http::ResponseWriter writer) {
                answer(route, request, std::move(writer));
                return rest::Route::Result::Ok;
            };
            rest::Routes::Get(router, route.path, handler);
            rest::Routes::Head(router, route.path, handler);
        }
        server.setHandler(router.handler());
        server.serveThreaded();
        const auto port = static_cast<std::uint16_t>(server.getPort());
        ready(port);
        stop_.wait();
        server.shutdown();
        return port;
    }

    void answer(const sdk::Route& route, const rest::Request& request,
                http::ResponseWriter writer) const {
        using http::Header::Connection;
        const http::Mime::MediaType type(route.content_type);
        if (!request.headers().has<Connection>()) {
            // It would announce that it closes the connection, which it does not do.
            writer.headers().remove<Connection>();
            writer.headers().add<Connection>(http::ConnectionControl::KeepAlive);
        }
        if (request.method() == http::Method::Head) {
            // A stream that is never ended: the only answer of the library with a head alone.
            writer.setMime(type);
            writer.stream(http::Code::Ok).flush();
            return;
        }
        if (route.kind == BH_ROUTE_FILE) {
            http::serveFile(writer, route.file, type);
            return;
        }
        std::string json;
        const std::string_view body = site_.body_of(route, json);
        writer.setMime(type);
        writer.send(http::Code::Ok, body.data(), body.size());
    }

    sdk::Site site_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<PistacheServer>)
