// GNU libmicrohttpd in epoll loops of our own: its own waits once more when exactly as many events
// are ready as it takes at a time, 128, before it serves any of them.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <microhttpd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
struct DestroyForm {
    void operator()(MHD_PostProcessor* form) const { MHD_destroy_post_processor(form); }
};

/// The body of a POST whose route reads it, while it comes.
class Received {
  public:
    Received(const sdk::Route& route, MHD_Connection* connection) : route_(route) {
        constexpr std::size_t kLongestKey = 1024;
        if (route.kind == BH_ROUTE_SUM) {  // nothing when the body is no form
            form_.reset(MHD_create_post_processor(connection, kLongestKey, &add_field, this));
        }
    }
    Received(const Received&) = delete;
    Received& operator=(const Received&) = delete;

    void add(std::string_view bytes) {
        switch (route_.kind) {
            case BH_ROUTE_UPLOAD:
                upload_.add(bytes);
                break;
            case BH_ROUTE_SUM:
                if (form_) {
                    MHD_post_process(form_.get(), bytes.data(), bytes.size());
                }
                break;
            default:
                body_ += bytes;
        }
    }

    /// After the last piece. Its body is in `text`, or lives as long as this.
    sdk::Reply reply(std::string& text) {
        switch (route_.kind) {
            case BH_ROUTE_UPLOAD:
                text = upload_.text();
                return {200, route_.content_type.c_str(), text};
            case BH_ROUTE_SUM:
                form_.reset();  // brings the last field
                return sdk::Site::sum_reply(route_, sdk::sum_of(a_, b_), text);
            default:
                return {200, route_.content_type.c_str(), body_};
        }
    }

  private:
    /// A field's value comes in pieces, too.
    static MHD_Result add_field(void* self, MHD_ValueKind /*kind*/, const char* key,
                                const char* /*filename*/, const char* /*content_type*/,
                                const char* /*transfer_encoding*/, const char* data,
                                std::uint64_t /*offset*/, std::size_t size) {
        auto& received = *static_cast<Received*>(self);
        const std::string_view name = key != nullptr ? std::string_view(key) : std::string_view();
        if (name == "a") {
            received.a_.append(data, size);
        } else if (name == "b") {
            received.b_.append(data, size);
        }
        return MHD_YES;
    }

    const sdk::Route& route_;
    std::string body_;
    sdk::Upload upload_;
    std::string a_;
    std::string b_;
    std::unique_ptr<MHD_PostProcessor, DestroyForm> form_;
};

/// The library keeps a pointer for each request: to a Received, or to one of these, of which only
/// the address counts.
char head_seen;
char wait_over;

Received* received_of(void* request) {
    return request == &head_seen || request == &wait_over ? nullptr
                                                          : static_cast<Received*>(request);
}

MHD_Response* file_response(const std::string& path) {
    sdk::OpenFile file = sdk::open_file(path);
    return MHD_create_response_from_fd64(file.size, file.descriptor.release());
}

/// What belongs to neither the site nor the request is copied.
MHD_Response* memory_response(std::string_view body, bool must_copy) {
    return MHD_create_response_from_buffer(
        body.size(), const_cast<char*>(body.data()),
        must_copy ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_PERSISTENT);
}

std::string_view query_value(MHD_Connection* connection, const char* name) {
    const char* const value = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
    return value != nullptr ? std::string_view(value) : std::string_view();
}

/// A daemon and what waits in it. One thread for each.
class Loop {
  public:
    Loop(const sdk::Site& site, sdk::Host host, sdk::Descriptor listener)
        : site_(site), host_(host) {
        const auto& routes = site.routes();
        const bool waits = std::any_of(routes.begin(), routes.end(), [](const sdk::Route& route) {
            return route.kind == BH_ROUTE_WAIT;
        });
        constexpr unsigned kConnections = 1'000'000;  // its default: 1020
        unsigned flags = MHD_USE_EPOLL;
        if (waits) {
            flags |= static_cast<unsigned>(MHD_ALLOW_SUSPEND_RESUME);
        }
        daemon_.reset(
            MHD_start_daemon(flags, 0, nullptr, nullptr, &answer, this, MHD_OPTION_LISTEN_SOCKET,
                             listener.get(), MHD_OPTION_CONNECTION_LIMIT, kConnections,
                             MHD_OPTION_NOTIFY_COMPLETED, &forget, static_cast<void*>(nullptr),
                             // Blocked by us: without this it sends no file by sendfile().
                             MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END));
        if (!daemon_) {
            sdk::throw_system_error("MHD_start_daemon");
        }
        listener.release();  // the daemon closes it
    }
    ~Loop() {
        for (const auto& [end, connection] : waiting_) {  // a daemon with some aborts
            MHD_resume_connection(connection);
        }
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Until `stop` is readable.
    void run(int stop) {
        const MHD_DaemonInfo* const events =
            MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD);
        pollfd watched[] = {{events->epoll_fd, POLLIN, 0}, {stop, POLLIN, 0}};
        while ((watched[1].revents & POLLIN) == 0) {
            ::poll(watched, 2, longest_poll());
            resume_those_that_have_waited();
            MHD_run(daemon_.get());
        }
    }

  private:
    using Clock = std::chrono::steady_clock;

