#include "core/selftest/fault_script.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace benchhost::selftest {

namespace {

std::string with_length(std::string_view head, std::string_view body) {
    return fmt::format("{}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}", head,
                       body.size(), body);
}

std::string in_chunks_of_one(std::string_view body) {
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char byte : body) {
        text += fmt::format("1\r\n{}\r\n", byte);
    }
    return text + "0\r\n\r\n";
}

std::string in_two_chunks(std::string_view body) {
    const std::string_view first = body.substr(0, body.size() / 2);
    const std::string_view second = body.substr(first.size());
    return fmt::format(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "{:X};name=\"value\"\r\n{}\r\n00{:x}\r\n{}\r\n0\r\nX-Checksum: 1\r\n\r\n",
        first.size(), first, second.size(), second);
}

std::string with_other_bytes(std::string_view body) {
    std::string other(body);
    for (char& byte : other) {
        byte = static_cast<char>(byte ^ 1);
    }
    return other;
}

}  // namespace

FaultScript script_of(Behaviour behaviour, std::string_view body) {
    using Then = FaultScript::Then;
    const std::string right = with_length("HTTP/1.1 200 OK", body);
    const std::string half = right.substr(0, right.size() - (body.size() - body.size() / 2));
    FaultScript script;
    script.answer = right;
    switch (behaviour) {
        case Behaviour::right:
            break;
        case Behaviour::refuse:
            throw std::logic_error("refuse has no script");
        case Behaviour::accept_then_reset:
            script.reset_on_accept = true;
            break;
        case Behaviour::reset_in_body:
            script.answer = half;
            script.then = Then::reset;
            break;
        case Behaviour::short_body_then_fin:
            script.answer = half;
            script.then = Then::fin;
            break;
        case Behaviour::garbage_status:
            script.answer = "HELLO 200 this is not HTTP\r\n\r\n";
            break;
        case Behaviour::endless_headers:
            script.answer = "HTTP/1.1 200 OK\r\n";
            script.endless_tail = "X-Endless: " + std::string(1000, 'x') + "\r\n";
            break;
        case Behaviour::endless_body:
            script.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            script.endless_tail = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
            break;
        case Behaviour::wrong_body_same_length:
            script.answer = with_length("HTTP/1.1 200 OK", with_other_bytes(body));
            break;
        case Behaviour::wrong_length:
            script.answer = with_length("HTTP/1.1 200 OK", body.substr(0, body.size() - 1));
            break;
        case Behaviour::extra_byte:
            script.answer = right + "!";
            break;
        case Behaviour::status_503:
            script.answer = with_length("HTTP/1.1 503 Service Unavailable", body);
            break;
        case Behaviour::silence:
            script.answer.clear();
            break;
        case Behaviour::dribble:
            script.byte_by_byte = true;
            break;
        case Behaviour::chunk_split_each_byte:
            script.answer = in_chunks_of_one(body);
            script.byte_by_byte = true;
            break;
        case Behaviour::chunked:
            script.answer = in_two_chunks(body);
            break;
        case Behaviour::continue_100_first:
            script.answer = "HTTP/1.1 100 Continue\r\n\r\n" + right;
            break;
        case Behaviour::http10_close:
            script.answer =
                fmt::format("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n{}", body);
            script.then = Then::fin;
            break;
        case Behaviour::http10_keep_alive:
            script.answer = with_length("HTTP/1.0 200 OK\r\nConnection: Keep-Alive", body);
            break;
        case Behaviour::no_content_204:
            script.answer = "HTTP/1.1 204 No Content\r\n\r\n";
            break;
        case Behaviour::not_modified_304:
            script.answer =
                fmt::format("HTTP/1.1 304 Not Modified\r\nContent-Length: {}\r\n\r\n", body.size());
            break;
        case Behaviour::close_each_time:
            script.answer = with_length("HTTP/1.1 200 OK\r\nConnection: close", body);
            script.then = Then::fin;
            break;
        case Behaviour::close_unannounced:
            script.then = Then::fin;
            break;
    }
    return script;
}

}  // namespace benchhost::selftest
