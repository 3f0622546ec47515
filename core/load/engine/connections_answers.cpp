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
        const Request& asked = slot(index, 0);
        if (traffic_.asks_head && !connection.parser.started()) {
            connection.parser.reset(kind_of(asked).is_head());
        }
        const bool in_header = parts_ && !connection.parser.head_done();
        const std::uint64_t offset = connection.parser.body_received();
        const http::ResponseParser::Step step = heads_[asked.kind].parse(connection.parser, data);
        compare(index, asked, offset, step.body);
        if (in_header) [[unlikely]] {
            parts_->take_header(index, data.substr(0, step.consumed));
        }
        tally_.received(step.consumed, asked.planned);
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

void Connections::compare(std::uint32_t index, const Request& asked, std::uint64_t offset,
                          std::string_view body) {
    Connection& connection = connections_[index];
    if (parts_) [[unlikely]] {
        parts_->take_body(index, asked.kind, body);
    }
    const http::ContentCoding coding = connection.parser.coding();
    if (coded_ && coding != http::ContentCoding::identity) [[unlikely]] {
        if (!body.empty()) {
            coded_->take(index, asked.kind, identity_of(index, asked), coding, offset, body);
        }
    } else if (!traffic_.checks[asked.kind].matches(identity_of(index, asked), offset, body)) {
        connection.wrong_body = true;
    }
}

std::optional<model::FailureClass> Connections::judge(std::uint32_t index, const Request& request,
                                                      std::string& seen) {
    const Connection& connection = connections_[index];
    const auto& check = traffic_.checks[request.kind];
    const auto identity = identity_of(index, request);
    std::optional<model::FailureClass> failure;
    if (coded_ && connection.parser.coding() != http::ContentCoding::identity) [[unlikely]] {
        const bool is_right =
            coded_->finish(index, request.kind, identity, connection.parser.body_received());
        failure = check.judge_coded(connection.parser, is_right);
    } else {
        failure = check.judge(identity, connection.parser, !connection.wrong_body);
    }
    if (parts_) [[unlikely]] {
        failure = failure ? failure : parts_->finish(index, request.kind, identity, seen);
        parts_->forget_answer(index);
    }
    return failure;
}

// Counts the complete answer of the oldest request; `data` holds its end (and its start, when it
// is small), `rest` follows it. False: the connection is closed.
bool Connections::finish_answer(std::uint32_t index, std::string_view data, std::string_view rest,
                                Instant now) {
    Connection& connection = connections_[index];
    const Request request = pop_slot(index);
    std::string seen_of_it;
    auto failure = judge(index, request, seen_of_it);
    const bool trailing = !rest.empty() && connection.in_flight == 0;
    const std::uint64_t body_bytes = connection.parser.body_received();
    const bool kept = connection.parser.keep_alive();
    const unsigned status = connection.parser.status();
    connection.parser.reset();
    connection.wrong_body = false;
    connection.failures_in_row = 0;
    ++connection.answers;
    connection.answered = true;
    tally_.answered();
    deadlines_[index] =
        connection.in_flight == 0 ? kNever : slot(index, 0).written + traffic_.timeout;
    if (trailing) [[unlikely]] {
        failure = model::FailureClass::malformed_answer;
    }
    connection.was_right = !failure;
    if (!failure) [[likely]] {
        tally_.ok(request, now, body_bytes);
    } else if (tally_.failed(*failure, request, now)) {
        tally_.set_example(
            *failure,
            trailing ? fmt::format("{} bytes after the end of the answer: {}", rest.size(), rest)
            : !seen_of_it.empty()
                ? seen_of_it
                : fmt::format("status {}, {} bytes of body: {}", status, body_bytes, data),
            request.kind);
    }
    const bool is_used_up = connection.answers == traffic_.connection_requests;
    // Its answer came before all of it was sent: the rest is of no use to anybody, and closing is
    // how a client says so (RFC 9112, section 9.6).
    const bool is_early = was_answered_early(index);
    if (kept && traffic_.keep_alive && !trailing && !is_used_up && !is_early) [[likely]] {
        return true;
    }
    if (!kept) {
        tally_.closed_by_server();
    }
    if (connection.in_flight == 0) {
        close(index);
    } else if (!trailing && (is_early || (!kept && may_ask_again(index)))) {
        ask_again(index, now);  // behind an early answer: not one byte of them has left
    } else {
        break_off(
            index, model::FailureClass::reset_before_answer,
            model::FailureClass::reset_before_answer,
            [] { return "the server closed the connection with an earlier answer"; }, now);
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
    if (connection.answers != 0 && connection.in_flight == 1 && !connection.parser.started() &&
        may_ask_again(index) && kernel_.closed_before_last_write(connection.socket)) {
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

bool Connections::may_ask_again(std::uint32_t index) {
    for (std::uint32_t nth = 0; nth < connections_[index].in_flight; ++nth) {
        if (!kind_of(slot(index, nth)).is_idempotent()) {
            return false;
        }
    }
    return true;
}

// RFC 9112, section 9.3.1: a request on a kept connection that the server had closed before it came
// was never seen by the server; section 9.6: nor was one that stood behind an answer with which it
// announced the close. When it is idempotent it may be sent again without anybody noticing.
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
