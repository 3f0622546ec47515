// Raw Boost.Asio: one event loop a thread, accepted connections dealt out in turn or, with a
// listening socket a thread, by the kernel.
#include "session.hpp"

#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace net = boost::asio;
namespace sdk = benchhost::sdk;
using benchhost::asio_server::Session;
using net::ip::tcp;

/// Accepts for `loops` in turn; runs on the thread of the first.
class Listener {
  public:
    Listener(tcp::acceptor acceptor, std::vector<net::io_context*> loops, const sdk::Site& site)
        : acceptor_(std::move(acceptor)),
          pause_(acceptor_.get_executor()),
          loops_(std::move(loops)),
          site_(site) {}

    void accept() {
        next_ = (next_ + 1) % loops_.size();
        acceptor_.async_accept(*loops_[next_], [this](const boost::system::error_code& error,
                                                      tcp::socket socket) {
            if (error) {  // out of descriptors, most likely: they come back as connections close
                pause_.expires_after(std::chrono::milliseconds(10));
                pause_.async_wait([this](const boost::system::error_code&) { accept(); });
                return;
            }
            const auto session = std::make_shared<Session>(std::move(socket), site_);
            net::dispatch(*loops_[next_], [session] { session->start(); });
            accept();
        });
    }

  private:
    tcp::acceptor acceptor_;
    net::steady_timer pause_;
    std::vector<net::io_context*> loops_;
    std::size_t next_ = 0;  ///< of loops_: where the connection being accepted goes
    const sdk::Site& site_;
};

/// Lets other sockets of ours be bound to the same port; the kernel divides connections among them.
void share_port(tcp::acceptor& acceptor) {
    const int yes = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0) {
        sdk::throw_system_error("SO_REUSEPORT");
    }
}

/// Not listening yet.
tcp::acceptor bound_acceptor(net::io_context& loop, const tcp::endpoint& where) {
    tcp::acceptor acceptor(loop, where.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(where);
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
                                                      .declared_class = BH_CLASS_RAW,
                                                      // It does not compress.
                                                      .route_kinds = sdk::kEveryRoute};
    static constexpr bh_option kOptions[] = {sdk::choice_option(
        "accept", "shared|per_thread", "shared",
        "one listening socket for all threads, or one a thread, between which the kernel divides "
        "connections (SO_REUSEPORT)")};

    AsioServer() : first_(std::make_unique<net::io_context>(1)) {}

    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
        accept_per_thread_ = settings.text("accept") == "per_thread";
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        sdk::block_broken_pipe_signals();
        std::vector<net::executor_work_guard<net::io_context::executor_type>> guards;
        std::vector<net::io_context*> loops = {first_.get()};
        for (std::uint32_t i = 1; i < endpoint.threads; ++i) {
            const auto& loop = others_.emplace_back(std::make_unique<net::io_context>(1));
            guards.emplace_back(loop->get_executor());
            loops.push_back(loop.get());
        }
        std::vector<std::unique_ptr<Listener>> listeners;
        const std::uint16_t port = accept_per_thread_
                                       ? listen_per_thread(endpoint, loops, listeners)
                                       : listen(endpoint, loops, listeners);
        ready(port);

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
    std::uint16_t listen(const sdk::Endpoint& endpoint, const std::vector<net::io_context*>& loops,
                         std::vector<std::unique_ptr<Listener>>& listeners) const {
        const tcp::endpoint where(net::ip::make_address(endpoint.address), endpoint.port);
        tcp::acceptor acceptor =
            endpoint.listen_fd >= 0
                ? tcp::acceptor(*loops.front(), where.protocol(), endpoint.listen_fd)
                : bound_acceptor(*loops.front(), where);
        if (endpoint.listen_fd < 0) {
            acceptor.listen();
        }
        const std::uint16_t port = acceptor.local_endpoint().port();
        listeners.push_back(std::make_unique<Listener>(std::move(acceptor), loops, site_));
        listeners.back()->accept();
        return port;
    }

    std::uint16_t listen_per_thread(const sdk::Endpoint& endpoint,
                                    const std::vector<net::io_context*>& loops,
                                    std::vector<std::unique_ptr<Listener>>& listeners) const {
        if (endpoint.listen_fd >= 0) {
            throw std::invalid_argument("accept = per_thread needs sockets of its own");
        }
        tcp::endpoint where(net::ip::make_address(endpoint.address), endpoint.port);
        std::vector<tcp::acceptor> acceptors;
        // The first is bound as if alone, so that another server on the port is found; it is shared
        // from then on.
        acceptors.push_back(bound_acceptor(*loops.front(), where));
        share_port(acceptors.back());
        where = acceptors.back().local_endpoint();
        for (std::size_t i = 1; i < loops.size(); ++i) {
            tcp::acceptor acceptor(*loops[i], where.protocol());
            acceptor.set_option(tcp::acceptor::reuse_address(true));
            share_port(acceptor);
            acceptor.bind(where);
            acceptors.push_back(std::move(acceptor));
        }
        for (std::size_t i = 0; i < loops.size(); ++i) {
            acceptors[i].listen();
            listeners.push_back(std::make_unique<Listener>(
                std::move(acceptors[i]), std::vector<net::io_context*>{loops[i]}, site_));
            listeners.back()->accept();
        }
        return where.port();
    }

    bool accept_per_thread_ = false;
    sdk::Site site_;
    // In this order: connections use site_, and an accept that waits in first_ holds a socket of
    // another loop.
    std::vector<std::unique_ptr<net::io_context>> others_;
    std::unique_ptr<net::io_context> first_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<AsioServer>)
