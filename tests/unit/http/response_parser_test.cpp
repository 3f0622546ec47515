#include "core/http/response_parser.hpp"

#include "tests/fuzz/answer_stream.hpp"
#include "tests/unit/http/answer_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::http {
namespace {

using State = ResponseParser::State;

class EveryAnswer : public testing::TestWithParam<AnswerCase> {};

std::vector<SeenAnswer> read(const AnswerCase& answer, const Cuts& cuts = {}) {
    return read_stream(answer.answer, cuts, answer.head_request);
}

TEST_P(EveryAnswer, IsReadAsItsRowSays) {
    const AnswerCase& row = GetParam();
    const std::vector<SeenAnswer> seen = read(row);
    ASSERT_EQ(seen.size(), 1U);
    const SeenAnswer& answer = seen.front();
    ASSERT_EQ(answer.state, row.state) << answer.why;
    EXPECT_THAT(answer.why, testing::StartsWith(row.why));
    if (row.state == State::malformed) {
        EXPECT_FALSE(answer.why.empty());
        return;
    }
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.body, row.body);
    EXPECT_EQ(answer.keep_alive, row.keep_alive);
    EXPECT_EQ(answer.consumed, row.answer.size());
}

TEST_P(EveryAnswer, IsTheSameSplitAtEveryByte) {
    const AnswerCase& row = GetParam();
    const std::vector<SeenAnswer> whole = read(row);
    EXPECT_EQ(read(row, {1}), whole) << "byte by byte";
    const std::size_t size = row.answer.size();
    for (std::size_t first = 1; first < size; ++first) {
        ASSERT_EQ(read(row, {first, size}), whole) << "split at " << first;
    }
}

TEST_P(EveryAnswer, IsTheSameSplitAtEveryPairOfBytes) {
    const AnswerCase& row = GetParam();
    const std::vector<SeenAnswer> whole = read(row);
    const std::size_t size = row.answer.size();
    for (std::size_t first = 1; first < size; ++first) {
        for (std::size_t second = first + 1; second < size; ++second) {
            ASSERT_EQ(read(row, {first, second - first, size}), whole)
                << "split at " << first << " and " << second;
        }
    }
}

