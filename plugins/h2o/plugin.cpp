// libh2o on its own event loop, as its example of an embedded server is built: a loop and a context
// a thread, all accepting from one socket.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <h2o.h>

#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

/// The library's handler, with what ours needs behind it.
struct Handler {
    h2o_handler_t base;
    const sdk::Site* site;
};

const char* reason_of(unsigned status) {
    return status == 200 ? "OK" : status == 404 ? "Not Found" : "Method Not Allowed";
}

int answer(h2o_handler_t* handler, h2o_req_t* request) {
    const sdk::Site& site = *reinterpret_cast<Handler*>(handler)->site;
    std::string json;
    const sdk::Reply reply = site.reply({request->method.base, request->method.len},
                                        {request->path.base, request->path.len}, json);
    const std::string_view type = reply.content_type;
    if (reply.file != nullptr) {
        return h2o_file_send(request, 200, "OK", reply.file->c_str(),
                             h2o_iovec_init(type.data(), type.size()), 0);
    }
    request->res.status = static_cast<int>(reply.status);
    request->res.reason = reason_of(reply.status);
    request->res.content_length = reply.body.size();
    h2o_add_header(&request->pool, &request->res.headers, H2O_TOKEN_CONTENT_TYPE, nullptr,
                   type.data(), type.size());
    h2o_send_inline(request, reply.body.data(), reply.body.size());  // copies
    return 0;
}

/// The configuration all threads share.
class Configuration {
  public:
    explicit Configuration(const sdk::Site& site) {
        h2o_config_init(&config_);
        config_.http1.upgrade_to_http2 = 0;
        h2o_hostconf_t* const host = h2o_config_register_host(
            &config_, h2o_iovec_init("default", 7), std::numeric_limits<std::uint16_t>::max());
        h2o_pathconf_t* const path = h2o_config_register_path(host, "/", 0);
        auto* const handler = reinterpret_cast<Handler*>(h2o_create_handler(path, sizeof(Handler)));
        handler->base.on_req = &answer;
        handler->site = &site;
    }
    ~Configuration() { h2o_config_dispose(&config_); }
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    h2o_globalconf_t* get() { return &config_; }

  private:
    h2o_globalconf_t config_{};
};

/// What one thread runs. Made and destroyed by that thread: the library keeps pools a thread.
class Loop {
  public:
    Loop(Configuration& configuration, sdk::Descriptor stop, sdk::Descriptor listener)
        : loop_(h2o_evloop_create()) {
        h2o_context_init(&context_, loop_, configuration.get());
        accept_.ctx = &context_;
        accept_.hosts = configuration.get()->hosts;
        listener_ = watch(listener.release(), &Loop::accept);
        stop_ = watch(stop.release(), &Loop::stop);
    }
    ~Loop() {
        h2o_context_dispose(&context_);
        h2o_evloop_destroy(loop_);
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run() {
        while (!stopped_) {
            h2o_evloop_run(loop_, std::numeric_limits<std::int32_t>::max());
            h2o_filecache_clear(
                context_.filecache);  // as the h2o program does: files are read anew
        }
        h2o_socket_close(listener_);
        h2o_socket_close(stop_);
        close_connections();
    }

  private:
    static Loop& of(h2o_socket_t* socket) { return *static_cast<Loop*>(socket->data); }

    h2o_socket_t* watch(int fd, h2o_socket_cb callback) {
        h2o_socket_t* const socket = h2o_evloop_socket_create(loop_, fd, H2O_SOCKET_FLAG_DONT_READ);
        socket->data = this;
        h2o_socket_read_start(socket, callback);
        return socket;
    }

    static void accept(h2o_socket_t* listener, const char* error) {
        constexpr int kAtOnce = 16;  // then the connections there are get their turn
        Loop& loop = of(listener);
        for (int i = 0; error == nullptr && i < kAtOnce; ++i) {
            h2o_socket_t* const socket = h2o_evloop_socket_accept(listener);
            if (socket == nullptr) {
                return;
            }
            ++loop.open_;
            socket->on_close.cb = [](void* self) { --static_cast<Loop*>(self)->open_; };
            socket->on_close.data = &loop;
            h2o_accept(&loop.accept_, socket);
        }
    }

    static void stop(h2o_socket_t* socket, const char* /*error*/) {
        h2o_socket_read_stop(socket);
        of(socket).stopped_ = true;
    }

    /// The library closes its connections when their clients do: here they seem to.
    void close_connections() {
        constexpr int kRounds = 200;  // of 10 ms at most
        context_.globalconf->http1.callbacks.foreach_request(
            &context_,
            [](h2o_req_t* request, void*) {
                h2o_socket_t* const socket = request->conn->callbacks->get_socket(request->conn);
                ::shutdown(h2o_socket_get_fd(socket), SHUT_RDWR);
                return 0;
            },
            nullptr);
        for (int i = 0; open_ > 0 && i < kRounds; ++i) {
            h2o_evloop_run(loop_, 10);
        }
    }

    h2o_evloop_t* loop_;
    h2o_context_t context_{};
    h2o_accept_ctx_t accept_{};
    h2o_socket_t* listener_ = nullptr;
    h2o_socket_t* stop_ = nullptr;
    bool stopped_ = false;
    int open_ = 0;  ///< connections
};

class H2oServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "h2o",
        .name = "libh2o",
        .version = H2O_VERSION,
        .language = "C",
        .concurrency = "an event loop a thread, all accepting from one socket",
        .url = "https://h2o.examp1e.net",
        .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
        .declared_class = BH_CLASS_PRODUCTION};

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        sdk::block_broken_pipe_signals();
        const sdk::ListeningSocket listening = sdk::listen_at(endpoint);
        Configuration configuration(site_);
        std::vector<std::thread> threads;
        for (std::uint32_t i = 1; i < endpoint.threads; ++i) {
            threads.emplace_back([&] { run(configuration, listening); });
        }
        ready(listening.port);
        run(configuration, listening);  // until stop()
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    void stop() { stop_.set(); }

  private:
    void run(Configuration& configuration, const sdk::ListeningSocket& listening) {
        Loop(configuration, stop_.duplicate(), listening.socket.duplicate()).run();
    }

    sdk::Site site_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<H2oServer>)
