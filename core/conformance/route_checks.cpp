#include "core/conformance/route_checks.hpp"

#include "core/conformance/wire_checks.hpp"
#include "core/trial/probe_routes.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace benchhost::conformance {
namespace {

using model::Route;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Answered = http::ProbeResult<http::ProbeReport>;

constexpr std::size_t kSmallEcho = 1024;
constexpr std::size_t kLargeEcho = std::size_t{1} << 20U;
constexpr std::size_t kLargestUpload = std::size_t{20} << 20U;
constexpr const char* kForm = "application/x-www-form-urlencoded";

/// One connection after another, kept as long as the server keeps it.
class Conversation {
  public:
    explicit Conversation(Subject& subject) : subject_(subject) {}

    Answered ask(std::string_view request, const http::Deadline& deadline = in_time()) {
        if (!connection_) {
            auto opened = subject_.connect();
            if (!opened) {
                return opened.error();
            }
            connection_ = std::move(*opened);
        }
        (void)connection_->send(request, deadline);  // a missing answer tells
        auto answer = connection_->read_answer(deadline);
        if (!answer || !answer->keeps_alive) {
            connection_.reset();
        }
        return answer;
    }

  private:
    Subject& subject_;
    std::optional<http::RawConnection> connection_;
};

std::string random_bytes(std::size_t size) {
    std::mt19937_64 random{std::random_device{}()};
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = random();
        std::memcpy(bytes.data() + at, &word, std::min(sizeof word, size - at));
    }
    return bytes;
}

