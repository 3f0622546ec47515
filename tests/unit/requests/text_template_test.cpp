// Text with placeholders: what is written is what is compared, and what is no placeholder is told.
#include "core/requests/text_template.hpp"

#include "core/requests/body_sum.hpp"
#include "tests/unit/requests/templates.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::requests {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

std::string text_of(std::string_view text, const Identity& request = {}) {
    return template_of(text).text(request);
}

TEST(TextTemplate, WhatHoldsNoPlaceholderIsItself) {
    for (const std::string_view text :
         {"", "Hello World!", "{", "}", "a{", "}{", "{}", "{ nonce}", "{1}", "{NONCE}", "{\"a\":1}",
          "{\"a\":{\"b\":[{\"c\":1},2]}}", "a=1&b=2"}) {
        const auto made = template_of(text);
        EXPECT_TRUE(made.is_fixed()) << text;
        EXPECT_EQ(made.fixed_text(), text);
        EXPECT_EQ(made.text({7, 8, 9}), text);
        EXPECT_EQ(made.longest(), text.size());
        EXPECT_EQ(made.shortest(), text.size());
    }
    const TextTemplate as_it_is(std::string("{nonce}"));
    EXPECT_TRUE(as_it_is.is_fixed());
    EXPECT_EQ(as_it_is.text({}), "{nonce}");
}

TEST(TextTemplate, TwoBracesAreOne) {
    EXPECT_EQ(text_of("{{"), "{");
    EXPECT_EQ(text_of("{{{"), "{{");
    EXPECT_EQ(text_of("{{{{"), "{{");
    EXPECT_EQ(text_of("{{nonce}"), "{nonce}");
    EXPECT_EQ(text_of("a{{b}}"), "a{b}}");
    EXPECT_EQ(text_of("{{{seq}}", {5, 0, 1}), "{5}");
}

TEST(TextTemplate, EachPlaceholderHasItsMeaning) {
    const Identity request{42, 7, 1};
    EXPECT_EQ(text_of("{seq}", request), "42");
    EXPECT_EQ(text_of("{user}", request), "7");
    EXPECT_EQ(text_of("{rand:5..5}", request), "5");
    EXPECT_EQ(text_of("{rand:005..5}", request), "005");
    EXPECT_EQ(text_of("{rand:05..0005}", request), "0005");
    EXPECT_THAT(text_of("{nonce}", request), MatchesRegex("[0-9a-f]{16}"));
    EXPECT_THAT(kNames, ::testing::Contains(text_of("{pick:names}", request)));
    EXPECT_EQ(text_of("{fill:10B}", request), "abcdefghij");
    EXPECT_EQ(text_of("{fill:1KiB}", request).size(), 1024U);
    EXPECT_EQ(text_of("{fill:1KiB}", request), text_of("{fill:1KiB}", {1, 2, 3}));
    EXPECT_TRUE(template_of("{fill:1KiB}").is_fixed());
    EXPECT_TRUE(template_of("{items:2}").is_fixed());
    EXPECT_THAT(text_of("{items:2}"), StartsWith("{\"count\":2,\"items\":["));
}

TEST(TextTemplate, ANumberStaysInItsRange) {
    const auto made = template_of("{rand:7..12}");
    std::set<std::string> seen;
    for (std::uint64_t number = 0; number < 1000; ++number) {
        seen.insert(made.text({number, 0, 1}));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"7", "8", "9", "10", "11", "12"}));
}

TEST(TextTemplate, ASumIsOfTheNumbersThatWereNamed) {
    const auto made = template_of("{rand:1..1000#a} {rand:5..9#b} {seq#c} {sum:a,b,c}");
    for (const auto& request : some_requests()) {
        const auto text = made.text(request);
        std::uint64_t sum = 0;
        std::size_t begin = 0;
        for (int i = 0; i < 3; ++i) {
            std::size_t used = 0;
            sum += std::stoull(text.substr(begin), &used);
            begin += used + 1;
        }
        EXPECT_EQ(text.substr(begin), std::to_string(sum)) << text;
    }
}

TEST(TextTemplate, TheSameTextIsTheSameValueAndANameMakesAnother) {
    const Identity request{3, 0, 1};
    const auto twice = text_of("{nonce}{nonce}", request);
    EXPECT_EQ(twice.substr(0, 16), twice.substr(16));
    const auto named = text_of("{nonce}{nonce#a}{nonce#b}{nonce#a}", request);
    EXPECT_NE(named.substr(0, 16), named.substr(16, 16));
    EXPECT_NE(named.substr(16, 16), named.substr(32, 16));
    EXPECT_EQ(named.substr(16, 16), named.substr(48));
}

