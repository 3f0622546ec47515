// Boost.Beast twice: as its asynchronous server example is built, and the same with coroutines. A
// shared io_context run by all threads, a strand a connection, one message at a time.
#include "conversation.hpp"
#include "session.hpp"

#include <benchhost/plugin.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace net = boost::asio;
namespace sdk = benchhost::sdk;
using net::ip::tcp;

/// Takes over a new connection, whose executor is a strand.
using StartConnection = void (*)(tcp::socket socket, const sdk::Site& site);

/// Accepts until its io_context stops.
class Listener {
  public:
    Listener(net::io_context& context, const sdk::Endpoint& endpoint, StartConnection start,
             const sdk::Site& site)
        : context_(context), acceptor_(context), pause_(context), start_(start), site_(site) {
        const tcp::endpoint where(net::ip::make_address(endpoint.address), endpoint.port);
        if (endpoint.listen_fd >= 0) {
            acceptor_.assign(where.protocol(), endpoint.listen_fd);
            return;
        }
        acceptor_.open(where.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(where);
        acceptor_.listen();
    }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void accept() {
        acceptor_.async_accept(
            net::make_strand(context_),
            [this](const boost::system::error_code& error, tcp::socket socket) {
                if (error) {  // out of descriptors, most likely: they come back
                    pause_.expires_after(std::chrono::milliseconds(10));
                    pause_.async_wait([this](const boost::system::error_code&) { accept(); });
                    return;
                }
                boost::system::error_code ignored;  // the first read tells of a lost connection
                socket.set_option(tcp::no_delay(true), ignored);
                start_(std::move(socket), site_);
                accept();
            });
    }

  private:
    net::io_context& context_;
    tcp::acceptor acceptor_;
    net::steady_timer pause_;
    StartConnection start_;
    const sdk::Site& site_;
};

class Server {
  public:
    explicit Server(StartConnection start) : start_(start) {}

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        make_context(endpoint.threads);
        Listener listener(*context_, endpoint, start_, site_);
        listener.accept();
        ready(listener.port());

        std::vector<std::thread> others;
        for (std::uint32_t i = 1; i < endpoint.threads; ++i) {
            others.emplace_back([this] { context_->run(); });
        }
        context_->run();  // until stop()
        for (std::thread& thread : others) {
            thread.join();
        }
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        if (context_) {
            context_->stop();
        }
    }

  private:
    void make_context(std::uint32_t threads) {
        const std::lock_guard lock(mutex_);
        context_ = std::make_unique<net::io_context>(static_cast<int>(threads));
        if (stopped_) {
            context_->stop();
        }
    }

    StartConnection start_;
    sdk::Site site_;
    std::mutex mutex_;  ///< between serve and stop
    bool stopped_ = false;
    std::unique_ptr<net::io_context> context_;
};

constexpr sdk::Description describe(const char* id, const char* name) {
    return {.id = id,
            .name = name,
            .version = BENCHHOST_BOOST_VERSION,
            .language = "C++",
            .concurrency = "one io_context run by all threads",
            .url = "https://www.boost.org/libs/beast",
            .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
            .declared_class = BH_CLASS_PRODUCTION,
            .route_kinds = sdk::kEveryRoute};  // Beast knows no content codings
}

class BeastServer : public Server {
  public:
    static constexpr sdk::Description kDescription = describe("beast", "Boost.Beast");
    BeastServer()
        : Server([](tcp::socket socket, const sdk::Site& site) {
              std::make_shared<benchhost::beast_server::Session>(std::move(socket), site)->start();
          }) {}
};

class BeastCoroutineServer : public Server {
  public:
    static constexpr sdk::Description kDescription =
        describe("beast-coro", "Boost.Beast with coroutines");
    BeastCoroutineServer() : Server(&benchhost::beast_server::start_conversation) {}
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<BeastServer>, sdk::server<BeastCoroutineServer>)
