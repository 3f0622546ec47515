// Poco::Net::HTTPServer: a thread of the pool for each connection, as long as it is open.
#include "handler.hpp"

#include <benchhost/plugin.hpp>
#include <benchhost/site.hpp>

#include <Poco/Event.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
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

class PocoServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "poco",
        .name = "Poco HTTPServer",
        .version = BENCHHOST_POCO_VERSION,
        .language = "C++",
        .concurrency = "a thread per connection, so connections <= option pool_threads",
        .url = "https://pocoproject.org",
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute | sdk::route_kinds({BH_ROUTE_COMPRESSED})};
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
        Poco::Net::HTTPServer server(new benchhost::poco_server::HandlerFactory(site_, stop_), pool,
                                     socket, params);
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