TEST(TextTemplate, TheBodyIsToldInAFewBytes) {
    Draws draws(lines_of_names);
    const auto body = TextTemplate::parse("{pick:names}, {seq}", draws);
    ASSERT_TRUE(body.has_value());
    draws.set_body(std::make_shared<const BodySum>(*body));
    const auto told = TextTemplate::parse("{length} {crc32}", draws);
    ASSERT_TRUE(told.has_value()) << told.error().message;
    for (const auto& request : some_requests()) {
        const BodySum sum(*body);
        EXPECT_EQ(told->text(request),
                  fmt::format("{} {:08x}", body->text(request).size(), sum.crc32(request)));
    }
}

struct WrongText {
    std::string text;
    std::string quoted;
    std::string says;
};

std::string many(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        all += text;
    }
    return all;
}

TEST(TextTemplate, WhatIsWrongIsQuoted) {
    const std::vector<WrongText> all{
        {"a{nonsense}b", "{nonsense}", "is no placeholder; there is {seq}, {rand:A..B}, {nonce}"},
        {"{seqs}", "{seqs}", "is no placeholder"},
        {"{nonce", "{nonce", "has no } at its end"},
        {"{pick:" + many(600, "x") + "}", "{pick:xxxxxxxx", "has no } at its end"},
        {"{seq:3}", "{seq:3}", "takes nothing behind a colon"},
        {"{nonce:16}", "{nonce:16}", "takes nothing behind a colon"},
        {"{rand}", "{rand}", "has no range; allowed: {rand:A..B}"},
        {"{rand:1}", "{rand:1}", "has no range"},
        {"{rand:9..1}", "{rand:9..1}", "the smaller first"},
        {"{rand:a..z}", "{rand:a..z}", "has no range"},
        {"{rand:-1..3}", "{rand:-1..3}", "has no range"},
        {"{rand:0..9223372036854775808}", "{rand:0..9223372036854775808}", "has no range"},
        {"{rand:01.." + many(40, "0") + "9}", "{rand:01..00", "of up to 20 digits"},
        {"{pick:}", "{pick:}", "names no file"},
        {"{pick:none}", "{pick:none}", "cannot be picked: there is no none"},
        {"{sum:}", "{sum:}", "adds nothing"},
        {"{sum:a}", "{sum:a}", "adds \"a\", but no number before it is named so"},
        {"{rand:1..9#a}{sum:a,b}", "{sum:a,b}", "adds \"b\""},
        {"{nonce#a}{sum:a}", "{sum:a}", "adds \"a\", but no number"},
        {"{pick:names#a}{sum:a}", "{sum:a}", "adds \"a\", but no number"},
        {"{rand:1..9#a}{sum:a,a#b}{sum:b,b}", "{sum:b,b}", "adds \"b\", but no number"},
        {"{rand:1..9#A}", "{rand:1..9#A}", "has no right name behind its #"},
        {"{rand:1..9#}", "{rand:1..9#}", "has no right name behind its #"},
        {"{rand:1..9#a}{rand:1..8#a}", "{rand:1..8#a}", "gives the name a a second meaning"},
        {"{length}", "{length}", "only what is expected may have it"},
        {"{crc32}", "{crc32}", "only what is expected may have it"},
        {"{fill:0}", "{fill:0}", "has no size; allowed: {fill:BYTES}"},
        {"{fill:much}", "{fill:much}", "has no size"},
        {"{fill:65MiB}", "{fill:65MiB}", "has no size"},
        {"{fill:64MiB}{fill:1B}", "{fill:1B}", "makes the text longer than 64MiB"},
        {"{take:id}", "{take:id}", "takes \"id\", which no earlier step of a flow takes"},
        {"{items:x}", "{items:x}", "has no number; allowed: {items:N} up to"},
        {many(65, "{seq}"), "{seq}", "is one placeholder too many; allowed: 64"}};
    for (const auto& wrong : all) {
        Draws draws(lines_of_names);
        const auto made = TextTemplate::parse(wrong.text, draws);
        ASSERT_FALSE(made.has_value()) << wrong.text;
        EXPECT_EQ(made.error().code, ErrorCode::usage);
        EXPECT_THAT(made.error().message, StartsWith("\"" + wrong.quoted));
        EXPECT_THAT(made.error().message, HasSubstr(wrong.says));
    }
}

constexpr std::array<std::string_view, 6> kTemplates{
    "{seq}",
    "Hello World!",
    "/item/{rand:1..1000}?key={nonce}&user={user}",
    "{rand:001..100}{nonce}{pick:names}{seq}",
    "{\"id\":{seq},\"name\":\"{pick:names}\",\"sum\":{rand:1..9#a}}{sum:a}.",
    "a{fill:100B}{rand:0..99}{fill:33B}"};

