// libh2o on its own event loop, as its example of an embedded server is built: a loop and a context
// a thread, all accepting from one socket.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>
#include <benchhost/upload.hpp>

#include <h2o.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <new>
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

std::string_view view(h2o_iovec_t bytes) { return {bytes.base, bytes.len}; }

const char* reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        default:
            return "Method Not Allowed";
    }
}

void send(h2o_req_t* request, const sdk::Reply& reply) {
    static h2o_generator_t generator = {nullptr, nullptr};
    const auto add_header = [request](const h2o_token_t* name, const char* value) {
        h2o_add_header(&request->pool, &request->res.headers, name, nullptr, value,
                       std::strlen(value));
    };
    request->res.status = static_cast<int>(reply.status);
    request->res.reason = reason_of(reply.status);
    request->res.content_length = reply.body.size();
    add_header(H2O_TOKEN_CONTENT_TYPE, reply.content_type);
    if (reply.allow != nullptr) {
        add_header(H2O_TOKEN_ALLOW, reply.allow);
    }
    if (reply.body.data() == request->entity.base) {  // stays until the answer is sent
        h2o_start_response(request, &generator);
        h2o_send(request, &request->entity, 1, H2O_SEND_STATE_FINAL);
    } else {
        h2o_send_inline(request, reply.body.data(), reply.body.size());  // copies
    }
}

/// A request that is answered later; lives in its pool.
struct Wait {
    h2o_timeout_entry_t entry;  ///< first, as the library hands it to over()
    h2o_req_t* request;
    sdk::Reply reply;  ///< its body belongs to the site

    static void over(h2o_timeout_entry_t* entry) {
        const Wait& wait = *reinterpret_cast<Wait*>(entry);
        send(wait.request, wait.reply);
    }
    static void forget(void* self) { h2o_timeout_unlink(&static_cast<Wait*>(self)->entry); }
};

/// The requests of one loop that wait. A timeout of the library is of one length: there is one for
/// each length that was asked for.
class Waits {
  public:
    explicit Waits(h2o_loop_t* loop) : loop_(loop) {}
    ~Waits() {
        for (auto& [length, timeout] : timeouts_) {
            h2o_timeout_dispose(loop_, &timeout);
        }
    }
    Waits(const Waits&) = delete;
    Waits& operator=(const Waits&) = delete;

    void add(h2o_req_t* request, const sdk::Reply& reply) {
        // Its clock counts whole milliseconds: by one more, no wait is too short.
        const std::uint64_t length = static_cast<std::uint64_t>(reply.wait.count()) + 1;
        const auto [timeout, is_new] = timeouts_.try_emplace(length);
        if (is_new) {
            h2o_timeout_init(loop_, &timeout->second, length);
        }
        auto* const wait = new (h2o_mem_alloc_shared(&request->pool, sizeof(Wait), &Wait::forget))
            Wait{{}, request, reply};
        wait->entry.cb = &Wait::over;
        h2o_timeout_link(loop_, &timeout->second, &wait->entry);
    }

    /// Answers them all at once.
    void end() {
        for (auto& [length, timeout] : timeouts_) {
            h2o_timeout_run(loop_, &timeout, h2o_now(loop_) + length);
        }
    }

  private:
    h2o_loop_t* loop_;
    std::map<std::uint64_t, h2o_timeout_t> timeouts_;  ///< by milliseconds
};

int answer(h2o_handler_t* handler, h2o_req_t* request) {
    const sdk::Site& site = *reinterpret_cast<Handler*>(handler)->site;
    const sdk::Asked asked{view(request->method), view(request->path), view(request->entity)};
    std::string text;
    sdk::Reply reply = site.reply(asked, text);
    request->compress_hint =
        static_cast<char>(reply.compress ? H2O_COMPRESS_HINT_ENABLE : H2O_COMPRESS_HINT_DISABLE);
    if (reply.file != nullptr) {
        const std::string_view type = reply.content_type;
        return h2o_file_send(request, 200, "OK", reply.file->c_str(),
                             h2o_iovec_init(type.data(), type.size()), 0);
    }
    if (reply.wait.count() > 0) {
        auto* const waits =
            static_cast<Waits*>(h2o_context_get_handler_context(request->conn->ctx, handler));
        waits->add(request, reply);
        return 0;
    }
    if (asked.method == "POST") {
        const sdk::Route* const route = site.find(asked.target);
        if (route != nullptr && route->kind == BH_ROUTE_UPLOAD) {
            sdk::Upload upload;
            upload.add(asked.body);  // the library calls when it has all of it
            text = upload.text();
            reply.body = text;
        }
    }
    send(request, reply);
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
        handler_ = &handler->base;
        const auto& routes = site.routes();
        if (std::any_of(routes.begin(), routes.end(), [](const sdk::Route& route) {
                return route.kind == BH_ROUTE_COMPRESSED;
            })) {
            // As the h2o program does by default, which alone has an encoder for brotli.
            h2o_compress_args_t compression{100, {1}, {-1}};
            h2o_compress_register(path, &compression);
        }
    }
    ~Configuration() { h2o_config_dispose(&config_); }
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    h2o_globalconf_t* get() { return &config_; }
    h2o_handler_t* handler() { return handler_; }

  private:
    h2o_globalconf_t config_{};
    h2o_handler_t* handler_ = nullptr;
};

struct DestroyLoop {
    void operator()(h2o_evloop_t* loop) const { h2o_evloop_destroy(loop); }
};

/// What one thread runs. Made and destroyed by that thread: the library keeps pools a thread.
class Loop {
  public:
    Loop(Configuration& configuration, sdk::Descriptor stop, sdk::Descriptor listener)
        : loop_(h2o_evloop_create()), waits_(loop_.get()) {
        h2o_context_init(&context_, loop_.get(), configuration.get());
        h2o_context_set_handler_context(&context_, configuration.handler(), &waits_);
        accept_.ctx = &context_;
        accept_.hosts = configuration.get()->hosts;
        listener_ = watch(listener.release(), &Loop::accept);
        stop_ = watch(stop.release(), &Loop::stop);
    }
    ~Loop() { h2o_context_dispose(&context_); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run() {
        while (!stopped_) {
            h2o_evloop_run(loop_.get(), std::numeric_limits<std::int32_t>::max());
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
        h2o_socket_t* const socket =
            h2o_evloop_socket_create(loop_.get(), fd, H2O_SOCKET_FLAG_DONT_READ);
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
            waits_.end();
            h2o_evloop_run(loop_.get(), 10);
        }
    }

    std::unique_ptr<h2o_evloop_t, DestroyLoop> loop_;
    Waits waits_;  ///< its timeouts have to end before the loop
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
        .declared_class = BH_CLASS_PRODUCTION,
        .route_kinds = sdk::kEveryRoute | sdk::route_kinds({BH_ROUTE_COMPRESSED})};

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
