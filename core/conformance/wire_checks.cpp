#include "core/conformance/wire_checks.hpp"

#include "core/conformance/evidence.hpp"
#include "core/trial/probe_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

namespace benchhost::conformance {
namespace {

using http::Deadline;
using std::chrono::milliseconds;

// Long enough for a server on this machine to do what it should not.
constexpr auto kMoment = milliseconds(50);
constexpr auto kClosing = std::chrono::seconds(2);

/// The server still answers.
std::optional<std::string> gone_bad(Subject& subject) {
    return subject.wrong(subject.ask(subject.get(model::Route::text, "Connection: close\r\n")),
                         model::Route::text);
}

/// The client's kernel acknowledges at once at first, and later after 40 ms: about so much do
/// answers that wait for it take longer than those that do not.
constexpr auto kDelay = milliseconds(38);

/// Of one answer on a kept connection, from the request to the last byte. `acknowledged`: its
/// beginning is acknowledged as soon as it is there. Nothing when it was wrong.
std::optional<Nanoseconds> time_of_answer(Subject& subject, http::RawConnection& connection,
                                          bool acknowledged) {
    const auto begin = std::chrono::steady_clock::now();
    (void)connection.send(subject.get(model::Route::text), in_time());
    if (acknowledged && connection.is_readable_by(in_time())) {
        connection.acknowledge();
    }
    const auto answer = connection.read_answer(in_time());
    const Nanoseconds took = std::chrono::steady_clock::now() - begin;
    return subject.wrong(answer, model::Route::text) ? std::nullopt : std::optional(took);
}

/// Answers of two connections in turn, so that whatever else delays answers delays those of both.
class AcknowledgementDelays {
  public:
    explicit AcknowledgementDelays(Subject& subject)
        : subject_(subject), plain_(subject.connect()), quick_(subject.connect()) {}

    /// Up to so many of each; fewer when an answer is wrong.
    const EarlyAnswers& measure(std::size_t count) {
        constexpr int kAtFirst = 20;
        while (early_.asked < count && plain_ && quick_) {
            const auto plain = time_of_answer(subject_, *plain_, false);
            const auto quick = plain ? time_of_answer(subject_, *quick_, true) : std::nullopt;
            if (!quick) {
                break;
            }
            if (++warmed_up_ > kAtFirst) {
                ++early_.asked;
                early_.plain += *plain < kDelay ? 1 : 0;
                early_.quick += *quick < kDelay ? 1 : 0;
            }
        }
        return early_;
    }