TEST(TextTemplate, WhatIsWrittenHasItsLength) {
    for (const auto text : kTemplates) {
        const auto made = template_of(text);
        for (const auto& request : some_requests()) {
            const auto whole = made.text(request);
            std::string room(made.longest() + 1, '#');
            char* const end = made.write(request, room.data());
            EXPECT_EQ(std::string(room.data(), end), whole);
            EXPECT_EQ(*end, '#');
            EXPECT_EQ(made.length(request), whole.size()) << text;
            EXPECT_LE(made.shortest(), whole.size()) << text;
            EXPECT_GE(made.longest(), whole.size()) << text;
        }
    }
}

TEST(TextTemplate, TheSameRequestHasTheSameTextWhoeverMakesIt) {
    for (const auto text : kTemplates) {
        for (const auto& request : some_requests()) {
            EXPECT_EQ(text_of(text, request), text_of(text, request));
        }
    }
    EXPECT_NE(text_of("{nonce}", {1, 0, 1}), text_of("{nonce}", {2, 0, 1}));
    EXPECT_NE(text_of("{nonce}", {1, 0, 1}), text_of("{nonce}", {1, 0, 2}));
    EXPECT_EQ(text_of("{nonce}", {1, 0, 1}), text_of("{nonce}", {1, 5, 1})) << "on any connection";
}

TEST(TextTemplate, EverySliceOfItMatchesWhereItStands) {
    for (const auto text : kTemplates) {
        const auto made = template_of(text);
        for (const auto& request : some_requests()) {
            const auto whole = made.text(request);
            const std::string_view all = whole;
            for (std::size_t from = 0; from <= all.size(); ++from) {
                for (std::size_t size = 0; from + size <= all.size(); ++size) {
                    EXPECT_TRUE(made.matches(request, from, all.substr(from, size)))
                        << text << ": " << size << " bytes from " << from;
                }
                EXPECT_TRUE(made.matches(request, from, std::string(all.substr(from)) + "more"))
                    << "what lies beyond the end is not looked at";
            }
        }
    }
}

TEST(TextTemplate, AWrongByteIsFoundWhereverItStandsAndNowhereElse) {
    for (const auto text : kTemplates) {
        const auto made = template_of(text);
        for (const auto& request : some_requests()) {
            const auto whole = made.text(request);
            for (std::size_t place = 0; place < whole.size(); ++place) {
                auto wrong = whole;
                wrong[place] = whole[place] == '!' ? '?' : '!';
                const std::string_view all = wrong;
                EXPECT_FALSE(made.matches(request, 0, all)) << text << " at " << place;
                EXPECT_FALSE(made.matches(request, place, all.substr(place, 1)));
                EXPECT_FALSE(made.matches(request, place, all.substr(place)));
                EXPECT_FALSE(made.matches(request, 0, all.substr(0, place + 1)));
                EXPECT_TRUE(made.matches(request, 0, all.substr(0, place)));
                EXPECT_TRUE(made.matches(request, place + 1, all.substr(place + 1)));
            }
        }
    }
}

TEST(TextTemplate, WhatAnotherRequestGetsDoesNotMatch) {
    const auto made = template_of("id={nonce}");
    const Identity request{8, 0, 1};
    EXPECT_TRUE(made.matches(request, 0, made.text(request)));
    EXPECT_FALSE(made.matches(request, 0, made.text({7, 0, 1})));
    EXPECT_FALSE(made.matches(request, 0, made.text({8, 0, 2})));
}

TEST(TextTemplate, TheShortestAndTheLongestAreOfAnyRequest) {
    const auto lengths = [](std::string_view text) {
        const auto made = template_of(text);
        return std::pair(made.shortest(), made.longest());
    };
    using Lengths = std::pair<std::size_t, std::size_t>;
    EXPECT_EQ(lengths("{rand:1..1000}"), Lengths(1, 4));
    EXPECT_EQ(lengths("{rand:0001..1000}"), Lengths(4, 4));
    EXPECT_EQ(lengths("{rand:0..9223372036854775807}"), Lengths(1, 19));
    EXPECT_EQ(lengths("{nonce}"), Lengths(16, 16));
    EXPECT_EQ(lengths("{pick:names}"), Lengths(2, 9));
    EXPECT_EQ(lengths("{seq}"), Lengths(1, 20));
    EXPECT_EQ(lengths("{rand:1..9#a}{sum:a}"), Lengths(2, 21));
    EXPECT_EQ(lengths("ab{rand:1..10}c{fill:1KiB}"), Lengths(1028, 1029));
}

TEST(TextTemplate, OneIsAppendedToAnother) {
    Draws draws(lines_of_names);
    auto whole = TextTemplate::parse("GET {seq}", draws).value();
    const auto path = TextTemplate::parse("/{nonce}/", draws).value();
    whole.append(" ");
    whole.append(path);
    whole.append(path);
    whole.append("end");
    const Identity request{11, 0, 1};
    const auto nonce = text_of("{seq}{nonce}", request).substr(2);
    EXPECT_EQ(whole.text(request), "GET 11 /" + nonce + "//" + nonce + "/end");
}

}  // namespace
}  // namespace benchhost::requests
