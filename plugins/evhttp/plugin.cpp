// libevent's evhttp: an event_base and an evhttp a thread, all accepting from one socket.
#include "loop.hpp"

#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
using benchhost::evhttp_server::Loop;

class EvhttpServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "evhttp",
        .name = "libevent evhttp",
        .version = BENCHHOST_LIBRARY_VERSION,
        .language = "C",
        .concurrency = "an event loop a thread, all accepting from one socket",
        .url = "https://libevent.org",
        .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute};  // it knows no content codings

    explicit EvhttpServer(sdk::Host host) : host_(host) {}

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        sdk::block_broken_pipe_signals();
        const sdk::ListeningSocket listening = sdk::listen_at(endpoint);
        std::vector<std::unique_ptr<Loop>> loops;
        for (std::uint32_t i = 0; i < endpoint.threads; ++i) {
            loops.push_back(
                std::make_unique<Loop>(site_, host_, stop_.fd(), listening.socket.duplicate()));
        }
        ready(listening.port);
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < loops.size(); ++i) {
            threads.emplace_back([&loop = *loops[i]] { loop.run(); });
        }
        loops.front()->run();  // until stop()
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    void stop() { stop_.set(); }

  private:
    sdk::Host host_;
    sdk::Site site_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<EvhttpServer>)