std::string row_name(const testing::TestParamInfo<AnswerCase>& info) {
    std::string name = info.param.name;
    for (char& byte : name) {
        byte = byte == '-' ? '_' : byte;
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Complete, EveryAnswer, testing::ValuesIn(complete_answers()), row_name);
INSTANTIATE_TEST_SUITE_P(UntilClose, EveryAnswer, testing::ValuesIn(answers_until_close()),
                         row_name);
INSTANTIATE_TEST_SUITE_P(Incomplete, EveryAnswer, testing::ValuesIn(incomplete_answers()),
                         row_name);
INSTANTIATE_TEST_SUITE_P(Malformed, EveryAnswer, testing::ValuesIn(malformed_answers()), row_name);

TEST(ResponseParser, CompletesOnlyABodyThatEndsWithTheConnectionAtFin) {
    for (const AnswerCase& row : answers_until_close()) {
        const SeenAnswer answer = read(row).front();
        EXPECT_TRUE(answer.until_close) << row.name;
        EXPECT_EQ(answer.after_fin, State::complete) << row.name;
    }
    for (const AnswerCase& row : incomplete_answers()) {
        EXPECT_EQ(read(row).front().after_fin, State::need_more) << row.name;
    }
    for (const AnswerCase& row : malformed_answers()) {
        EXPECT_EQ(read(row).front().after_fin, State::malformed) << row.name;
    }
}

TEST(ResponseParser, NeedsMoreAfterEveryPrefixOfACompleteAnswer) {
    for (const AnswerCase& row : complete_answers()) {
        for (std::size_t size = 1; size < row.answer.size(); ++size) {
            const auto seen = read_stream(row.answer.substr(0, size), {}, row.head_request);
            ASSERT_EQ(seen.size(), 1U) << row.name << " cut at " << size;
            ASSERT_EQ(seen.front().state, State::need_more) << row.name << " cut at " << size;
            ASSERT_EQ(seen.front().after_fin, State::need_more) << row.name << " cut at " << size;
        }
    }
}

TEST(ResponseParser, ReadsPipelinedAnswersHoweverTheyAreCut) {
    std::string stream;
    std::vector<AnswerCase> rows;
    for (const AnswerCase& row : complete_answers()) {
        if (!row.head_request) {
            stream += row.answer;
            rows.push_back(row);
        }
    }
    const std::vector<SeenAnswer> whole = read_stream(stream, {});
    ASSERT_EQ(whole.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(whole[i].status, rows[i].status) << rows[i].name;
        EXPECT_EQ(whole[i].body, rows[i].body) << rows[i].name;
        EXPECT_EQ(whole[i].consumed, rows[i].answer.size()) << rows[i].name;
    }
    for (std::size_t length = 1; length < 200; ++length) {
        ASSERT_EQ(read_stream(stream, {length}), whole) << "in pieces of " << length;
    }
    ASSERT_EQ(read_stream(stream, {1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31}), whole);
}

TEST(ResponseParser, CountsABodyBeyond32Bits) {
    constexpr std::uint64_t kSize = std::uint64_t{5} << 30U;
    const std::string block(std::size_t{1} << 20U, 'x');
    const std::string status = "HTTP/1.1 200 OK\r\n";
    for (const auto& [head, tail] :
         {std::pair{"Content-Length: 5368709120\r\n\r\n", ""},
          std::pair{"Transfer-Encoding: chunked\r\n\r\n140000000\r\n", "\r\n0\r\n\r\n"}}) {
        ResponseParser parser;
        parser.parse(status + head);
        for (std::uint64_t sent = 0; sent < kSize; sent += block.size()) {
            ASSERT_EQ(parser.state(), State::need_more);
            ASSERT_EQ(parser.parse(block).body.size(), block.size());
        }
        parser.parse(tail);
        EXPECT_EQ(parser.state(), State::complete);
        EXPECT_EQ(parser.body_received(), kSize);
    }
}

TEST(ResponseParser, LeavesTheNextAnswerAlone) {
    const std::string_view two =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 204 No\r\n\r\n";
    ResponseParser parser;
    const ResponseParser::Step step = parser.parse(two);
    EXPECT_EQ(step.state, State::complete);
    EXPECT_EQ(step.body, "hi");
    EXPECT_EQ(two.substr(step.consumed), "HTTP/1.1 204 No\r\n\r\n");
    EXPECT_EQ(parser.parse(two).consumed, 0U) << "nothing more before reset()";
}

TEST(ResponseParser, PointsAtTheFirstWrongByte) {
    ResponseParser parser;
    const ResponseParser::Step step = parser.parse("HTTP/1.1 200 OK\r\nServer : x\r\n\r\n");
    EXPECT_EQ(step.state, State::malformed);
    EXPECT_EQ(step.consumed, std::string_view("HTTP/1.1 200 OK\r\nServer").size());
}

TEST(ResponseParser, TellsWhatIsKnownBeforeTheEnd) {
    ResponseParser parser;
    EXPECT_FALSE(parser.started());
    EXPECT_EQ(parser.parse("").state, State::need_more);
    EXPECT_FALSE(parser.started());
    parser.parse("HTTP/1.0 404 No");
    EXPECT_TRUE(parser.started());
    EXPECT_FALSE(parser.head_done());
    parser.parse("t\r\nContent-Length: 10\r\n\r\n1234");
    EXPECT_TRUE(parser.head_done());
    EXPECT_EQ(parser.status(), 404U);
    EXPECT_EQ(parser.http_minor(), 0U);
    EXPECT_EQ(parser.content_length(), 10U);
    EXPECT_EQ(parser.body_received(), 4U);
    parser.reset();
    EXPECT_FALSE(parser.started());
    EXPECT_EQ(parser.status(), 0U);
    EXPECT_EQ(parser.content_length(), std::nullopt);
}

TEST(ResponseParser, ReadsTheHeaderAlone) {
    ResponseParser parser;
    const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    const ResponseParser::Step header = parser.parse_header(answer);
    EXPECT_EQ(header.state, State::need_more);
    EXPECT_EQ(answer.substr(header.consumed), "hi");
    EXPECT_EQ(parser.parse_header("hi").consumed, 0U) << "the body is for parse()";
    EXPECT_EQ(parser.parse("hi").state, State::complete);
}

TEST(ResponseParser, GivesABodyLargerThanMemoryPieceByPiece) {
    ResponseParser parser;
    parser.parse("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n");
    EXPECT_EQ(parser.content_length(), 18446744073709551615U);
    EXPECT_EQ(parser.parse("abc").body, "abc");
    EXPECT_EQ(parser.body_received(), 3U);
}

// The limits: the last byte that is allowed, and the one after it.

std::string header_of(std::size_t size) {
    const std::string head = "HTTP/1.1 200 OK\r\nX: ";
    const std::string tail = "\r\nContent-Length: 0\r\n\r\n";
    return head + std::string(size - head.size() - tail.size(), 'x') + tail;
}

TEST(ResponseParser, AllowsAHeaderOfTheLimitAndNoLonger) {
    const Cuts ways[] = {{}, {1}, {1000}, {ResponseParser::kHeaderLimit}};
    for (const Cuts& cuts : ways) {
        EXPECT_EQ(read_stream(header_of(ResponseParser::kHeaderLimit), cuts).front().state,
                  State::complete);
        const SeenAnswer answer =
            read_stream(header_of(ResponseParser::kHeaderLimit + 1), cuts).front();
        EXPECT_EQ(answer.state, State::malformed);
        EXPECT_EQ(answer.why, "the header is larger than 64 KiB");
        EXPECT_EQ(answer.consumed, ResponseParser::kHeaderLimit);
    }
}

std::string repeated(const std::string& text, std::size_t size) {
    std::string result;
    while (result.size() < size) {
        result += text;
    }
    return result;
}

TEST(ResponseParser, EndsWhateverIsEndlessAtTheLimit) {
    constexpr std::size_t kMuch = 4 * ResponseParser::kHeaderLimit;
    const std::string line = "HTTP/1.1 200 OK\r\n";
    const std::string endless[] = {
        line + repeated("X-Endless: 1\r\n", kMuch),
        line + "X: " + std::string(kMuch, 'x'),
        line + std::string(kMuch, 'x'),
        line + "X: y\r\n" + repeated(" folded\r\n", kMuch),
        line + "Content-Length: " + std::string(kMuch, '0'),
        line + "Connection: " + repeated("close,", kMuch),
        line + "Transfer-Encoding: " + std::string(kMuch, 'c'),
        "HTTP/1.1 200 " + std::string(kMuch, 'x'),
        repeated("HTTP/1.1 100 Continue\r\n\r\n", kMuch),
        line + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + repeated("X: y\r\n", kMuch),
    };
    for (const std::string& stream : endless) {
        for (const Cuts& cuts : {Cuts{}, Cuts{1}, Cuts{4096}}) {
            const SeenAnswer answer = read_stream(stream, cuts).front();
            EXPECT_EQ(answer.state, State::malformed) << stream.substr(0, 60);
            EXPECT_EQ(answer.why, "the header is larger than 64 KiB");
            EXPECT_LE(answer.consumed, ResponseParser::kHeaderLimit + 3) << "3: the last chunk";
        }
    }
}

TEST(ResponseParser, AllowsAChunkSizeLineOfTheLimitAndNoLonger) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto with_line_of = [&head](std::size_t size) {
        return head + "2;" + std::string(size - 3, 'x') + "\r\nhi\r\n0\r\n\r\n";
    };
    for (const Cuts& cuts : {Cuts{}, Cuts{1}}) {
        EXPECT_EQ(read_stream(with_line_of(ResponseParser::kChunkLineLimit), cuts).front().state,
                  State::complete);
        EXPECT_EQ(read_stream(with_line_of(ResponseParser::kChunkLineLimit + 1), cuts).front().why,
                  "a chunk-size line is longer than 4 KiB");
        EXPECT_EQ(read_stream(head + std::string(10000, '0'), cuts).front().why,
                  "a chunk-size line is longer than 4 KiB");
    }
}

TEST(ResponseParser, CountsNoChunkFramingAsHeader) {
    std::string stream = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream += repeated("1;some=extension\r\nx\r\n", 3 * ResponseParser::kHeaderLimit);
    stream += "0\r\n\r\n";
    EXPECT_EQ(read_stream(stream, {}).front().state, State::complete);
    EXPECT_EQ(read_stream(stream, {7}), read_stream(stream, {}));
}

}  // namespace
}  // namespace benchhost::http