  private:
    Subject& subject_;
    http::ProbeResult<http::RawConnection> plain_, quick_;
    int warmed_up_ = 0;
    EarlyAnswers early_;
};

Finding judge_delays(Subject& subject) {
    AcknowledgementDelays delays(subject);
    EarlyAnswers early;
    for (const std::size_t count : {15U, 30U, 60U, 120U, 240U}) {
        early = delays.measure(count);
        if (early.asked < count) {
            return cannot_tell(
                "answers take 40 ms and more, and none came on a second connection beside the "
                "first");
        }
        if (waits_for_acknowledgement(early)) {
            break;
        }
    }
    const auto seen = fmt::format(
        "of {} answers {} came within {} ms, where the client "
        "acknowledges at once {} of as many",
        early.asked, early.plain, kDelay.count(), early.quick);
    const auto waits = waits_for_acknowledgement(early);
    if (!waits) {
        return cannot_tell(seen);
    }
    return *waits ? warn(
                        "answers on a kept connection wait for the client's delayed "
                        "acknowledgement: " +
                        seen +
                        "; it writes head and body apart: set TCP_NODELAY, or write them "
                        "in one")
                  : pass("answers on a kept connection go out at once");
}

}  // namespace

Finding check_route(Subject& subject, model::Route route) {
    const auto answer = subject.ask(subject.get(route, "Connection: close\r\n"));
    const bool serialised = model::facts_of(route).form == model::RouteForm::serialised;
    for (const auto& given : subject.payload().given()) {
        if (serialised && answer && given.route == route && answer->body == given.body) {
            return fail(
                fmt::format("{} sends back the very text it was given, blanks and all: parse it "
                            "once in configure() and serialise it for each request",
                            model::path_of(route)));
        }
    }
    if (auto wrong = subject.wrong(answer, route)) {
        return fail(*wrong);
    }
    return pass(serialised
                    ? fmt::format("{} bytes, serialised without the blanks it was given",
                                  answer->body.size())
                    : fmt::format("{} bytes, HTTP/1.{}", answer->body.size(), answer->http_minor));
}

Finding check_keep_alive(Subject& subject) {
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    (void)connection->send(subject.get(model::Route::text), in_time());  // a missing answer tells
    const auto first = connection->read_answer(in_time());
    if (auto wrong = subject.wrong(first, model::Route::text)) {
        return fail(*wrong);
    }
    if (!first->keeps_alive) {
        return warn(
            fmt::format("closes after each answer (HTTP/1.{}, Connection: \"{}\"): its row "
                        "measures the making of connections, too",
                        first->http_minor, trial::header(*first, "connection")));
    }
    (void)connection->send(subject.get(model::Route::json), in_time());
    if (auto wrong = subject.wrong(connection->read_answer(in_time()), model::Route::json)) {
        return fail("the answer promised to keep the connection open, yet on the second request: " +
                    *wrong);
    }
    return pass("two answers on one connection");
}

Finding check_close(Subject& subject) {
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    (void)connection->send(subject.get(model::Route::text, "Connection: close\r\n"), in_time());
    if (auto wrong = subject.wrong(connection->read_answer(in_time()), model::Route::text)) {
        return fail(*wrong);
    }
    if (!connection->is_closed_by(Deadline::after(kClosing))) {
        return warn("does not close after Connection: close (RFC 9112, 9.6)");
    }
    if (connection->left_over() > 0) {
        return fail(
            fmt::format("{} bytes come after the end of the answer", connection->left_over()));
    }
    return pass("closes when asked to");
}

Finding check_http_1_0(Subject& subject) {
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    (void)connection->send("GET /text HTTP/1.0\r\n\r\n", in_time());
    const auto answer = connection->read_answer(in_time());
    if (auto wrong = subject.wrong(answer, model::Route::text)) {
        return warn("an HTTP/1.0 request is not answered rightly: " + *wrong);
    }
    if (trial::header(*answer, "transfer-encoding") != "") {
        return fail(
            "answers an HTTP/1.0 request in chunks, which such a client cannot read "
            "(RFC 9112, 6.1)");
    }
    if (!connection->is_closed_by(Deadline::after(kClosing))) {
        return warn("keeps the connection of an HTTP/1.0 request that did not ask for it");
    }
    return pass("answered and closed");
}

Finding check_split(Subject& subject) {
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    const auto request = subject.get(model::Route::text);
    const auto half = request.size() / 2;
    (void)connection->send(std::string_view(request).substr(0, half), in_time());
    // Whoever answers half a request has done so by the time it has answered another's whole one.
    (void)http::probe(subject.target(model::Route::text), milliseconds(500));
    if (connection->is_readable_by(Deadline::after(kMoment))) {
        const auto early = connection->read_answer(in_time());
        return fail(early ? "answers half a request: " + early->beginning
                          : "half a request: " + in_words(early.error()));
    }
    for (const char letter : std::string_view(request).substr(half)) {
        (void)connection->send({&letter, 1}, in_time());
    }
    if (auto wrong = subject.wrong(connection->read_answer(in_time()), model::Route::text)) {
        return fail("a request in pieces: " + *wrong);
    }
    if (connection->is_readable_by(Deadline::after(kMoment)) && connection->left_over() > 0) {
        return fail("a request in pieces is answered more than once");
    }
    return pass("a request in pieces is answered once");
}

Finding check_pipelined(Subject& subject) {
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    const std::array<model::Route, 3> routes{model::Route::text, model::Route::json,
                                             model::Route::file};
    std::string requests;
    for (const model::Route route : routes) {
        requests += subject.get(route);
    }
    (void)connection->send(requests, in_time());
    bool closes = false;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto answer = connection->read_answer(i == 0 ? in_time() : Deadline::after(kClosing));
        if (!answer && i > 0) {
            return warn(
                fmt::format("answered {} of {} pipelined requests{}; do not measure it "
                            "with pipeline > 1",
                            i, routes.size(),
                            closes ? ", then closed as it had said"
                                   : fmt::format(" ({})", in_words(answer.error()))));
        }
        if (auto wrong = subject.wrong(answer, routes.at(i))) {
            return fail(
                fmt::format("pipelined request {} of {}: {}", i + 1, routes.size(), *wrong));
        }
        closes = !answer->keeps_alive;
    }
    return pass("three requests in one write, answered in order");
}

