#include "answers.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/file_body.hpp>

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

http::message_generator answer_text(http::status status, const char* content_type, std::string body,
                                    const Form& form) {
    if (form.head_only) {
        http::response<http::empty_body> response(status, form.version);
        response.set(http::field::content_type, content_type);
        response.content_length(body.size());
        response.keep_alive(form.keep_alive);
        return response;
    }
    http::response<http::string_body> response(status, form.version, std::move(body));
    response.set(http::field::content_type, content_type);
    if (status == http::status::method_not_allowed) {
        response.set(http::field::allow, "GET, HEAD");
    }
    response.keep_alive(form.keep_alive);
    response.prepare_payload();
    return response;
}

http::message_generator answer_file(const sdk::Reply& reply, const Form& form) {
    http::file_body::value_type file;
    beast::error_code error;
    file.open(reply.file->c_str(), beast::file_mode::scan, error);
    if (error) {
        return answer_text(http::status::internal_server_error, "text/plain",
                           error.message() + "\n", {form.version, form.keep_alive, false});
    }
    const std::uint64_t size = file.size();
    if (form.head_only) {
        http::response<http::empty_body> response(http::status::ok, form.version);
        response.set(http::field::content_type, reply.content_type);
        response.content_length(size);
        response.keep_alive(form.keep_alive);
        return response;
    }
    http::response<http::file_body> response(std::piecewise_construct,
                                             std::make_tuple(std::move(file)),
                                             std::make_tuple(http::status::ok, form.version));
    response.set(http::field::content_type, reply.content_type);
    response.content_length(size);
    response.keep_alive(form.keep_alive);
    return response;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

http::message_generator answer_to(const Request& request, const sdk::Site& site) {
    const Form form{request.version(), request.keep_alive(), request.method() == http::verb::head};
    std::string json;
    const sdk::Reply reply =
        site.reply(view(request.method_string()), view(request.target()), json);
    if (reply.file != nullptr) {
        return answer_file(reply, form);
    }
    std::string body = reply.body.data() == json.data() ? std::move(json) : std::string(reply.body);
    return answer_text(static_cast<http::status>(reply.status), reply.content_type, std::move(body),
                       form);
}

bool is_bad_request(const beast::error_code& error) {
    return error != http::error::end_of_stream &&
           error.category() == make_error_code(http::error::bad_method).category();
}

http::message_generator refusal(const beast::error_code& error) {
    return answer_text(http::status::bad_request, "text/plain", error.message() + "\n", {});
}

}  // namespace benchhost::beast_server
