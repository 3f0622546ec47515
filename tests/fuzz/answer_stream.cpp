#include "tests/fuzz/answer_stream.hpp"

#include <algorithm>
#include <stdexcept>

namespace benchhost::http {

namespace {

using State = http::ResponseParser::State;

void hold(bool promise, const char* what) {
    if (!promise) {
        throw std::logic_error(what);
    }
}

void check_step(const http::ResponseParser::Step& step, std::string_view data) {
    hold(step.consumed <= data.size(), "more consumed than given");
    hold(step.consumed != 0 || step.state != State::need_more, "no progress");
    hold(step.body.data() != nullptr, "a body that is a null pointer");
    if (!step.body.empty()) {
        hold(step.body.data() >= data.data() &&
                 step.body.data() + step.body.size() <= data.data() + step.consumed,
             "a body from outside of what was consumed");
    }
}

void finish(http::ResponseParser& parser, SeenAnswer& answer) {
    answer.state = parser.state();
    answer.status = parser.status();
    answer.http_minor = parser.http_minor();
    answer.head_done = parser.head_done();
    answer.keep_alive = parser.keep_alive();
    answer.until_close = parser.until_close();
    answer.content_length = parser.content_length();
    answer.why = parser.malformed_why();
    hold(parser.body_received() == answer.body.size(), "body_received is not what was given out");
    hold(parser.started(), "an answer that has not started");
    hold((answer.state == State::malformed) == !answer.why.empty(), "malformed without a reason");
    answer.after_fin = parser.end_of_stream();
    const http::ResponseParser::Step after = parser.parse("HTTP/1.1 200 OK\r\n\r\n");
    hold(answer.state == State::need_more || (after.consumed == 0 && after.state == answer.state),
         "something consumed after the end");
}

}  // namespace

std::vector<SeenAnswer> read_stream(std::string_view stream, const Cuts& cuts, bool head_request,
                                    http::HeadCache* cache) {
    std::vector<SeenAnswer> answers;
    http::ResponseParser parser(head_request);
    SeenAnswer answer;
    std::size_t next_cut = 0;
    while (!stream.empty()) {
        const std::size_t length =
            cuts.empty() ? stream.size() : std::max<std::size_t>(1, cuts[next_cut++ % cuts.size()]);
        std::string_view piece = stream.substr(0, length);
        stream.remove_prefix(piece.size());
        while (!piece.empty()) {
            const http::ResponseParser::Step step =
                cache != nullptr ? cache->parse(parser, piece) : parser.parse(piece);
            check_step(step, piece);
            answer.consumed += step.consumed;
            answer.body += step.body;
            piece.remove_prefix(step.consumed);
            if (step.state == State::need_more) {
                continue;
            }
            finish(parser, answer);
            answers.push_back(std::move(answer));
            if (step.state == State::malformed) {
                return answers;
            }
            answer = {};
            parser.reset(head_request);
        }
    }
    if (parser.started()) {
        finish(parser, answer);
        answers.push_back(std::move(answer));
    }
    return answers;
}

}  // namespace benchhost::http
