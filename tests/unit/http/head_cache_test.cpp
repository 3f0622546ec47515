#include "core/http/head_cache.hpp"

#include "tests/fuzz/answer_stream.hpp"
#include "tests/unit/http/answer_cases.hpp"

#include <gtest/gtest.h>

#include <random>
#include <type_traits>

namespace benchhost::http {
namespace {

static_assert(std::is_trivially_copyable_v<ResponseParser>, "the cache copies it by value");

std::string dated(const std::string& second, const std::string& body = "Hello World!") {
    return "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:" + second +
           " GMT\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(HeadCache, ParsesAHeaderOnce) {
    HeadCache cache;
    std::string stream;
    for (int i = 0; i < 10; ++i) {
        stream += dated("00");
    }
    EXPECT_EQ(read_stream(stream, {dated("00").size()}, false, &cache), read_stream(stream, {}));
    EXPECT_EQ(cache.hits(), 9U);
}

TEST(HeadCache, ParsesAgainWhenTheClockTicks) {
    HeadCache cache;
    const std::string stream = dated("00") + dated("00") + dated("01") + dated("01") + dated("01");
    EXPECT_EQ(read_stream(stream, {}, false, &cache), read_stream(stream, {}));
    EXPECT_EQ(cache.hits(), 3U);
}

TEST(HeadCache, BelievesNothingButEqualBytes) {
    HeadCache cache;
    // The same size, another length; a line feed where the date was; one byte less.
    const std::string stream = dated("00", "Hello World!") + dated("00", "Hello World?!") +
                               "HTTP/1.1 200 OK\r\nDate: \r\nContent-Length:2\r\nX:  00:00:00"
                               " GMT\r\nContent-Length: 2\r\n\r\nhi" +
                               dated("0", "Hello World!");
    EXPECT_EQ(read_stream(stream, {}, false, &cache), read_stream(stream, {}));
    EXPECT_EQ(cache.hits(), 0U);
}

TEST(HeadCache, KeepsHeadAndGetApart) {
    HeadCache cache;
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    for (const bool head_request : {false, true, false, true}) {
        EXPECT_EQ(read_stream(answer, {}, head_request, &cache),
                  read_stream(answer, {}, head_request));
    }
    EXPECT_EQ(cache.hits(), 0U);
}

TEST(HeadCache, LeavesASplitHeaderToTheParser) {
    HeadCache cache;
    const std::string stream = dated("00") + dated("00");
    EXPECT_EQ(read_stream(stream, {10}, false, &cache), read_stream(stream, {}));
    EXPECT_EQ(cache.hits(), 0U);
}

TEST(HeadCache, DoesNotRememberALongHeader) {
    HeadCache cache;
    const std::string answer = "HTTP/1.1 200 OK\r\nX: " + std::string(HeadCache::kLongest, 'x') +
                               "\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(read_stream(answer + answer, {}, false, &cache), read_stream(answer + answer, {}));
    EXPECT_EQ(cache.hits(), 0U);
}

TEST(HeadCache, DoesNotRememberAWrongHeader) {
    HeadCache cache;
    for (const AnswerCase& row : malformed_answers()) {
        const auto plain = read_stream(row.answer, {}, row.head_request);
        EXPECT_EQ(read_stream(row.answer, {}, row.head_request, &cache), plain) << row.name;
        EXPECT_EQ(read_stream(row.answer, {}, row.head_request, &cache), plain) << row.name;
    }
}

TEST(HeadCache, IsThePlainParserOnAnyMixOfAnswers) {
    std::vector<AnswerCase> rows = complete_answers();
    std::mt19937 random(7);
    HeadCache cache;
    for (int round = 0; round < 2000; ++round) {
        const bool head_request = random() % 4 == 0;
        std::string stream;
        for (int i = 0; i < 6; ++i) {
            const AnswerCase& row = rows[random() % rows.size()];
            for (auto times = random() % 3; row.head_request == head_request && times > 0;
                 --times) {
                stream += row.answer;
            }
        }
        const Cuts cuts = random() % 2 == 0 ? Cuts{} : Cuts{1 + random() % 200, 1 + random() % 50};
        ASSERT_EQ(read_stream(stream, cuts, head_request, &cache),
                  read_stream(stream, {}, head_request))
            << "round " << round;
    }
    EXPECT_GT(cache.hits(), 1000U);
}

}  // namespace
}  // namespace benchhost::http
