// Connections, the reading side: from the bytes of the socket to counted answers.
#include "core/load/engine/connections.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace benchhost::load {

// Until the socket is empty, for its edge comes only once. A read that does not fill the buffer
// has emptied it; but when the peer has hung up, its end has to be read too.
void Connections::read(std::uint32_t index, bool hung_up) {
    Connection& connection = connections_[index];
    Instant now{};
    for (;;) {
        const ssize_t size =
            kernel_.receive(connection.socket, receive_buffer_.get(), kReceiveBytes);
        const int error_number = errno;
        now = kernel_.now();
        stamp(now);
        if (size > 0) [[likely]] {
            const auto bytes = static_cast<std::size_t>(size);
            if (!take(index, {receive_buffer_.get(), bytes}, now) ||
                (bytes < kReceiveBytes && !hung_up)) {
                break;
            }
        } else if (size == 0) {
            on_end(index, now);
            break;
        } else {
            if (error_number == EINTR) {
                continue;
            }
            if (error_number != EAGAIN) {
                on_error(index, Call::recv, error_number, now);
            }
            break;
        }
    }
    release(index, now);
}

// False: the connection is closed.
bool Connections::take(std::uint32_t index, std::string_view data, Instant now) {
    Connection& connection = connections_[index];
    const std::string_view all = data;
    while (!data.empty()) {
        if (connection.in_flight == 0) {
            tally_.unasked_bytes();
            close(index);
            return false;
        }
        const std::uint64_t offset = connection.parser.body_received();
        const http::ResponseParser::Step step = heads_.parse(connection.parser, data);
        if (!traffic_.check.matches(offset, step.body)) {
            connection.wrong_body = true;
        }
        tally_.received(step.consumed, slot(index, 0).planned);
        data.remove_prefix(step.consumed);
        if (step.state == http::ResponseParser::State::need_more) {
            continue;  // a chunk ended within the data, or all of it was taken
        }
        if (step.state == http::ResponseParser::State::malformed) {
            break_off(
                index, model::FailureClass::malformed_answer, model::FailureClass::malformed_answer,
                [&] { return fmt::format("{}: {}", connection.parser.malformed_why(), all); }, now);
            return false;
        }
        if (!finish_answer(index, all, data, now)) {
            return false;
        }
    }
    return true;
}

// Counts the complete answer of the oldest request; `data` holds its end (and its start, when it
// is small), `rest` follows it. False: the connection is closed.
bool Connections::finish_answer(std::uint32_t index, std::string_view data, std::string_view rest,
                                Instant now) {
    Connection& connection = connections_[index];
    auto failure = traffic_.check.judge(connection.parser, !connection.wrong_body);
    const bool trailing = !rest.empty() && connection.in_flight == 1;
    const std::uint64_t body_bytes = connection.parser.body_received();
    const bool kept = connection.parser.keep_alive();
    const unsigned status = connection.parser.status();
    connection.parser.reset();
    connection.wrong_body = false;
    connection.failures_in_row = 0;
    connection.kept = true;
    connection.answered = true;
    tally_.answered();
    const RequestTimes times = pop_slot(index);
    deadlines_[index] =
        connection.in_flight == 0 ? kNever : slot(index, 0).written + traffic_.timeout;
    if (trailing) [[unlikely]] {
        failure = model::FailureClass::malformed_answer;
    }
    if (!failure) [[likely]] {
        tally_.ok(times, now, body_bytes);
    } else if (tally_.failed(*failure, times, now)) {
        tally_.set_example(
            *failure,
            trailing ? fmt::format("{} bytes after the end of the answer: {}", rest.size(), rest)
                     : fmt::format("status {}, {} bytes of body: {}", status, body_bytes, data));
    }
    if (kept && traffic_.keep_alive && !trailing) [[likely]] {
        return true;
    }
    if (!kept) {
        tally_.closed_by_server();
    }
    if (connection.in_flight != 0) {
        break_off(
            index, model::FailureClass::reset_before_answer,
            model::FailureClass::reset_before_answer,
            [] { return "the server closed the connection with an earlier answer"; }, now);
    } else {
        close(index);
    }
    return false;
}

void Connections::on_end(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    if (connection.in_flight == 0) {
        tally_.closed_by_server();
        close(index);
        return;
    }
    if (connection.parser.end_of_stream() == http::ResponseParser::State::complete) {
        finish_answer(index, {}, {}, now);
        return;
    }
    tally_.closed_by_server();
    if (connection.kept && connection.in_flight == 1 && !connection.parser.started() &&
        kernel_.closed_before_last_write(connection.socket)) {
        ask_again(index, now);
        return;
    }
    if (!connection.parser.started()) {
        break_off(
            index, model::FailureClass::reset_before_answer,
            model::FailureClass::reset_before_answer,
            [] { return "the server closed the connection without an answer"; }, now);
        return;
    }
    const auto seen = [&parser = connection.parser] {
        return fmt::format("closed after {} bytes of body, status {}", parser.body_received(),
                           parser.status());
    };
    break_off(index, model::FailureClass::closed_early, model::FailureClass::reset_before_answer,
              seen, now);
}

// RFC 9112, section 9.3.1: a GET on a kept connection that the server had closed before it came was
// never seen by the server, and may be sent again without anybody noticing.
void Connections::ask_again(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    for (std::uint32_t i = 0; i < connection.in_flight; ++i) {
        tally_.asked_again(slot(index, i), now);
        slot(index, i).written = kNever;
    }
    close(index);
    connection.used = true;
    connection.unwritten = connection.in_flight;
    open(index, now);
}

}  // namespace benchhost::load