Finding check_delayed_ack(Subject& subject) {
    constexpr int kRequests = 24;
    constexpr int kSuspicious = kRequests / 3;
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    int slow = 0;
    for (int i = 0; i < kRequests && slow < kSuspicious; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        (void)connection->send(subject.get(model::Route::text), in_time());
        const auto answer = connection->read_answer(in_time());
        const Nanoseconds took = std::chrono::steady_clock::now() - begin;
        if (auto wrong = subject.wrong(answer, model::Route::text)) {
            return i == 0 ? fail(*wrong)
                          : warn(fmt::format("request {} on a kept connection: {}", i + 1, *wrong));
        }
        if (!answer->keeps_alive) {
            return pass("closes the connection before it could matter");
        }
        slow += took >= kDelay ? 1 : 0;
    }
    return slow < kSuspicious ? pass("answers on a kept connection go out at once")
                              : judge_delays(subject);
}

Finding check_unknown_path(Subject& subject) {
    const auto answer = subject.ask(
        subject.request("GET", "/benchhost-check-no-such-path", "Connection: close\r\n"));
    if (!answer) {
        return fail(in_words(answer.error()));
    }
    if (answer->status == 404) {
        return pass("404");
    }
    const auto said = fmt::format("answers {} for a path that is not there", answer->status);
    return answer->status >= 400 && answer->status < 500 ? warn(said + ", not 404") : fail(said);
}

Finding check_bad_request(Subject& subject) {
    const auto answer = subject.ask("this is not HTTP\r\n\r\n");
    if (auto bad = gone_bad(subject)) {
        return fail("after bytes that are not HTTP: " + *bad);
    }
    if (!answer) {
        return warn(
            fmt::format("bytes that are not HTTP get no answer ({}); 400 would tell the "
                        "client why (RFC 9112, 2.2)",
                        in_words(answer.error())));
    }
    if (answer->status >= 400 && answer->status < 500) {
        return pass(std::to_string(answer->status));
    }
    const auto said = fmt::format("answers {} to bytes that are not HTTP", answer->status);
    return answer->status >= 500 ? warn(said + ", not 4xx") : fail(said);
}

Finding check_head(Subject& subject) {
    auto connection = subject.connect();
    if (!connection) {
        return fail(in_words(connection.error()));
    }
    (void)connection->send(subject.request("HEAD", "/text"), in_time());
    const auto answer = connection->read_answer(in_time(), true);
    if (auto bad = gone_bad(subject)) {
        return fail("after a HEAD request: " + *bad);
    }
    if (!answer) {
        return warn("HEAD: " + in_words(answer.error()));
    }
    if (connection->is_readable_by(Deadline::after(kMoment)) &&
        (connection->is_closed_by(Deadline::after(kMoment)), connection->left_over() > 0)) {
        return warn("sends a body after HEAD (RFC 9110, 9.3.2)");
    }
    if (answer->status != 200) {
        return warn(fmt::format("answers {} to HEAD, not as to GET", answer->status));
    }
    const auto length = trial::header(*answer, "content-length");
    const auto expected = std::to_string(subject.payload().of(model::Route::text).body.size());
    if (length != "" && length != expected) {
        return warn(fmt::format("HEAD says Content-Length: {}, GET sends {}", length, expected));
    }
    return pass("the head of GET, no body");
}

Finding check_silent_connection(Subject& subject) {
    auto silent = subject.connect();
    if (!silent) {
        return fail(in_words(silent.error()));
    }
    const auto answer = http::probe(subject.target(model::Route::text), std::chrono::seconds(2));
    if (!answer) {
        return warn(
            "one connection that is open and silent holds up all others: one request at a "
            "time (" +
            in_words(answer.error()) + ")");
    }
    return pass("holds up nobody");
}

}  // namespace benchhost::conformance
