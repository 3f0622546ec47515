// The bytes of requests: what is in them, and that each piece of them is a piece of the whole.
#include "core/requests/request_template.hpp"

#include "tests/unit/requests/templates.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::requests {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Fields = std::vector<model::HeaderField>;

const Connection kKept{"127.0.0.1:8080", true};

model::RequestSpec request_spec(std::string method, std::string path = "/text") {
    model::RequestSpec spec;
    spec.method = std::move(method);
    spec.path = std::move(path);
    return spec;
}

model::RequestSpec with_body(std::string method, std::string body, bool as_it_is = false) {
    auto spec = request_spec(std::move(method));
    spec.body = model::BodySpec{std::move(body), as_it_is};
    return spec;
}

RequestTemplate made_of(const model::RequestSpec& spec, const Connection& connection = kKept) {
    auto made = RequestTemplate::make(spec, connection, lines_of_names);
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return made ? std::move(*made) : RequestTemplate();
}

std::string bytes_of(const model::RequestSpec& spec, const Identity& request = {}) {
    return made_of(spec).text(request);
}

std::string body_part(const std::string& request) {
    return request.substr(request.find("\r\n\r\n") + 4);
}

/// The value of a field, which stands there once.
std::string field_of(const std::string& request, const std::string& name) {
    const auto line = "\r\n" + name + ": ";
    const auto begin = request.find(line);
    EXPECT_NE(begin, std::string::npos) << name << " in " << request;
    EXPECT_EQ(request.find(line, begin + 1), std::string::npos) << name << " twice";
    const auto value = begin + line.size();
    const auto end = request.find('\r', value);
    return begin == std::string::npos ? "" : request.substr(value, end - value);
}

