// Poco::Net::HTTPServer: a thread of the pool for each connection, as long as it is open.
#include <benchhost/plugin.hpp>
#include <benchhost/site.hpp>

#include <Poco/Event.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Thread.h>
#include <Poco/ThreadPool.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

/// One request.
class Handler : public Poco::Net::HTTPRequestHandler {
  public:
    explicit Handler(const sdk::Site& site) : site_(site) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
        std::string json;
        const sdk::Reply reply = site_.reply(request.getMethod(), request.getURI(), json);
        if (request.getVersion() != HTTPRequest::HTTP_1_1 &&
            request.getVersion() != HTTPRequest::HTTP_1_0) {  // Poco takes any word for a version
            response.setVersion(HTTPRequest::HTTP_1_1);
            response.setKeepAlive(false);
            send({400, "text/plain", "no HTTP\n"}, response);
        } else if (reply.file != nullptr) {
            response.sendFile(*reply.file, reply.content_type);
        } else {
            if (reply.status == HTTPResponse::HTTP_METHOD_NOT_ALLOWED) {
                response.set("Allow", "GET, HEAD");
                response.setKeepAlive(false);  // a body that nobody reads would pass for a request
            }
            send(reply, response);
        }
    }

  private:
    static void send(const sdk::Reply& reply, HTTPServerResponse& response) {
        response.setStatusAndReason(static_cast<HTTPResponse::HTTPStatus>(reply.status));
        response.setContentType(reply.content_type);
        response.sendBuffer(reply.body.data(), reply.body.size());
    }

    const sdk::Site& site_;
};

class HandlerFactory : public Poco::Net::HTTPRequestHandlerFactory {
  public:
    explicit HandlerFactory(const sdk::Site& site) : site_(site) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(
        const HTTPServerRequest& /*request*/) override {
        return new Handler(site_);  // Poco deletes it
    }

  private:
    const sdk::Site& site_;
};

class PocoServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "poco",
        .name = "Poco HTTPServer",
        .version = BENCHHOST_POCO_VERSION,
        .language = "C++",
        .concurrency = "a thread per connection, so connections <= option pool_threads",
        .url = "https://pocoproject.org",
        .declared_class = BH_CLASS_PRODUCTION};
    static constexpr bh_option kOptions[] = {
        sdk::number_option("pool_threads", "4096",
                           "threads of the pool at most; more connections wait for a free one"),
        sdk::number_option("keep_alive_timeout", "60",
                           "seconds an idle connection is kept (Poco's own default: 15)")};

    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes) {
        pool_threads_ = static_cast<int>(settings.number("pool_threads", 2, 100'000));
        keep_alive_timeout_ = static_cast<long>(settings.number("keep_alive_timeout", 1, 86'400));
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        try {
            run(endpoint, ready);
        } catch (const Poco::Exception& error) {  // its what() is only a class name
            throw std::runtime_error(error.displayText());
        }
    }

    void stop() { stop_.set(); }

  private:
    void run(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        constexpr int kBacklog = 4096;
        // Its constructor would set SO_REUSEPORT, and a second server would share a port in
        // silence.
        Poco::Net::ServerSocket socket;
        socket.bind(Poco::Net::SocketAddress(endpoint.address, endpoint.port), true, false);
        socket.listen(kBacklog);

        Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
        params->setMaxThreads(pool_threads_);
        params->setMaxQueued(kBacklog);
        params->setKeepAlive(true);
        params->setMaxKeepAliveRequests(0);  // as many as the client likes
        params->setKeepAliveTimeout(Poco::Timespan(keep_alive_timeout_, 0));
        params->setTimeout(Poco::Timespan(keep_alive_timeout_, 0));
        params->setThreadIdleTime(Poco::Timespan(1, 0));  // see end()

        constexpr int kSecondsIdle = 60;
        constexpr int kStackBytes = 256 * 1024;
        Poco::ThreadPool pool(2, pool_threads_ + 1, kSecondsIdle, kStackBytes);
        Poco::Net::HTTPServer server(new HandlerFactory(site_), pool, socket, params);
        server.start();
        ready(socket.address().port());
        stop_.wait();
        end(server, pool);
    }

    /// stopAll() tells the connections there are, and wakes one of the threads that wait for
    /// another. A connection that a thread is just taking up is told by none of it, and would be
    /// served until its client goes; threads beyond the first wait for their idle time. So it is
    /// said again until nothing works in the pool any more.
    static void end(Poco::Net::HTTPServer& server, Poco::ThreadPool& pool) {
        constexpr long kMilliseconds = 5;
        server.stopAll(true);
        while (pool.used() > 0) {
            Poco::Thread::sleep(kMilliseconds);  // nothing tells when a thread of it is done
            server.stopAll(true);
        }
        pool.joinAll();
    }

    sdk::Site site_;
    int pool_threads_ = 0;
    long keep_alive_timeout_ = 0;
    Poco::Event stop_{Poco::Event::EVENT_MANUALRESET};
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<PocoServer>)
