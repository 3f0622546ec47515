// One thread's event loop: an event_base and an evhttp on it.
#pragma once

#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace benchhost::evhttp_server {

/// A unique_ptr that frees by a function of the library.
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

/// Made and used by one thread only, but for its construction.
class Loop {
  public:
    /// Accepts from `listener`, which has more owners, until `stop` is readable.
    Loop(const sdk::Site& site, const sdk::Host& host, int stop, sdk::Descriptor listener);

    void run() { event_base_dispatch(base_.get()); }

  private:
    using Clock = std::chrono::steady_clock;

    /// An answer whose time has not come. Meanwhile the library does not read from its connection:
    /// nothing frees the request before it is answered, but for http_.
    struct Waiting {
        Loop& loop;
        evhttp_request* request;
        unsigned status;
        Buffer body;  ///< none after HEAD
        Clock::time_point until;
        Event timer;
    };

    void answer(evhttp_request* request);
    /// Its text may be in text_. That of an echo is left in the request.
    sdk::Reply reply_to(evhttp_request* request, std::string_view method, const char* uri,
                        const sdk::Route* route);
    void wait(evhttp_request* request, const sdk::Reply& reply, Buffer body);
    static void on_time(evutil_socket_t none, short what, void* waiting);
    /// Or sets its timer: the clock of the library lags by some milliseconds, so that one may come
    /// too early.
    void send_when_due(Waiting& waiting);

    const sdk::Site& site_;
    const sdk::Host& host_;
    std::string text_;  ///< scratch
    // In this order: what is freed first stands last.
    Base base_;
    Event stop_;
    Http http_;
    std::unordered_map<evhttp_request*, Waiting> waiting_;
};

}  // namespace benchhost::evhttp_server
