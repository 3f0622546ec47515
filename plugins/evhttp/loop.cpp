#include "loop.hpp"

#include <benchhost/upload.hpp>

#include <event2/keyvalq_struct.h>
#include <sys/time.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::evhttp_server {
namespace {

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
        case EVHTTP_REQ_POST:
            return "POST";
        default:
            return "another";
    }
}

/// a + b of a query or a form.
std::optional<std::uint64_t> parsed_sum(const char* text) {
    evkeyvalq fields{};
    if (evhttp_parse_query_str(text, &fields) != 0) {
        return std::nullopt;
    }
    const char* const a = evhttp_find_header(&fields, "a");
    const char* const b = evhttp_find_header(&fields, "b");
    std::optional<std::uint64_t> sum;
    if (a != nullptr && b != nullptr) {
        sum = sdk::sum_of(a, b);
    }
    evhttp_clear_headers(&fields);
    return sum;
}

std::string text_of(evbuffer* content) {
    std::string text(evbuffer_get_length(content), '\0');
    evbuffer_copyout(content, text.data(), text.size());
    return text;
}

/// What is answered to an upload, which the library has kept: in pieces, which are not joined.
std::string received(evbuffer* content) {
    const int count = evbuffer_peek(content, -1, nullptr, nullptr, 0);
    std::vector<evbuffer_iovec> pieces(static_cast<std::size_t>(count));
    evbuffer_peek(content, -1, nullptr, pieces.data(), count);
    sdk::Upload upload;
    for (const evbuffer_iovec& piece : pieces) {
        upload.add({static_cast<const char*>(piece.iov_base), piece.iov_len});
    }
    return upload.text();
}

void fill(evbuffer* body, const sdk::Reply& reply) {
    if (reply.file == nullptr) {
        evbuffer_add(body, reply.body.data(), reply.body.size());
        return;
    }
    sdk::OpenFile file = sdk::open_file(*reply.file);
    if (file.size > 0 &&
        evbuffer_add_file(body, file.descriptor.get(), 0, static_cast<ev_off_t>(file.size)) == 0) {
        file.descriptor.release();  // closed with the buffer
    }
}

}  // namespace

Loop::Loop(const sdk::Site& site, const sdk::Host& host, int stop, sdk::Descriptor listener)
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
    evhttp_set_max_body_size(http_.get(), static_cast<ev_ssize_t>(sdk::kMostUpload));
    evhttp_set_gencb(
        http_.get(),
        [](evhttp_request* request, void* loop) { static_cast<Loop*>(loop)->answer(request); },
        this);
    if (evhttp_accept_socket(http_.get(), listener.get()) != 0) {
        throw std::runtime_error("evhttp_accept_socket failed");
    }
    listener.release();  // freed with http_
}

void Loop::answer(evhttp_request* request) {
    const char* const uri = evhttp_request_get_uri(request);
    if (uri == nullptr) {
        evhttp_send_error(request, HTTP_BADREQUEST, nullptr);
        return;
    }
    const std::string_view method = method_of(request);
    const sdk::Route* const route = site_.find(uri);
    const sdk::Reply reply = reply_to(request, method, uri, route);
    Buffer body(evbuffer_new());
    try {
        if (route != nullptr && route->kind == BH_ROUTE_ECHO && reply.status == 200) {
            evbuffer_add_buffer(body.get(), evhttp_request_get_input_buffer(request));
        } else {
            fill(body.get(), reply);
        }
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
    if (reply.allow != nullptr) {
        evhttp_add_header(fields, "Allow", reply.allow);
    }
    if (method == "HEAD") {
        body.reset();
    }
    if (reply.wait.count() > 0) {
        wait(request, reply, std::move(body));
    } else {
        evhttp_send_reply(request, static_cast<int>(reply.status), nullptr, body.get());
    }
}

sdk::Reply Loop::reply_to(evhttp_request* request, std::string_view method, const char* uri,
                          const sdk::Route* route) {
    const bool is_post = method == "POST";
    if (route != nullptr && route->kind == BH_ROUTE_UPLOAD && is_post) {
        text_ = received(evhttp_request_get_input_buffer(request));
        return {200, route->content_type.c_str(), text_};
    }
    if (route != nullptr && route->kind == BH_ROUTE_SUM &&
        (is_post || method == "GET" || method == "HEAD")) {
        const std::optional<std::uint64_t> sum =
            is_post ? parsed_sum(text_of(evhttp_request_get_input_buffer(request)).c_str())
                    : parsed_sum(evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request)));
        return sdk::Site::sum_reply(*route, sum, text_);
    }
    return site_.reply(method, uri, text_);
}

void Loop::wait(evhttp_request* request, const sdk::Reply& reply, Buffer body) {
    Waiting& waiting = waiting_
                           .emplace(request, Waiting{*this, request, reply.status, std::move(body),
                                                     Clock::now() + reply.wait, nullptr})
                           .first->second;
    waiting.timer.reset(event_new(base_.get(), -1, 0, &Loop::on_time, &waiting));
    send_when_due(waiting);
}

void Loop::on_time(evutil_socket_t /*none*/, short /*what*/, void* waiting) {
    auto& due = *static_cast<Waiting*>(waiting);
    due.loop.send_when_due(due);
}

void Loop::send_when_due(Waiting& waiting) {
    const auto left = std::chrono::ceil<std::chrono::microseconds>(waiting.until - Clock::now());
    if (left.count() > 0) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timeval time{seconds.count(), (left - seconds).count()};
        event_add(waiting.timer.get(), &time);
        return;
    }
    evhttp_request* const request = waiting.request;
    evhttp_send_reply(request, static_cast<int>(waiting.status), nullptr, waiting.body.get());
    waiting_.erase(request);
}

}  // namespace benchhost::evhttp_server