std::string post(const Subject& subject, Route route, const std::string& type,
                 std::string_view body) {
    auto request = subject.request(
        "POST", model::path_of(route),
        fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", type, body.size()));
    request += body;
    return request;
}

/// "/items/50"
std::string numbered(Route route, std::uint64_t number) {
    return fmt::format("{}/{}", model::path_of(route), number);
}

/// Why `answer` is not `body` as the route has to send it, or nothing.
std::optional<std::string> not_as_asked(Subject& subject, const Answered& answer, Route route,
                                        std::string body) {
    if (!answer) {
        return fmt::format("{}: {}", model::path_of(route), in_words(answer.error()));
    }
    auto expected = subject.payload().of(route);
    expected.body = std::move(body);
    return trial::wrong_answer(*answer, expected);
}

/// Of a request that asks for what cannot be answered; nothing when it got `status`.
std::optional<Finding> not_refused(const Answered& answer, unsigned status,
                                   const std::string& what) {
    if (!answer) {
        return fail(fmt::format("{}: {}", what, in_words(answer.error())));
    }
    if (answer->status == status) {
        return std::nullopt;
    }
    const auto said = fmt::format("answers {} to {}, not {}", answer->status, what, status);
    return answer->status < 400 ? fail(said) : warn(said);
}

/// As a body of Transfer-Encoding: chunked, in pieces of very different sizes.
std::string in_chunks(std::string_view bytes) {
    std::string body;
    for (std::size_t size = 1; !bytes.empty(); size = size * 7 + 3) {
        const auto chunk = bytes.substr(0, size);
        body += fmt::format("{:x}\r\n", chunk.size());
        body += chunk;
        body += "\r\n";
        bytes.remove_prefix(chunk.size());
    }
    return body + "0\r\n\r\n";
}

/// "12 1c291ca3"
std::string length_and_checksum(std::string_view bytes) {
    const auto checksum =
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    return fmt::format("{} {:08x}", bytes.size(), checksum);
}

struct Addition {
    std::string fields;
    std::string total;
};

Addition random_addition(std::mt19937_64& random) {
    std::uniform_int_distribution<std::uint64_t> any(0, std::uint64_t{1} << 52U);
    const auto a = any(random);
    const auto b = any(random);
    return {fmt::format("a={}&b={}", a, b), std::to_string(a + b)};
}

std::string wait_request(const Subject& subject, milliseconds wait, std::string_view fields = "") {
    return subject.request("GET", numbered(Route::wait, static_cast<std::uint64_t>(wait.count())),
                           fields);
}

/// What is wrong with requests that wait one after the other, or nothing.
std::optional<std::string> fault_of_waits(Subject& subject) {
    constexpr int kLooks = 3;
    // Event loops count in whole milliseconds, from what was the time when they woke up.
    constexpr auto kGrain = milliseconds(2);
    std::mt19937_64 random{std::random_device{}()};
    std::uniform_int_distribution<int> any(200, 300);
    Conversation conversation(subject);
    int early = 0;
    std::string example;
    for (int look = 0; look < kLooks; ++look) {
        const milliseconds wait(any(random));
        const auto begin = steady_clock::now();
        const auto answer = conversation.ask(wait_request(subject, wait));
        const Nanoseconds took = steady_clock::now() - begin;
        if (auto wrong = subject.wrong(answer, Route::wait)) {
            return wrong;
        }
        if (took + kGrain < wait) {
            ++early;
            example = fmt::format(
                "a wait of {} ms is answered after {:.1f} ms: it does not wait "
                "as long as it is asked to",
                wait.count(), to_milliseconds(took));
        }
    }
    // A loop that was kept from running between waking up and reading is early as well, but not
    // each time.
    return early > kLooks / 2 ? std::optional(example) : std::nullopt;
}

/// How requests that wait at once are answered: whether one holds up the others.
Finding check_waits_at_once(Subject& subject) {
    constexpr std::size_t kCrowd = 20;
    constexpr auto kWait = milliseconds(100);
    constexpr auto kInTurn = 20 * kWait;  // kCrowd of them
    const auto request = wait_request(subject, kWait, "Connection: close\r\n");
    const auto begin = steady_clock::now();
    std::vector<http::RawConnection> crowd;
    std::string example;
    while (crowd.size() < kCrowd && example.empty()) {
        auto connection = subject.connect();
        if (connection) {
            (void)connection->send(request, in_time());  // a missing answer tells
            crowd.push_back(std::move(*connection));
        } else {
            example = in_words(connection.error());
        }
    }
    const auto patience = http::Deadline::after(std::chrono::seconds(15));
    std::size_t answered = 0;
    for (auto& connection : crowd) {
        const auto answer = connection.read_answer(patience);
        connection.close();  // some servers wait for it before they take up the next
        const auto wrong = subject.wrong(answer, Route::wait);
        if (answer && wrong) {
            return fail("while others wait: " + *wrong);
        }
        answered += wrong ? 0U : 1U;
        example = wrong ? *wrong : example;
    }
    const Nanoseconds took = steady_clock::now() - begin;
    if (answered < kCrowd) {
        return warn(fmt::format("{} of {} requests that wait at once are answered; {}", answered,
                                kCrowd, example));
    }
    const auto said = fmt::format("{} requests that wait for {} ms at once took {:.0f} ms", kCrowd,
                                  kWait.count(), to_milliseconds(took));
    return took < kInTurn / 2
               ? pass("no answer before its time; " + said)
               : warn(said + ": while one waits it holds up the others, as one request at a time");
}

/// What a stream of gzip or zlib holds; nothing when it is none, ends too early or holds far more
/// than a route answers.
std::optional<std::string> inflated(std::string stream) {
    constexpr int kGzipOrZlib = MAX_WBITS + 32;
    constexpr std::size_t kMost = std::size_t{16} << 20U;
    z_stream state{};
    if (inflateInit2(&state, kGzipOrZlib) != Z_OK) {
        throw std::bad_alloc();  // the only way it can fail
    }
    state.next_in = reinterpret_cast<Bytef*>(stream.data());
    state.avail_in = static_cast<uInt>(stream.size());
    std::array<char, 65536> part{};
    std::string plain;
    int status = Z_OK;
    while (status == Z_OK && plain.size() < kMost) {
        state.next_out = reinterpret_cast<Bytef*>(part.data());
        state.avail_out = static_cast<uInt>(part.size());
        status = inflate(&state, Z_NO_FLUSH);
        plain.append(part.data(), part.size() - state.avail_out);
    }
    inflateEnd(&state);
    return status == Z_STREAM_END ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace

Finding check_offered_route(Subject& subject, Route route) {
    switch (model::facts_of(route).form) {
        case model::RouteForm::echo:
            return check_echo(subject);
        case model::RouteForm::upload:
            return check_upload(subject);
        case model::RouteForm::sum:
            return check_sum(subject);
        case model::RouteForm::wait:
            return check_wait(subject);
        case model::RouteForm::items:
            return check_items(subject);
        case model::RouteForm::compressed:
            return check_compressed(subject);
        case model::RouteForm::as_it_is:
        case model::RouteForm::serialised:
        case model::RouteForm::from_file:
        case model::RouteForm::uncompared:
            break;
    }
    return check_route(subject, route);
}

Finding check_echo(Subject& subject) {
    Conversation conversation(subject);
    for (const std::size_t size : {kSmallEcho, kLargeEcho, kSmallEcho}) {
        const auto body = random_bytes(size);
        const auto answer =
            conversation.ask(post(subject, Route::echo, "application/octet-stream", body));
        if (auto wrong = not_as_asked(subject, answer, Route::echo, body)) {
            return fail(fmt::format("a body of {}: {}", format_bytes(size), *wrong));
        }
    }
    return pass("bodies of 1 KiB and 1 MiB came back as they were");
}

Finding check_upload(Subject& subject) {
    const auto largest = random_bytes(kLargestUpload);
    Conversation conversation(subject);
    auto answer =
        conversation.ask(post(subject, Route::upload, "application/octet-stream", largest),
                         http::Deadline::after(std::chrono::seconds(30)));
    if (auto wrong = not_as_asked(subject, answer, Route::upload, length_and_checksum(largest))) {
        return fail(fmt::format("a body of {}: {}", format_bytes(largest.size()), *wrong));
    }
    const auto some = std::string_view(largest).substr(0, kLargeEcho);
    answer = conversation.ask(
        subject.request(
            "POST", model::path_of(Route::upload),
            "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n") +
        in_chunks(some));
    if (auto wrong = not_as_asked(subject, answer, Route::upload, length_and_checksum(some))) {
        return warn("a body in chunks (RFC 9112, 7.1): " + *wrong);
    }
    return pass("length and checksum of 20 MiB, and of 1 MiB in chunks");
}

Finding check_sum(Subject& subject) {
    std::mt19937_64 random{std::random_device{}()};
    Conversation conversation(subject);
    const std::string path = model::path_of(Route::sum);
    for (const bool by_form : {false, true, false, true}) {
        const auto addition = random_addition(random);
        const auto answer =
            conversation.ask(by_form ? post(subject, Route::sum, kForm, addition.fields)
                                     : subject.request("GET", path + "?" + addition.fields));
        if (auto wrong = not_as_asked(subject, answer, Route::sum, addition.total)) {
            return fail(
                fmt::format("{} by {}: {}", addition.fields, by_form ? "form" : "query", *wrong));
        }
    }
    return not_refused(conversation.ask(subject.request("GET", path + "?a=1")), 400,
                       "a sum without b")
        .value_or(pass("by query and by form; 400 where a number is missing"));
}

Finding check_wait(Subject& subject) {
    if (auto fault = fault_of_waits(subject)) {
        return fail(*fault);
    }
    return check_waits_at_once(subject);
}

Finding check_items(Subject& subject) {
    Conversation conversation(subject);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{50}, kNonceItems}) {
        const auto answer = conversation.ask(subject.request("GET", numbered(Route::items, count)));
        if (auto wrong =
                not_as_asked(subject, answer, Route::items, subject.payload().first_items(count))) {
            return fail(fmt::format("{} items: {}", count, *wrong));
        }
    }
    const auto beyond =
        conversation.ask(subject.request("GET", numbered(Route::items, kNonceItems + 1)));
    return not_refused(beyond, 404, "a request for more items than there are")
        .value_or(pass(fmt::format("0, 1, 50 and {} items; 404 beyond", kNonceItems)));
}

