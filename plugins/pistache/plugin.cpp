// Pistache: its REST router on an endpoint with worker threads and one that accepts.
#include <benchhost/connections.hpp>
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <pistache/endpoint.h>
#include <pistache/router.h>
#include <poll.h>
#include <sys/timerfd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;
namespace http = Pistache::Http;
namespace rest = Pistache::Rest;

/// Answers that are sent later, all by the thread in run(). The library's own timeout is not for
/// this: it is a part of the writer, calls back into it, and writers are moved.
class Waits {
  public:
    Waits() : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
        if (timer_.get() < 0) {
            sdk::throw_system_error("timerfd_create");
        }
    }

    /// `body` has to live until run() has returned. [any thread]
    void add(std::chrono::milliseconds wait, http::ResponseWriter writer, std::string_view body) {
        const std::lock_guard<std::mutex> lock(mutex_);
        waiting_.emplace(Clock::now() + wait, Answer{std::move(writer), body});
        set_timer();
    }

    void run(const sdk::StopEvent& stop) {
        pollfd watched[] = {{stop.fd(), POLLIN, 0}, {timer_.get(), POLLIN, 0}};
        while ((watched[0].revents & POLLIN) == 0) {
            ::poll(watched, 2, -1);
            send_what_is_due();
        }
    }

  private:
    using Clock = std::chrono::steady_clock;
    struct Answer {
        http::ResponseWriter writer;
        std::string_view body;
    };

    void send_what_is_due() {
        std::vector<Answer> due;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            const auto first_to_wait = waiting_.upper_bound(Clock::now());
            for (auto waiting = waiting_.begin(); waiting != first_to_wait; ++waiting) {
                due.push_back(std::move(waiting->second));
            }
            waiting_.erase(waiting_.begin(), first_to_wait);
            set_timer();
        }
        for (Answer& answer : due) {
            answer.writer.send(http::Code::Ok, answer.body.data(), answer.body.size());
        }
    }

    /// To the first end; switched off when there is none. Under the mutex.
    void set_timer() {
        itimerspec when{};
        if (!waiting_.empty()) {
            const auto end = waiting_.begin()->first.time_since_epoch();
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(end);
            when.it_value.tv_sec = seconds.count();
            when.it_value.tv_nsec = std::chrono::nanoseconds(end - seconds).count();
        }
        ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    }

    sdk::Descriptor timer_;
    std::mutex mutex_;
    std::multimap<Clock::time_point, Answer> waiting_;  ///< by its end
};

class PistacheServer {
  public:
    /// In this version the library has nothing to compress with.
    static constexpr sdk::Description kDescription = {
        .id = "pistache",
        .name = "Pistache",
        .version = BENCHHOST_LIBRARY_VERSION,
        .language = "C++",
        .concurrency = "an epoll loop a thread, and a thread that accepts",
        .url = "https://pistacheio.github.io/pistache/",
        .caps = BH_CAP_THREADS,
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute};

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
        constexpr std::size_t kLongestHead = 64 * 1024;
        // It counts the time until an answer as that of the next head: 60 s by default.
        constexpr auto kTimeout = sdk::kLongestWait + std::chrono::seconds(30);
        using Pistache::Tcp::Options;
        const bool is_v6 = endpoint.address.find(':') != std::string::npos;
        Waits waits;
        http::Endpoint server(
            Pistache::Address(is_v6 ? "[" + endpoint.address + "]" : endpoint.address,
                              Pistache::Port(endpoint.port)));
        server.init(http::Endpoint::options()
                        .threads(static_cast<int>(endpoint.threads))
                        .flags(Options::ReuseAddr | Options::NoDelay | Options::CloseOnExec)
                        .backlog(kBacklog)
                        .maxRequestSize(sdk::kMostUpload + kLongestHead)
                        .headerTimeout(kTimeout)
                        .bodyTimeout(kTimeout));
        rest::Router router;
        for (const sdk::Route& route : site_.routes()) {
            add(router, route, waits);
        }
        server.setHandler(router.handler());
        server.serveThreaded();
        const auto port = static_cast<std::uint16_t>(server.getPort());
        ready(port);
        waits.run(stop_);
        server.shutdown();
        return port;
    }

    void add(rest::Router& router, const sdk::Route& route, Waits& waits) const {
        const auto handler = [this, &route, &waits](const rest::Request& request,
                                                    http::ResponseWriter writer) {
            answer(route, request, std::move(writer), waits);
            return rest::Route::Result::Ok;
        };
        switch (route.kind) {
            case BH_ROUTE_ECHO:
            case BH_ROUTE_UPLOAD:
                rest::Routes::Post(router, route.path, handler);
                break;
            case BH_ROUTE_SUM:
                rest::Routes::Get(router, route.path, handler);
                rest::Routes::Head(router, route.path, handler);
                rest::Routes::Post(router, route.path, handler);
                break;
            case BH_ROUTE_WAIT:
            case BH_ROUTE_ITEMS:
                rest::Routes::Get(router, route.path + "/:number", handler);
                rest::Routes::Head(router, route.path + "/:number", handler);
                break;
            default:
                rest::Routes::Get(router, route.path, handler);
                rest::Routes::Head(router, route.path, handler);
        }
    }

    void answer(const sdk::Route& route, const rest::Request& request, http::ResponseWriter writer,
                Waits& waits) const {
        using http::Header::Connection;
        if (!request.headers().has<Connection>()) {
            // It would announce that it closes the connection, which it does not do.
            writer.headers().remove<Connection>();
            writer.headers().add<Connection>(http::ConnectionControl::KeepAlive);
        }
        const bool is_head = request.method() == http::Method::Head;
        if (route.kind == BH_ROUTE_FILE && !is_head) {
            http::serveFile(writer, route.file, http::Mime::MediaType(route.content_type));
            return;
        }
        std::string text;
        const sdk::Reply reply = reply_to(route, request, text);
        const auto code = static_cast<http::Code>(reply.status);
        const std::string type = reply.content_type;
        writer.setMime(http::Mime::MediaType(type));
        if (is_head) {
            // A stream that is never ended: the only answer of the library with a head alone.
            writer.stream(code).flush();
        } else if (reply.wait.count() > 0) {
            waits.add(reply.wait, std::move(writer), reply.body);  // which belongs to the site
        } else {
            writer.send(code, reply.body.data(), reply.body.size());
        }
    }

    sdk::Reply reply_to(const sdk::Route& route, const rest::Request& request,
                        std::string& text) const {
        const char* const type = route.content_type.c_str();
        switch (route.kind) {
            case BH_ROUTE_ECHO:
                return {200, type, request.body()};
            case BH_ROUTE_UPLOAD: {
                sdk::Upload upload;
                upload.add(request.body());  // the library calls when it has all of it
                text = upload.text();
                return {200, type, text};
            }
            case BH_ROUTE_SUM:
                return sdk::Site::sum_reply(route, sum_of(request), text);
            case BH_ROUTE_WAIT:
            case BH_ROUTE_ITEMS:
                return site_.reply("GET", request.resource(), text);
            default:
                return {200, type, site_.body_of(route, text)};
        }
    }

    /// The library parses queries, and no forms.
    static std::optional<std::uint64_t> sum_of(const rest::Request& request) {
        if (request.method() == http::Method::Post) {
            return sdk::sum_of(request.body());
        }
        return sdk::sum_of(request.query().get("a").value_or(""),
                           request.query().get("b").value_or(""));
    }

    sdk::Site site_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<PistacheServer>)
