#include "request.hpp"

#include <benchhost/site.hpp>

#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace benchhost::asio_server {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::tolower(static_cast<unsigned char>(text[i])) != lower[i]) {
            return false;
        }
    }
    return true;
}

bool is_token(std::string_view text) {
    for (const char letter : text) {
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0 &&
            std::string_view("!#$%&'*+-.^_`|~").find(letter) == std::string_view::npos) {
            return false;
        }
    }
    return !text.empty();
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts `text` at the first `separator`: returns what stands before it, leaves what follows.
std::string_view cut(std::string_view& text, std::string_view separator) {
    const auto at = text.find(separator);
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
    return before;
}

/// The header fields that decide how the connection goes on.
struct Fields {
    unsigned hosts = 0;
    bool close = false;
    bool keep_alive = false;
    bool chunked = false;
    bool other_coding = false;  ///< in Transfer-Encoding
    bool expects_continue = false;
    bool expects_other = false;
    std::optional<std::uint64_t> content_length;
};

/// False when the line is no header field.
bool read_field(std::string_view line, Fields& fields) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return false;
    }
    const std::string_view name = line.substr(0, colon);
    std::string_view value = trimmed(line.substr(colon + 1));
    if (equals_ignoring_case(name, "host")) {
        ++fields.hosts;
    } else if (equals_ignoring_case(name, "connection")) {
        while (!value.empty()) {
            const std::string_view option = trimmed(cut(value, ","));
            fields.close = fields.close || equals_ignoring_case(option, "close");
            fields.keep_alive = fields.keep_alive || equals_ignoring_case(option, "keep-alive");
        }
    } else if (equals_ignoring_case(name, "content-length")) {
        std::uint64_t length = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), length);
        if (error != std::errc() || end != value.data() + value.size() ||
            fields.content_length.value_or(length) != length) {
            return false;
        }
        fields.content_length = length;
    } else if (equals_ignoring_case(name, "transfer-encoding")) {
        const bool chunked = equals_ignoring_case(value, "chunked") && !fields.chunked;
        (chunked ? fields.chunked : fields.other_coding) = true;
    } else if (equals_ignoring_case(name, "expect")) {
        const bool go_on = equals_ignoring_case(value, "100-continue");
        (go_on ? fields.expects_continue : fields.expects_other) = true;
    }
    return true;
}

/// 0, or the status that refuses it.
unsigned read_request_line(std::string_view line, Request& request) {
    request.method = cut(line, " ");
    std::string_view target = cut(line, " ");
    const std::string_view version = line;
    if (!is_token(request.method) || target.empty()) {
        return 400;
    }
    if (target.substr(0, 7) == "http://") {  // the absolute form a proxy sends
        const auto slash = target.find('/', 7);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    request.target = target;
    if (version.size() != 8 || version.substr(0, 5) != "HTTP/") {
        return 400;
    }
    request.http_1_0 = version == "HTTP/1.0";
    return request.http_1_0 || version == "HTTP/1.1" ? 0 : 505;
}

Parsed refused(unsigned status) {
    Parsed parsed;
    parsed.state = Parsed::State::refused;
    parsed.status = status;
    return parsed;
}

}  // namespace

Parsed parse_request(std::string_view bytes) {
    // An empty line before a request is to be ignored (RFC 9112, 2.2).
    const std::size_t skipped = bytes.substr(0, 2) == "\r\n" ? 2 : 0;
    bytes.remove_prefix(skipped);
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        const auto newline = bytes.find('\n');
        const bool bare =
            newline != std::string_view::npos && (newline == 0 || bytes[newline - 1] != '\r');
        return bare ? refused(400) : Parsed{};
    }

    Parsed parsed;
    std::string_view head = bytes.substr(0, end);
    if (const unsigned status = read_request_line(cut(head, "\r\n"), parsed.request)) {
        return refused(status);
    }
    Fields fields;
    while (!head.empty()) {
        if (!read_field(cut(head, "\r\n"), fields)) {
            return refused(400);
        }
    }
    if (fields.hosts > 1 || (fields.hosts == 0 && !parsed.request.http_1_0)) {
        return refused(400);
    }
    if (fields.other_coding) {
        return refused(501);
    }
    if (fields.chunked && (fields.content_length || parsed.request.http_1_0)) {
        return refused(400);  // where the body ends depends on who reads it
    }
    if (fields.content_length.value_or(0) > sdk::kMostUpload) {
        return refused(413);
    }
    if (fields.expects_other) {
        return refused(417);
    }
    parsed.request.keep_alive = !fields.close && (!parsed.request.http_1_0 || fields.keep_alive);
    parsed.request.expects_continue = fields.expects_continue && !parsed.request.http_1_0;
    parsed.request.chunked = fields.chunked;
    parsed.request.content_length = fields.content_length.value_or(0);
    parsed.state = Parsed::State::complete;
    parsed.head_size = skipped + end + 4;
    return parsed;
}

}  // namespace benchhost::asio_server
