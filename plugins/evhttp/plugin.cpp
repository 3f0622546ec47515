// libevent's evhttp: an event_base and an evhttp a thread, all accepting from one socket.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

/// An unique_ptr that frees by a function of the library.
template <auto free_function>
struct Free {
    template <class Type>
    void operator()(Type* what) const {
        free_function(what);
    }
};
using Base = std::unique_ptr<event_base, Free<&event_base_free>>;
using Event = std::unique_ptr<event, Free<&event_free>>;
using Http = std::unique_ptr<evhttp, Free<&evhttp_free>>;
using Buffer = std::unique_ptr<evbuffer, Free<&evbuffer_free>>;

template <class Pointer>
Pointer made(Pointer pointer, const char* what) {
    if (!pointer) {
        throw std::runtime_error(std::string(what) + " failed");
    }
    return pointer;
}

const char* method_of(evhttp_request* request) {
    switch (evhttp_request_get_command(request)) {
        case EVHTTP_REQ_GET:
            return "GET";
        case EVHTTP_REQ_HEAD:
            return "HEAD";
        default:
            return "another";
    }
}

/// What one thread runs; made and used by that thread only, but for its construction.
class Loop {
  public:
    /// Accepts from `listener`, which has more owners, until `stop` is readable.
    Loop(const sdk::Site& site, const sdk::Host& host, int stop, sdk::Descriptor listener)
        : site_(site),
          host_(host),
          base_(made(Base(event_base_new()), "event_base_new")),
          stop_(made(Event(event_new(
                         base_.get(), stop, EV_READ,
                         [](evutil_socket_t, short, void* base) {
                             event_base_loopbreak(static_cast<event_base*>(base));
                         },
                         base_.get())),
                     "event_new")),
          http_(made(Http(evhttp_new(base_.get())), "evhttp_new")) {
        event_add(stop_.get(), nullptr);
        evhttp_set_gencb(
            http_.get(),
            [](evhttp_request* request, void* loop) { static_cast<Loop*>(loop)->answer(request); },
            this);
        if (evhttp_accept_socket(http_.get(), listener.get()) != 0) {
            throw std::runtime_error("evhttp_accept_socket failed");
        }
        listener.release();  // freed with http_
    }

    void run() { event_base_dispatch(base_.get()); }

  private:
    void answer(evhttp_request* request) {
        const char* const uri = evhttp_request_get_uri(request);
        if (uri == nullptr) {
            evhttp_send_error(request, HTTP_BADREQUEST, nullptr);
            return;
        }
        const char* const method = method_of(request);
        const sdk::Reply reply = site_.reply(method, uri, json_);
        const Buffer body(evbuffer_new());
        try {
            fill(body.get(), reply);
        } catch (const std::exception& error) {
            host_.error(error.what());
            evhttp_send_error(request, HTTP_INTERNAL, nullptr);
            return;
        }
        // By itself the library tells no length to HTTP/1.0, and sends a body after HEAD.
        evkeyvalq* const fields = evhttp_request_get_output_headers(request);
        evhttp_add_header(fields, "Content-Type", reply.content_type);
        evhttp_add_header(fields, "Content-Length",
                          std::to_string(evbuffer_get_length(body.get())).c_str());
        const bool head_only = std::string_view(method) == "HEAD";
        evhttp_send_reply(request, static_cast<int>(reply.status), nullptr,
                          head_only ? nullptr : body.get());
    }

    static void fill(evbuffer* body, const sdk::Reply& reply) {
        if (reply.file == nullptr) {
            evbuffer_add(body, reply.body.data(), reply.body.size());
            return;
        }
        sdk::OpenFile file = sdk::open_file(*reply.file);
        if (file.size > 0 && evbuffer_add_file(body, file.descriptor.get(), 0,
                                               static_cast<ev_off_t>(file.size)) == 0) {
            file.descriptor.release();  // closed with the buffer
        }
    }

    const sdk::Site& site_;
    const sdk::Host& host_;
    std::string json_;  ///< scratch
    // In this order: what is freed first stands last.
    Base base_;
    Event stop_;
    Http http_;
};

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
        .declared_class = BH_CLASS_PRODUCTION};

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