    /// In milliseconds; -1: until something happens.
    int longest_poll() const {
        constexpr std::uint64_t kLongest = 60'000;
        MHD_UNSIGNED_LONG_LONG left = 0;  // 0 where something was read and not yet served
        const bool must_not_wait = MHD_get_timeout(daemon_.get(), &left) == MHD_YES;
        if (waiting_.empty()) {
            return must_not_wait ? static_cast<int>(std::min<std::uint64_t>(left, kLongest)) : -1;
        }
        const auto until_next =
            std::chrono::ceil<std::chrono::milliseconds>(waiting_.begin()->first - Clock::now());
        const auto next = static_cast<std::uint64_t>(std::max<std::int64_t>(until_next.count(), 0));
        const std::uint64_t most = must_not_wait ? std::min<std::uint64_t>(left, next) : next;
        return static_cast<int>(std::min(most, kLongest));
    }

    void resume_those_that_have_waited() {
        if (waiting_.empty()) {
            return;
        }
        const auto first_to_wait = waiting_.upper_bound(Clock::now());
        std::for_each(waiting_.begin(), first_to_wait,
                      [](const auto& waiting) { MHD_resume_connection(waiting.second); });
        waiting_.erase(waiting_.begin(), first_to_wait);
    }

    /// Called at least twice a request: with its head, for each piece of its body, and after it. An
    /// answer given at the first call would make the library close the connection.
    static MHD_Result answer(void* self, MHD_Connection* connection, const char* url,
                             const char* method, const char* /*version*/, const char* upload,
                             std::size_t* upload_size, void** request) {
        auto& loop = *static_cast<Loop*>(self);
        try {
            if (*request == nullptr) {
                *request = loop.begin(connection, url, method);
            } else if (*upload_size != 0) {
                if (Received* const received = received_of(*request)) {
                    received->add({upload, *upload_size});
                }
                *upload_size = 0;
            } else {
                return loop.answer_whole(connection, url, method, request);
            }
            return MHD_YES;
        } catch (const std::exception& error) {
            loop.host_.error(error.what());
            return MHD_NO;  // closes the connection
        }
    }

    /// What the library is to keep for a request whose head has come.
    void* begin(MHD_Connection* connection, std::string_view url, std::string_view method) const {
        const sdk::Route* const route = method == "POST" ? site_.find(url) : nullptr;
        const bool reads_body =
            route != nullptr && (route->kind == BH_ROUTE_ECHO || route->kind == BH_ROUTE_UPLOAD ||
                                 route->kind == BH_ROUTE_SUM);
        return reads_body ? static_cast<void*>(new Received(*route, connection)) : &head_seen;
    }

    MHD_Result answer_whole(MHD_Connection* connection, const char* url, const char* method,
                            void** request) {
        std::string text;
        Received* const received = received_of(*request);
        const sdk::Reply reply =
            received != nullptr ? received->reply(text) : reply_to(connection, url, method, text);
        if (reply.wait.count() > 0 && *request != &wait_over) {
            waiting_.emplace(Clock::now() + reply.wait, connection);
            *request = &wait_over;  // as it is when the library calls once more
            MHD_suspend_connection(connection);
            return MHD_YES;
        }
        MHD_Response* const response =
            reply.file != nullptr ? file_response(*reply.file)
                                  : memory_response(reply.body, reply.body.data() == text.data());
        if (response == nullptr) {
            return MHD_NO;
        }
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply.content_type);
        if (reply.allow != nullptr) {
            MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, reply.allow);
        }
        const MHD_Result queued = MHD_queue_response(connection, reply.status, response);
        MHD_destroy_response(response);
        return queued;
    }

    sdk::Reply reply_to(MHD_Connection* connection, std::string_view url, std::string_view method,
                        std::string& text) const {
        const sdk::Reply reply = site_.reply(method, url, text);
        const sdk::Route* const route = reply.status == 400 ? site_.find(url) : nullptr;
        if (route == nullptr || route->kind != BH_ROUTE_SUM) {
            return reply;
        }
        // The library has taken the query off the URL and parsed it.
        return sdk::Site::sum_reply(
            *route, sdk::sum_of(query_value(connection, "a"), query_value(connection, "b")), text);
    }

    /// The library's word that a request is over, however it ended.
    static void forget(void* /*closure*/, MHD_Connection* /*connection*/, void** request,
                       MHD_RequestTerminationCode /*how*/) {
        delete received_of(*request);
    }

    const sdk::Site& site_;
    sdk::Host host_;
    std::multimap<Clock::time_point, MHD_Connection*> waiting_;  ///< by its end
    std::unique_ptr<MHD_Daemon, StopDaemon> daemon_;             ///< last, as it ends by answers
};

class MicrohttpdServer {
  public:
    /// The library has nothing to compress with.
    static constexpr sdk::Description kDescription = {
        .id = "microhttpd",
        .name = "GNU libmicrohttpd",
        .version = BENCHHOST_LIBRARY_VERSION,
        .language = "C",
        .concurrency = "an epoll loop a thread, all accepting from one socket",
        .url = "https://www.gnu.org/software/libmicrohttpd/",
        .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute};

    explicit MicrohttpdServer(sdk::Host host) : host_(host) {}

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        sdk::block_broken_pipe_signals();
        const sdk::ListeningSocket listening = sdk::listen_at(endpoint);
        std::vector<std::unique_ptr<Loop>> loops;
        for (std::uint32_t i = 0; i < endpoint.threads; ++i) {
            loops.push_back(std::make_unique<Loop>(site_, host_, listening.socket.duplicate()));
        }
        ready(listening.port);
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < loops.size(); ++i) {
            threads.emplace_back(&Loop::run, loops[i].get(), stop_.fd());
        }
        loops.front()->run(stop_.fd());  // until stop()
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

BENCHHOST_PLUGIN(sdk::server<MicrohttpdServer>)
