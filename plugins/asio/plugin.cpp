// Raw Boost.Asio: one event loop a thread, accepted connections dealt out in turn.
#include "session.hpp"

#include <benchhost/json.hpp>
#include <benchhost/plugin.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace net = boost::asio;
namespace sdk = benchhost::sdk;
using benchhost::asio_server::Session;
using benchhost::asio_server::Site;
using net::ip::tcp;

tcp::acceptor make_acceptor(net::io_context& loop, const sdk::Endpoint& endpoint) {
    const tcp::endpoint where(net::ip::make_address(endpoint.address), endpoint.port);
    if (endpoint.listen_fd >= 0) {
        return {loop, where.protocol(), endpoint.listen_fd};
    }
    tcp::acceptor acceptor(loop, where.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(where);
    acceptor.listen();
    return acceptor;
}

class AsioServer {
  public:
    static constexpr sdk::Description kDescription = {.id = "asio",
                                                      .name = "Boost.Asio (no HTTP library)",
                                                      .version = BENCHHOST_BOOST_VERSION,
                                                      .language = "C++",
                                                      .concurrency = "one event loop a thread",
                                                      .url = "https://www.boost.org/libs/asio",
                                                      .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
                                                      .declared_class = BH_CLASS_RAW};

    AsioServer() : first_(std::make_unique<net::io_context>(1)) {}

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_.routes = routes;
        for (const sdk::Route& route : routes) {
            if (route.kind == BH_ROUTE_JSON) {
                site_.json = sdk::JsonValue::parse(route.body);
            }
        }
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        ignore_broken_pipes();
        std::vector<net::executor_work_guard<net::io_context::executor_type>> guards;
        loops_ = {first_.get()};
        for (std::uint32_t i = 1; i < endpoint.threads; ++i) {
            const auto& loop = others_.emplace_back(std::make_unique<net::io_context>(1));
            guards.emplace_back(loop->get_executor());
            loops_.push_back(loop.get());
        }
        tcp::acceptor acceptor = make_acceptor(*first_, endpoint);
        net::steady_timer pause(*first_);
        accept(acceptor, pause);
        ready(acceptor.local_endpoint().port());

        std::vector<std::thread> threads;
        threads.reserve(others_.size());
        for (const auto& loop : others_) {
            threads.emplace_back([&loop] { loop->run(); });
        }
        first_->run();  // until stop()
        for (const auto& loop : others_) {
            loop->stop();
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    void stop() { first_->stop(); }

  private:
    /// sendfile() has no MSG_NOSIGNAL. The threads made later inherit this.
    static void ignore_broken_pipes() {
        sigset_t broken_pipe;
        sigemptyset(&broken_pipe);
        sigaddset(&broken_pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    }

    void accept(tcp::acceptor& acceptor, net::steady_timer& pause) {
        next_ = (next_ + 1) % loops_.size();
        acceptor.async_accept(*loops_[next_], [this, &acceptor, &pause](
                                                  const boost::system::error_code& error,
                                                  tcp::socket socket) {
            if (error) {  // out of descriptors, most likely: they come back as connections close
                pause.expires_after(std::chrono::milliseconds(10));
                pause.async_wait([this, &acceptor, &pause](const boost::system::error_code&) {
                    accept(acceptor, pause);
                });
                return;
            }
            const auto session = std::make_shared<Session>(std::move(socket), site_);
            net::post(*loops_[next_], [session] { session->start(); });
            accept(acceptor, pause);
        });
    }

    std::vector<net::io_context*> loops_;
    std::size_t next_ = 0;  ///< of loops_: where the connection being accepted goes
    Site site_;
    // In this order: connections use site_, and an accept that waits in first_ holds a socket of
    // another loop.
    std::vector<std::unique_ptr<net::io_context>> others_;
    std::unique_ptr<net::io_context> first_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<AsioServer>)
