// What is looked at in answers beside their status and body.
#include "core/load/engine/answer_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

using ::testing::HasSubstr;
using Found = std::optional<std::string_view>;
using TakenFrom = model::TakeSpec::From;

std::string head_with(const std::string& fields) { return "HTTP/1.1 200 OK\r\n" + fields + "\r\n"; }

TEST(FieldOf, IsFoundWhateverItsCaseAndTheBlanksAroundIt) {
    const auto head = head_with("Date: today\r\nX-Id:\t  a b \t\r\nx-other:1\r\nX-Empty:\r\n");
    EXPECT_EQ(field_of(head, "X-Id"), Found("a b"));
    EXPECT_EQ(field_of(head, "x-iD"), Found("a b"));
    EXPECT_EQ(field_of(head, "X-Other"), Found("1"));
    EXPECT_EQ(field_of(head, "X-Empty"), Found(""));
    EXPECT_EQ(field_of(head, "Date"), Found("today"));
}

TEST(FieldOf, IsNothingWhereThereIsNone) {
    const auto head = head_with("X-Id: 1\r\n");
    for (const auto* name :
         {"X-I", "X-Id2", "Id", "", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nX-Id"}) {
        EXPECT_FALSE(field_of(head, name)) << name;
    }
    EXPECT_FALSE(field_of("", "X-Id"));
    EXPECT_FALSE(field_of(head_with(""), "X-Id"));
}

TEST(FieldOf, OfSeveralTheFirstCounts) {
    EXPECT_EQ(field_of(head_with("A: 1\r\nB: 2\r\na: 3\r\n"), "A"), Found("1"));
    EXPECT_EQ(field_of(head_with("A: b: c\r\n"), "A"), Found("b: c")) << "colons in the value";
}

TEST(FieldOf, LinesMayEndWithoutCr) {
    EXPECT_EQ(field_of("HTTP/1.1 200 OK\nA: 1\nB: 2\n\nC: 3\n", "B"), Found("2"));
    EXPECT_FALSE(field_of("HTTP/1.1 200 OK\nA: 1\nB: 2\n\nC: 3\n", "C"));
}

TEST(FieldOf, InterimAnswersAreNotLookedAt) {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nX-Id: early\r\nLink: x\r\n\r\n";
    const std::string goes_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto head = head_with("X-Id: 1\r\n");
    EXPECT_EQ(field_of(interim + head, "X-Id"), Found("1"));
    EXPECT_EQ(field_of(goes_on + interim + goes_on + head, "X-Id"), Found("1"));
    EXPECT_FALSE(field_of(interim + head, "Link"));
    EXPECT_EQ(field_of(goes_on + "HTTP/1.0 404 Not Found\r\nX-Id: 2\r\n\r\n", "X-Id"), Found("2"));
}

TEST(FieldOf, WhatFollowsTheHeaderIsTheBody) {
    const auto head = head_with("A: 1\r\n");
    EXPECT_FALSE(field_of(head + "B: 2\r\n\r\n", "B"));
    EXPECT_FALSE(field_of(head + head_with("B: 2\r\n"), "B"));
    EXPECT_EQ(field_of(head + "\r\n\r\nA: 2\r\n", "A"), Found("1"));
}

model::RequestSpec step_with(std::string name, std::vector<model::TakeSpec> takes = {},
                             std::vector<model::HeaderField> expected = {}) {
    model::RequestSpec step;
    step.name = std::move(name);
    step.takes = std::move(takes);
    step.expect_headers = std::move(expected);
    return step;
}

LoadSpec flow_spec(std::vector<model::RequestSpec> steps) {
    LoadSpec spec;
    spec.target.address = "127.0.0.1";
    spec.target.port = 1;
    spec.target.host_header = "127.0.0.1";
    spec.model = model::VirtualUsers{2, 1, {}};
    spec.requests = std::move(steps);
    spec.is_flow = true;
    return spec;
}

/// Two users, told of answers by hand.
class AnswerPartsTest : public ::testing::Test {
  protected:
    void use(const LoadSpec& spec) {
        traffic_ = make_traffic(spec, 2).value();
        ASSERT_TRUE(AnswerParts::are_needed(traffic_));
        parts_ = std::make_unique<AnswerParts>(traffic_, 2);
    }
    /// What is wrong with an answer of these fields to a step.
    std::optional<model::FailureClass> answer(const std::string& fields,
                                              const std::string& body = "", std::uint16_t step = 0,
                                              std::uint32_t user = 0,
                                              const requests::Identity& request = {}) {
        // The beginning of the body came with the end of the header.
        const auto head = head_with(fields);
        constexpr std::size_t kCut = 10;
        parts_->take_header(user, head.substr(0, kCut));
        parts_->take_header(user, head.substr(kCut) + body.substr(0, 1));
        parts_->take_body(user, step, body.substr(0, 1));
        parts_->take_body(user, step, body.substr(std::min<std::size_t>(1, body.size())));
        seen_.clear();
        const auto failure = parts_->finish(user, step, request, seen_);
        parts_->forget_answer(user);
        return failure;
    }
    const std::string& value(std::size_t number, std::uint32_t user = 0) const {
        return parts_->of(user)->values.at(number);
    }
    const std::string& cookies(std::uint32_t user = 0) const {
        return parts_->of(user)->cookie_field;
    }

    Traffic traffic_;
    std::unique_ptr<AnswerParts> parts_;
    std::string seen_;
};

constexpr std::optional<model::FailureClass> kRight;
constexpr auto kBadHeader = model::FailureClass::bad_header;
constexpr auto kNoValue = model::FailureClass::no_value;

TEST_F(AnswerPartsTest, AreNotNeededWhereOnlyStatusAndBodyCount) {
    auto spec = flow_spec({step_with("one"), step_with("two")});
    EXPECT_FALSE(AnswerParts::are_needed(make_traffic(spec, 2).value()));
    spec.keeps_cookies = true;
    EXPECT_TRUE(AnswerParts::are_needed(make_traffic(spec, 2).value()));
    EXPECT_TRUE(AnswerParts::are_needed(
        make_traffic(flow_spec({step_with("one"), step_with("two", {}, {{"A", "1"}})}), 2)
            .value()));
}

TEST_F(AnswerPartsTest, EachFieldThatIsExpectedHasToBeThere) {
    use(flow_spec({step_with("one", {}, {{"ETag", "\"a\""}, {"X-Kind", "b"}})}));
    EXPECT_EQ(answer("etag: \"a\"\r\nX-Kind: b\r\n"), kRight);
    EXPECT_EQ(seen_, "");
    EXPECT_EQ(answer("ETag: \"a\"\r\n"), kBadHeader);
    EXPECT_EQ(seen_, "no field X-Kind");
    EXPECT_EQ(answer("ETag: \"a\"\r\nX-Kind: B\r\n"), kBadHeader) << "the case of a value counts";
    EXPECT_EQ(seen_, "X-Kind: B");
    EXPECT_EQ(answer("ETag: \"ab\"\r\nX-Kind: b\r\n"), kBadHeader);
    EXPECT_EQ(answer(""), kBadHeader);
    EXPECT_EQ(answer("ETag: \"a\"\r\nX-Kind: b\r\n"), kRight) << "after wrong ones";
}

TEST_F(AnswerPartsTest, WhatIsExpectedMayDifferFromRequestToRequest) {
    use(flow_spec({step_with("one", {}, {{"X-Seq", "n{seq}"}})}));
    EXPECT_EQ(answer("X-Seq: n7\r\n", "", 0, 0, {7}), kRight);
    EXPECT_EQ(answer("X-Seq: n7\r\n", "", 0, 0, {8}), kBadHeader);
}

TEST_F(AnswerPartsTest, ValuesAreTakenFromFieldsAndJson) {
    use(flow_spec({step_with("login", {{"token", TakenFrom::header, "x-token"},
                                       {"id", TakenFrom::json, "/user/id"}}),
                   step_with("next", {{"more", TakenFrom::json, "/0"}})}));
    EXPECT_EQ(answer("X-Token:  t1 \r\n", R"({"user":{"id":17}})"), kRight);
    EXPECT_EQ(value(0), "t1");
    EXPECT_EQ(value(1), "17");
    EXPECT_EQ(answer("", R"(["m"])", 1), kRight);
    EXPECT_EQ(value(2), "m");
    EXPECT_EQ(value(0), "t1") << "it stays";
    EXPECT_EQ(answer("X-Token: t2\r\n", R"({"user":{"id":"b"}})", 0, 1), kRight);
    EXPECT_EQ(value(0, 1), "t2");
    EXPECT_EQ(value(0), "t1") << "of another user";
    EXPECT_EQ(answer("X-Token: t3\r\n", R"({"user":{"id":18}})"), kRight);
    EXPECT_EQ(value(0), "t3") << "the flow has begun anew";
    parts_->forget_user(0);
    EXPECT_EQ(value(0) + value(1) + value(2), "");
    EXPECT_EQ(value(0, 1), "t2");
}

TEST_F(AnswerPartsTest, AnAnswerWithoutTheValueIsAFailureOfItsStep) {
    use(flow_spec({step_with(
        "login", {{"token", TakenFrom::header, "X-Token"}, {"id", TakenFrom::json, "/user/id"}})}));
    EXPECT_EQ(answer("", R"({"user":{"id":1}})"), kNoValue);
    EXPECT_EQ(seen_, "step login: no X-Token for {take:token}");
    for (const std::string body :
         {"", "{}", R"({"user":1})", R"({"user":{"id":{}}})", R"({"user":{"id":1})", "<html>"}) {
        EXPECT_EQ(answer("X-Token: t\r\n", body), kNoValue) << body;
        EXPECT_EQ(seen_, "step login: no /user/id for {take:id}");
    }
    EXPECT_EQ(answer("X-Token:\r\n", R"({"user":{"id":""}})"), kRight) << "an empty one is one";
}

TEST_F(AnswerPartsTest, AValueThatCannotStandInARequestIsNotTaken) {
    use(flow_spec({step_with("login", {{"id", TakenFrom::json, "/id"}})}));
    EXPECT_EQ(answer("", R"({"id":"a\r\nX-Injected: b"})"), kNoValue);
    EXPECT_EQ(seen_, "step login: an unfit value of /id for {take:id}");
    EXPECT_EQ(answer("", R"({"id":"a\nb"})"), kNoValue);
    const auto of_length = [](std::size_t size) {
        return R"({"id":")" + std::string(size, 'x') + R"("})";
    };
    EXPECT_EQ(answer("", of_length(requests::kLongestTaken)), kRight);
    EXPECT_EQ(value(0).size(), requests::kLongestTaken);
    EXPECT_EQ(answer("", of_length(requests::kLongestTaken + 1)), kNoValue);
    EXPECT_EQ(seen_, "step login: an unfit value of /id for {take:id}");
}

TEST_F(AnswerPartsTest, TheBodyBeforeIsNoPartOfTheNext) {
    use(flow_spec({step_with("login", {{"id", TakenFrom::json, "/id"}})}));
    EXPECT_EQ(answer("", R"({"id":1)"), kNoValue);
    EXPECT_EQ(answer("", R"({"id":2})"), kRight);
    EXPECT_EQ(value(0), "2");
}

TEST_F(AnswerPartsTest, TakenValuesStandInLaterRequestsTheLatestOfAName) {
    auto first = step_with("first", {{"id", TakenFrom::header, "X-Id"}});
    auto second =
        step_with("second", {{"id", TakenFrom::header, "X-Id"}}, {{"X-Was", "{take:id}"}});
    second.path = "/{take:id}";
    auto third = step_with("third");
    third.path = "/{take:id}";
    use(flow_spec({first, second, third}));
    const auto path_of = [&](std::size_t step) {
        const requests::Identity request{0, 0, 1, parts_->of(0)};
        const auto text = traffic_.requests.kinds.at(step).text(request);
        return text.substr(0, text.find(" HTTP"));
    };
    EXPECT_EQ(answer("X-Id: a\r\n"), kRight);
    EXPECT_EQ(path_of(1), "GET /a");
    EXPECT_EQ(answer("X-Id: b\r\nX-Was: a\r\n", "", 1, 0, {0, 0, 1, parts_->of(0)}), kRight);
    EXPECT_EQ(path_of(1), "GET /a");
    EXPECT_EQ(path_of(2), "GET /b");
}

class CookiesTest : public AnswerPartsTest {
  protected:
    void SetUp() override {
        auto spec = flow_spec({step_with("one"), step_with("two")});
        spec.keeps_cookies = true;
        use(spec);
    }
    /// Of this value of Set-Cookie.
    void set(const std::string& cookie, std::uint32_t user = 0) {
        EXPECT_EQ(answer("Set-Cookie: " + cookie + "\r\n", "", 0, user), kRight);
    }
};

TEST_F(CookiesTest, AreSentBackByWhoWasGivenThem) {
    EXPECT_EQ(cookies(), "");
    set("sid=abc; Path=/; HttpOnly");
    EXPECT_EQ(cookies(), "Cookie: sid=abc\r\n");
    EXPECT_EQ(cookies(1), "") << "another user";
    EXPECT_EQ(answer("set-cookie: a=1\r\nX: y\r\nSET-COOKIE: b=2;Secure\r\n"), kRight);
    EXPECT_EQ(cookies(), "Cookie: sid=abc; a=1; b=2\r\n");
    EXPECT_EQ(answer("X: y\r\n"), kRight);
    EXPECT_EQ(cookies(), "Cookie: sid=abc; a=1; b=2\r\n") << "nothing was set";
    set("sid=other", 1);
    EXPECT_EQ(cookies(1), "Cookie: sid=other\r\n");
    parts_->forget_user(0);
    EXPECT_EQ(cookies(), "");
    set("new=1");
    EXPECT_EQ(cookies(), "Cookie: new=1\r\n") << "the old ones are gone";
}

TEST_F(CookiesTest, OfOneNameTheLatestCounts) {
    set("a=1");
    set("b=2");
    set("a=3; Path=/");
    EXPECT_EQ(cookies(), "Cookie: a=3; b=2\r\n");
    set("A=4");
    EXPECT_EQ(cookies(), "Cookie: a=3; b=2; A=4\r\n") << "names have a case";
    set("b=");
    EXPECT_EQ(cookies(), "Cookie: a=3; b=; A=4\r\n");
}

TEST_F(CookiesTest, AreDeletedByTheirAge) {
    set("a=1");
    set("b=2");
    set("a=; Max-Age=0; Path=/");
    EXPECT_EQ(cookies(), "Cookie: b=2\r\n");
    set("none=x; max-age=0");
    EXPECT_EQ(cookies(), "Cookie: b=2\r\n");
    set("b=x;MAX-AGE=0");
    EXPECT_EQ(cookies(), "") << "no field at all";
    set("b=3; Max-Age=3600");
    EXPECT_EQ(cookies(), "Cookie: b=3\r\n");
}

TEST_F(CookiesTest, ValuesAreAsTheyCame) {
    set(" a = \"x=y, z\" ; Path=/");
    EXPECT_EQ(cookies(), "Cookie: a=\"x=y, z\"\r\n");
}

TEST_F(CookiesTest, WhatIsNoneIsNotKept) {
    for (const auto* cookie : {"", "a", "=1", " =1; Path=/", ";", "; a=1"}) {
        set(cookie);
        EXPECT_EQ(cookies(), "") << cookie;
    }
}

TEST_F(CookiesTest, OfTooManyTheOldestGo) {
    const std::string value(300, 'v');
    for (int i = 0; i < 100; ++i) {
        set("c" + std::to_string(i) + "=" + value);
        EXPECT_LE(cookies().size(), requests::kLongestCookies);
        EXPECT_THAT(cookies(), HasSubstr("c" + std::to_string(i) + "=v"));
    }
    EXPECT_GT(cookies().size(), requests::kLongestCookies - 400) << "as many as there is room for";
    EXPECT_EQ(cookies().find("c0="), std::string::npos);
    set("long=" + std::string(requests::kLongestCookies, 'x'));
    EXPECT_EQ(cookies(), "") << "one that is too long alone";
    set("a=1");
    EXPECT_EQ(cookies(), "Cookie: a=1\r\n");
}

TEST_F(CookiesTest, StandInTheNextRequest) {
    const auto text_of_next = [&] {
        return traffic_.requests.kinds.at(1).text({0, 0, 1, parts_->of(0)});
    };
    EXPECT_EQ(text_of_next().find("Cookie"), std::string::npos);
    set("sid=abc");
    EXPECT_THAT(text_of_next(), HasSubstr("\r\nCookie: sid=abc\r\n\r\n"));
}

}  // namespace
}  // namespace benchhost::load
