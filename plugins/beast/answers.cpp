#include "answers.hpp"

#include "upload_reader.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/file_body.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace benchhost::beast_server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

/// How the request wants its answer.
struct Form {
    unsigned version = 11;
    bool keep_alive = false;
    bool head_only = false;
};

template <class Body>
Form form_of(const http::request<Body>& request) {
    return {request.version(), request.keep_alive(), request.method() == http::verb::head};
}

template <class Body>
void set_head(http::response<Body>& response, const sdk::Reply& reply, const Form& form) {
    response.result(reply.status);
    response.version(form.version);
    response.set(http::field::content_type, reply.content_type);
    if (reply.allow != nullptr) {
        response.set(http::field::allow, reply.allow);
    }
    response.keep_alive(form.keep_alive);
}

http::message_generator answer_head(const sdk::Reply& reply, std::uint64_t size, const Form& form) {
    http::response<http::empty_body> response;
    set_head(response, reply, form);
    response.content_length(size);
    return response;
}

http::message_generator answer_text(const sdk::Reply& reply, std::string body, const Form& form) {
    if (form.head_only) {
        return answer_head(reply, body.size(), form);
    }
    http::response<http::string_body> response;
    set_head(response, reply, form);
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
}

http::message_generator answer_file(const sdk::Reply& reply, const Form& form) {
    http::file_body::value_type file;
    beast::error_code error;
    file.open(reply.file->c_str(), beast::file_mode::scan, error);
    if (error) {
        return answer_text({500}, error.message() + "\n", {form.version, form.keep_alive, false});
    }
    const std::uint64_t size = file.size();
    if (form.head_only) {
        return answer_head(reply, size, form);
    }
    http::response<http::file_body> response;
    set_head(response, reply, form);
    response.body() = std::move(file);
    response.content_length(size);
    return response;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Answer answer_to(Request&& request, const sdk::Site& site) {
    const Form form = form_of(request);
    std::string text;
    const sdk::Reply reply =
        site.reply({view(request.method_string()), view(request.target()), request.body()}, text);
    if (reply.file != nullptr) {
        return {answer_file(reply, form)};
    }
    std::string body;
    if (reply.body.data() == text.data()) {
        body = std::move(text);
    } else if (reply.body.data() == request.body().data()) {
        body = std::move(request.body());
    } else {
        body = reply.body;
    }
    return {answer_text(reply, std::move(body), form), reply.wait};
}

Answer answer_to(const UploadReader& upload, const sdk::Site& site) {
    const auto& head = upload.parser().get();
    std::string text;
    const sdk::Reply reply = site.reply(view(head.method_string()), view(head.target()), text);
    return {answer_text(reply, upload.received().text(), form_of(head))};
}

bool is_upload(const Request& head, const sdk::Site& site) {
    if (head.method() != http::verb::post) {
        return false;
    }
    const sdk::Route* const route = site.find(view(head.target()));
    return route != nullptr && route->kind == BH_ROUTE_UPLOAD;
}

bool expects_continue(const Request& head) {
    return head.version() == 11 && beast::iequals(head[http::field::expect], "100-continue");
}

http::message_generator continue_answer() {
    return http::response<http::empty_body>(http::status::continue_, 11);
}

void reserve_for_body(beast::flat_buffer& buffer, const Parser& parser) {
    constexpr std::uint64_t kMost = 65'536;  // what Beast reads at most
    const std::uint64_t size = parser.content_length().value_or(kMost);
    buffer.reserve(static_cast<std::size_t>(std::min(size, kMost)));
}

bool is_bad_request(const beast::error_code& error) {
    return error != http::error::end_of_stream &&
           error.category() == make_error_code(http::error::bad_method).category();
}

http::message_generator refusal(const beast::error_code& error) {
    const bool too_large = error == http::error::body_limit;
    return answer_text({too_large ? 413U : 400U}, error.message() + "\n", {});
}

}  // namespace benchhost::beast_server
