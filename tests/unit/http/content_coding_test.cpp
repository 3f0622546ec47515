// Content-Encoding as the parser reads it, wherever the answer is cut.
#include "core/http/head_cache.hpp"
#include "core/http/response_parser.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::http {
namespace {

struct CodingRow {
    std::string fields;  ///< with their CR LF
    ContentCoding coding{};
};

const std::vector<CodingRow>& coding_rows() {
    using enum ContentCoding;
    static const std::vector<CodingRow> rows{
        {"", identity},
        {"Content-Encoding: gzip\r\n", gzip},
        {"content-encoding:GZIP\r\n", gzip},
        {"CONTENT-ENCODING: \t GzIp \t\r\n", gzip},
        {"Content-Encoding: x-gzip\r\n", gzip},
        {"Content-Encoding: X-GZIP\r\n", gzip},
        {"Content-Encoding: deflate\r\n", deflate},
        {"Content-Encoding: br\r\n", br},
        {"Content-Encoding: BR\r\n", br},
        {"Content-Encoding: zstd\r\n", zstd},
        {"Content-Encoding: identity\r\n", identity},
        {"Content-Encoding:\r\n gzip\r\n", gzip},
        {"Content-Encoding: gzip\n", gzip},
        // Not known.
        {"Content-Encoding: compress\r\n", other},
        {"Content-Encoding: gzi\r\n", other},
        {"Content-Encoding: gzipx\r\n", other},
        {"Content-Encoding: gz ip\r\n", other},
        {"Content-Encoding: gzip x\r\n", other},
        {"Content-Encoding: x-gzi\r\n", other},
        {"Content-Encoding: gzip;q=1\r\n", other},
        {"Content-Encoding: \"gzip\"\r\n", other},
        {"Content-Encoding: b\r\n", other},
        {"Content-Encoding: brotli\r\n", other},
        {"Content-Encoding: chunked\r\n", other},
        {"Content-Encoding: close\r\n", other},
        {"Content-Encoding: 7\r\n", other},
        // Several.
        {"Content-Encoding: gzip, br\r\n", other},
        {"Content-Encoding: gzip,gzip\r\n", other},
        {"Content-Encoding: compress, gzip\r\n", other},
        {"Content-Encoding: gzip\r\nContent-Encoding: br\r\n", other},
        {"Content-Encoding: gzip\r\nX: y\r\ncontent-encoding: gzip\r\n", other},
        {"Content-Encoding: gzip\r\n ,br\r\n", other},
        // Several of which one counts, or none.
        {"Content-Encoding: identity, gzip\r\n", gzip},
        {"Content-Encoding: br,identity\r\n", br},
        {"Content-Encoding: ,, zstd ,\r\n", zstd},
        {"Content-Encoding: identity\r\nContent-Encoding: deflate\r\n", deflate},
        {"Content-Encoding:\r\n", identity},
        {"Content-Encoding: ,\r\n", identity},
        // Other fields, and the words of others.
        {"Content-Encodin: gzip\r\n", identity},
        {"Content-Encodings: gzip\r\n", identity},
        {"Content-Lencoding: gzip\r\n", identity},
        {"Content-E: gzip\r\n", identity},
        {"Content-: gzip\r\n", identity},
        {"X-Content-Encoding: gzip\r\n", identity},
        {"Accept-Encoding: gzip\r\n", identity},
        {"Connection: gzip\r\n", identity},
        {"Content-Type: gzip\r\n", identity},
    };
    return rows;
}

struct CodedAnswer {
    ContentCoding coding{};
    std::string body;
    ResponseParser::State state{};
    friend bool operator==(const CodedAnswer&, const CodedAnswer&) = default;
};

/// Read in pieces: the first of `first` bytes, the others of `then`.
CodedAnswer coding_read(std::string_view answer, std::size_t first, std::size_t then) {
    ResponseParser parser;
    CodedAnswer seen;
    for (std::size_t at = 0, size = first; at < answer.size(); at += size, size = then) {
        auto piece = answer.substr(at, size);
        while (!piece.empty() && parser.state() == ResponseParser::State::need_more) {
            const auto step = parser.parse(piece);
            seen.body += step.body;
            piece.remove_prefix(step.consumed);
        }
    }
    seen.coding = parser.coding();
    seen.state = parser.state();
    return seen;
}

void expect_coding(const std::string& answer, ContentCoding coding) {
    const CodedAnswer expected{coding, "abc", ResponseParser::State::complete};
    EXPECT_EQ(coding_read(answer, answer.size(), answer.size()), expected) << answer;
    EXPECT_EQ(coding_read(answer, 1, 1), expected) << "byte by byte: " << answer;
    for (std::size_t cut = 1; cut < answer.size(); ++cut) {
        ASSERT_EQ(coding_read(answer, cut, answer.size()), expected)
            << "cut at " << cut << ": " << answer;
    }
}

TEST(ContentCoding, IsReadBesideALength) {
    for (const auto& row : coding_rows()) {
        const std::string status = "HTTP/1.1 200 OK\r\n";
        const std::string length = "Content-Length: 3\r\n";
        expect_coding(status + row.fields + length + "\r\nabc", row.coding);
        expect_coding(status + length + row.fields + "\r\nabc", row.coding);
    }
}

TEST(ContentCoding, IsReadBesideChunks) {
    const std::string chunks = "\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n";
    for (const auto& row : coding_rows()) {
        expect_coding(
            "HTTP/1.1 200 OK\r\n" + row.fields + "Transfer-Encoding: chunked\r\n" + chunks,
            row.coding);
    }
}

TEST(ContentCoding, IsThatOfTheFinalAnswer) {
    const std::string coded = "Content-Encoding: gzip\r\n";
    expect_coding("HTTP/1.1 103 Early Hints\r\n" + coded +
                      "\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                  ContentCoding::identity);
    expect_coding(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + coded + "Content-Length: 3\r\n\r\nabc",
        ContentCoding::gzip);
}

TEST(ContentCoding, OfATrailerIsNone) {
    expect_coding(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
        "Content-Encoding: gzip\r\n\r\n",
        ContentCoding::identity);
}

TEST(ContentCoding, IsNoTransferCoding) {
    ResponseParser parser;
    const std::string answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
    EXPECT_EQ(parser.parse(answer).consumed, answer.size());
    EXPECT_EQ(parser.state(), ResponseParser::State::complete);
    EXPECT_EQ(parser.coding(), ContentCoding::identity);
}

TEST(ContentCoding, OfAnAnswerWithoutABodyIsToldAsWell) {
    ResponseParser parser(true);
    parser.parse("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(parser.state(), ResponseParser::State::complete);
    EXPECT_EQ(parser.coding(), ContentCoding::br);
    parser.reset();
    EXPECT_EQ(parser.coding(), ContentCoding::identity);
}

TEST(ContentCoding, OfAHeaderThatIsRememberedIsTheSame) {
    HeadCache cache;
    const std::string coded =
        "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 3\r\n\r\nabc";
    const std::string plain = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    for (const auto* answer : {&coded, &coded, &plain, &plain, &coded}) {
        ResponseParser parser;
        EXPECT_EQ(cache.parse(parser, *answer).body, "abc");
        EXPECT_EQ(parser.coding(),
                  answer == &coded ? ContentCoding::zstd : ContentCoding::identity);
    }
    EXPECT_EQ(cache.hits(), 2U);
}

}  // namespace
}  // namespace benchhost::http