Finding check_compressed(Subject& subject) {
    std::string sizes;
    for (const std::size_t count : {std::size_t{50}, kNonceItems}) {
        const auto request = [&](const char* accepted) {
            return subject.request(
                "GET", numbered(Route::compressed, count),
                fmt::format("Accept-Encoding: {}\r\nConnection: close\r\n", accepted));
        };
        const auto expected = subject.payload().first_items(count);
        const auto plain = subject.ask(request("identity"));
        if (auto wrong = not_as_asked(subject, plain, Route::compressed, expected)) {
            return fail("with Accept-Encoding: identity: " + *wrong);
        }
        const auto answer = subject.ask(request("gzip"));
        if (!answer || answer->status != 200) {
            return fail(fmt::format(
                "with Accept-Encoding: gzip: {}",
                answer ? fmt::format("status {}", answer->status) : in_words(answer.error())));
        }
        const auto coding = trial::header(*answer, "content-encoding");
        if (coding != "gzip") {
            return fail(
                fmt::format("answers Accept-Encoding: gzip with Content-Encoding: \"{}\"", coding));
        }
        if (inflated(answer->body) != expected) {
            return fail(fmt::format("{} items: what it sends as gzip does not hold them", count));
        }
        sizes += fmt::format("{}{} bytes as {}", sizes.empty() ? "" : ", ", expected.size(),
                             answer->body.size());
    }
    return pass(sizes + "; as they are with Accept-Encoding: identity");
}

}  // namespace benchhost::conformance