TEST(RequestTemplate, AGetIsShort) {
    EXPECT_EQ(bytes_of(request_spec("GET")),
              "GET /text HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: benchhost\r\n"
              "Accept: */*\r\n\r\n");
    EXPECT_EQ(made_of(request_spec("GET", "/a?b=c"), {"localhost", false}).text({}),
              "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\nUser-Agent: benchhost\r\n"
              "Accept: */*\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(made_of(request_spec("GET")).is_fixed());
}

TEST(RequestTemplate, APostSaysHowLongItIs) {
    EXPECT_EQ(bytes_of(with_body("POST", "a=1")),
              "POST /text HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: benchhost\r\n"
              "Accept: */*\r\nContent-Length: 3\r\n\r\na=1");
    EXPECT_EQ(field_of(bytes_of(with_body("DELETE", "x")), "Content-Length"), "1");
    EXPECT_EQ(field_of(bytes_of(with_body("GET", "xy")), "Content-Length"), "2");
}

TEST(RequestTemplate, WithoutABodyOnlyWhatCouldHaveOneSaysSo) {
    for (const char* const method : {"POST", "PUT", "PATCH"}) {
        EXPECT_THAT(bytes_of(request_spec(method)), EndsWith("\r\nContent-Length: 0\r\n\r\n"));
    }
    for (const char* const method : {"GET", "HEAD", "DELETE", "OPTIONS"}) {
        EXPECT_THAT(bytes_of(request_spec(method)), Not(HasSubstr("Content-Length"))) << method;
    }
}

TEST(RequestTemplate, TheLengthFollowsTheBody) {
    const auto made = made_of(with_body("POST", "id={rand:1..20}&name={pick:names}"));
    EXPECT_FALSE(made.is_fixed());
    std::set<std::string> lengths;
    for (std::uint64_t number = 0; number < 2000; ++number) {
        const Identity request{number, 0, 1};
        const auto text = made.text(request);
        const auto length = field_of(text, "Content-Length");
        EXPECT_EQ(length, std::to_string(body_part(text).size()));
        EXPECT_EQ(made.length(request), text.size());
        EXPECT_THAT(text, HasSubstr("\r\nContent-Length: " + length + "\r\n\r\nid="));
        lengths.insert(length);
    }
    // "id=" and "&name=", one digit or two, and two, three or nine letters.
    EXPECT_EQ(lengths, (std::set<std::string>{"12", "13", "14", "19", "20"}));
}

TEST(RequestTemplate, HeadIsAskedAsGetIs) {
    const auto made = made_of(request_spec("HEAD"));
    EXPECT_TRUE(made.is_head());
    EXPECT_FALSE(made_of(request_spec("GET")).is_head());
    EXPECT_EQ(made.text({}),
              "HEAD /text HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: benchhost\r\n"
              "Accept: */*\r\n\r\n");
}

TEST(RequestTemplate, OnlyWhatMayBeAskedTwiceIsIdempotent) {
    for (const char* const method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
        EXPECT_TRUE(made_of(request_spec(method)).is_idempotent()) << method;
    }
    for (const char* const method : {"POST", "PATCH", "PURGE"}) {
        EXPECT_FALSE(made_of(request_spec(method)).is_idempotent()) << method;
    }
}

TEST(RequestTemplate, HeadersTakeThePlaceOfTheUsualOnes) {
    auto spec = request_spec("GET");
    spec.headers = Fields{{"host", "example.org"}, {"USER-AGENT", "me"}, {"Accept", "text/html"}};
    const auto text = bytes_of(spec);
    EXPECT_EQ(text,
              "GET /text HTTP/1.1\r\nhost: example.org\r\nUSER-AGENT: me\r\n"
              "Accept: text/html\r\n\r\n");
    spec.headers = Fields{{"accept", "image/png"}, {"X-Id", "{seq}/{user}"}, {"X-Id2", ""}};
    EXPECT_EQ(bytes_of(spec, {17, 4, 1}),
              "GET /text HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: benchhost\r\n"
              "accept: image/png\r\nX-Id: 17/4\r\nX-Id2: \r\n\r\n");
}

TEST(RequestTemplate, ItsPartsDrawTheSameValues) {
    auto spec = with_body("POST", "a={rand:1..9#a}&b={rand:1..9#b}");
    spec.path = "/sum?a={rand:1..9#a}&b={rand:1..9#b}";
    spec.headers = Fields{{"X-A", "{rand:1..9#a}"}};
    spec.expect_body = model::BodySpec{"{sum:a,b}", false};
    spec.expect_headers = Fields{{"X-B", "{rand:1..9#b}"}};
    spec.expect_status = 201;
    const auto made = made_of(spec);
    ASSERT_TRUE(made.expected_body().has_value());
    ASSERT_EQ(made.expected_fields().size(), 1U);
    EXPECT_EQ(made.expected_fields()[0].name, "X-B");
    EXPECT_EQ(made.expected_status(), 201U);
    std::set<std::string> sums;
    for (std::uint64_t number = 0; number < 3000; ++number) {
        const Identity request{number, 0, 1};
        const auto text = made.text(request);
        const auto a = field_of(text, "X-A");
        const auto b = made.expected_fields()[0].value.text(request);
        const auto fields = fmt::format("a={}&b={}", a, b);
        EXPECT_THAT(text, StartsWith("POST /sum?" + fields + " HTTP/1.1\r\n"));
        EXPECT_EQ(body_part(text), fields);
        const auto sum = std::to_string(std::stoi(a) + std::stoi(b));
        EXPECT_EQ(made.expected_body()->text(request), sum);
        sums.insert(sum);
    }
    EXPECT_EQ(sums.size(), 17U) << "2 to 18";
}

TEST(RequestTemplate, WhatIsExpectedKnowsTheBody) {
    auto spec = with_body("POST", "{nonce}{fill:40KiB}{seq}");
    spec.expect_body = model::BodySpec{"{length} {crc32}", false};
    const auto made = made_of(spec);
    for (const auto& request : some_requests()) {
        const auto body = body_part(made.text(request));
        const auto sum = ::crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
        EXPECT_EQ(made.expected_body()->text(request), fmt::format("{} {:08x}", body.size(), sum));
    }
}

TEST(RequestTemplate, ABodyAsItIsHasNoPlaceholders) {
    EXPECT_EQ(body_part(bytes_of(with_body("POST", "{nonce}{{", true))), "{nonce}{{");
    EXPECT_TRUE(made_of(with_body("POST", "{nonce}", true)).is_fixed());
    EXPECT_EQ(body_part(bytes_of(with_body("POST", "{{nonce}"))), "{nonce}");
    const std::string bytes("a\0b\xff{x}", 7);
    EXPECT_EQ(body_part(bytes_of(with_body("POST", bytes, true))), bytes);
    auto spec = request_spec("GET");
    spec.expect_body = model::BodySpec{"{nonce}", true};
    EXPECT_EQ(made_of(spec).expected_body()->text({}), "{nonce}");
    spec.expect_body.reset();
    EXPECT_FALSE(made_of(spec).expected_body().has_value()) << "any";
}

/// Requests of each way in which they are written.
std::vector<model::RequestSpec> each_way() {
    auto drawn_head = with_body("POST", std::string(20'000, 'x'));
    drawn_head.path = "/{nonce}/{rand:1..100}";
    return {request_spec("GET"),
            request_spec("GET", "/item/{rand:1..1000}?key={nonce}"),
            with_body("POST", "fixed and short"),
            with_body("POST", "{rand:1..1000}{pick:names}{seq}"),
            with_body("POST", "{nonce}{fill:20KiB}{user}"),
            with_body("POST", std::string(40'000, 'y')),
            drawn_head};
}

TEST(RequestTemplate, APieceFromEveryPlaceIsWhatStandsThere) {
    constexpr std::size_t kGuard = 64;
    for (const auto& spec : each_way()) {
        const auto made = made_of(spec);
        for (const auto& request : some_requests()) {
            const auto whole = made.text(request);
            ASSERT_EQ(made.length(request), whole.size());
            std::string room(made.room() + kGuard, '#');
            // All places of what is short, and some of what is long.
            const std::size_t step = whole.size() < 1000 ? 1 : 191;
            for (std::size_t offset = 0; offset < whole.size(); offset += step) {
                std::size_t at = offset;
                for (int pieces = 0; at < whole.size() && pieces < 3; ++pieces) {
                    const auto piece = made.piece(request, at, room.data());
                    ASSERT_FALSE(piece.empty());
                    ASSERT_EQ(piece, std::string_view(whole).substr(at, piece.size()))
                        << "from " << at << " of " << whole.size();
                    at += piece.size();
                }
                ASSERT_EQ(at, whole.size()) << "from " << offset;
            }
            EXPECT_EQ(room.substr(made.room()), std::string(kGuard, '#'));
        }
    }
}

TEST(RequestTemplate, ALongFixedBodyIsSentFromWhereItLies) {
    for (const bool draws : {false, true}) {
        auto spec = with_body("POST", std::string(1'000'000, 'z'));
        spec.path = draws ? "/{nonce}" : "/upload";
        const auto made = made_of(spec);
        EXPECT_LT(made.room(), 1000U);
        const Identity request{1, 0, 1};
        const auto head = made.length(request) - 1'000'000;
        std::string one(made.room(), '#');
        std::string other(made.room(), '#');
        EXPECT_EQ(made.piece(request, 0, one.data()).size(), head);
        const auto body = made.piece(request, head, one.data());
        EXPECT_EQ(body.size(), 1'000'000U);
        EXPECT_EQ(made.piece(request, head, other.data()).data(), body.data());
        EXPECT_EQ(made.piece(request, head + 999'999, other.data()).data(), body.data() + 999'999);
    }
}

std::string why_not(const model::RequestSpec& spec) {
    const auto made = RequestTemplate::make(spec, kKept, lines_of_names);
    EXPECT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::usage);
    return made.error().message;
}

TEST(RequestTemplate, WhatIsWrongSaysInWhichPart) {
    auto spec = request_spec("GET", "/{nonsense}");
    EXPECT_THAT(why_not(spec), StartsWith("path: \"{nonsense}\" is no placeholder"));
    spec = request_spec("GET");
    spec.headers = Fields{{"X-Id", "{pick:none}"}};
    EXPECT_THAT(why_not(spec), StartsWith("header.X-Id: \"{pick:none}\" cannot be picked"));
    EXPECT_THAT(why_not(with_body("POST", "{rand:2..1}")), StartsWith("body: \"{rand:2..1}\""));
    EXPECT_THAT(why_not(with_body("POST", "{length}")), StartsWith("body: \"{length}\""));
    spec = request_spec("GET");
    spec.expect_body = model::BodySpec{"{sum:a}", false};
    EXPECT_THAT(why_not(spec), StartsWith("expect_body: \"{sum:a}\" adds"));
    spec = request_spec("GET");
    spec.expect_headers = Fields{{"ETag", "{etag}"}};
    EXPECT_THAT(why_not(spec), StartsWith("expect_header.ETag: \"{etag}\" is no placeholder"));
}

TEST(RequestTemplate, WhatIsTooLongSaysHowLongItMayBe) {
    EXPECT_EQ(why_not(with_body("POST", "{nonce}{fill:1MiB}")),
              "body: with placeholders it may have up to 1048576 bytes, not 1048592");
    EXPECT_GT(made_of(with_body("POST", "{nonce}{fill:1048560B}")).length({}), 1048576U);
    auto spec = request_spec("GET");
    spec.headers = Fields{{"Cookie", "{fill:64KiB}"}};
    EXPECT_THAT(why_not(spec), HasSubstr("may have up to 65536 bytes together, not "));
    spec = request_spec("GET", "/{fill:64KiB}");
    EXPECT_THAT(why_not(spec), HasSubstr("may have up to 65536 bytes together, not "));
}

TEST(RequestSet, HasItsKindsAndTheirWeights) {
    auto list = request_spec("GET", "/list/{pick:names}");
    list.name = "list";
    list.weight = 70;
    auto add = with_body("POST", "{pick:names}");
    add.name = "add";
    add.weight = 30;
    const model::Picks picks{{"names", kNames}};
    const auto set = RequestSet::make({list, add}, kKept, picks);
    ASSERT_TRUE(set.has_value()) << set.error().message;
    ASSERT_EQ(set->kinds.size(), 2U);
    EXPECT_EQ(set->weights, (std::vector<std::uint32_t>{7, 3}));
    EXPECT_FALSE(set->is_fixed());
    EXPECT_THAT(kNames, ::testing::Contains(body_part(set->kinds[1].text({5, 0, 1}))));
    const auto one = RequestSet::make({request_spec("GET")}, kKept, {});
    ASSERT_TRUE(one.has_value());
    EXPECT_TRUE(one->is_fixed());
}

TEST(RequestSet, SaysWhichRequestIsWrong) {
    auto list = request_spec("GET", "/list/{pick:names}");
    list.name = "list";
    const auto unknown = RequestSet::make({list}, kKept, {});
    ASSERT_FALSE(unknown.has_value());
    EXPECT_THAT(unknown.error().message,
                StartsWith("list: path: \"{pick:names}\" cannot be picked"));
    EXPECT_THAT(unknown.error().message, HasSubstr("no lines of \"names\" are known"));
    model::Picks picks;
    picks["names"];
    EXPECT_FALSE(RequestSet::make({list}, kKept, picks).has_value()) << "of no lines";
    picks["names"] = kNames;
    list.weight = 0;
    const auto none = RequestSet::make({list}, kKept, picks);
    ASSERT_FALSE(none.has_value());
    EXPECT_THAT(none.error().message, HasSubstr("all 0"));
}

}  // namespace
}  // namespace benchhost::requests
