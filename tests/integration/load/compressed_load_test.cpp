// Compressed answers against a server that compresses them: each that is wrong is counted, in
// whatever way it is wrong, and no other.
#include "core/load/load.hpp"
#include "tests/integration/load/request_load.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr int kZlib = MAX_WBITS;
constexpr int kGzip = 16 + MAX_WBITS;
constexpr std::uint64_t kOnceIn = 1000;  // an answer is wrong

std::string compressed(std::string_view text, int window) {
    constexpr int kLevel = 6;
    constexpr int kMemory = 8;
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, kLevel, Z_DEFLATED, window, kMemory, Z_DEFAULT_STRATEGY), Z_OK);
    std::string coded(::deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(coded.data());
    stream.avail_out = static_cast<uInt>(coded.size());
    EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
    coded.resize(stream.total_out);
    ::deflateEnd(&stream);
    return coded;
}

/// As a server has it that puts the time into the header.
std::string gzip_of_second(std::uint64_t second, std::string_view text) {
    constexpr std::size_t kTimeAt = 4;
    auto coded = compressed(text, kGzip);
    coded[kTimeAt] = static_cast<char>(second & 0xffU);
    return coded;
}

Reply coded_reply(const std::string& coded, std::string_view coding = "gzip") {
    return {fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: {}\r\n\r\n{}",
                        coding, coded.size(), coded)};
}

Reply in_chunks_of(std::size_t size, const std::string& coded) {
    std::string bytes =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < coded.size(); at += size) {
        const auto chunk = coded.substr(at, size);
        bytes += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    }
    return {bytes + "0\r\n\r\n"};
}

std::string text_of_items(std::size_t count) {
    std::string text = "{\"items\":[";
    for (std::size_t i = 0; i < count; ++i) {
        text += fmt::format("{}{{\"id\":{},\"name\":\"item {}\"}}", i == 0 ? "" : ",", i, i * 7919);
    }
    return text + "]}";
}

model::RequestSpec accepting(model::RequestSpec request, std::string codings = "gzip") {
    request.headers.push_back({"Accept-Encoding", std::move(codings)});
    return request;
}

/// How many were decoded, as a note says it; 0 without one.
std::uint64_t decoded_in(const LoadReport& report) {
    for (const auto& note : report.notes) {
        if (note.find(" compressed answers were decoded") != std::string::npos) {
            return std::stoull(note);
        }
    }
    return 0;
}

struct CodedWay {
    std::string name;
    model::LoadModel model;
    std::uint32_t pipeline = 1;
    std::uint32_t threads = 1;
};

std::vector<CodedWay> coded_ways() {
    model::OpenLoop open;
    open.rate = 8000;
    open.connections = 8;
    return {{"closed", model::ClosedLoop{8}},
            {"two_threads", model::ClosedLoop{8}, 1, 2},
            {"pipelined", model::ClosedLoop{4}, 8},
            {"users", model::VirtualUsers{16, 1000, {0ms, 2ms}}},
            {"rate", open}};
}

class CompressedLoad : public ::testing::TestWithParam<CodedWay> {
  protected:
    static constexpr std::uint64_t kRequests = 4000;
    static constexpr std::uint64_t kWrong = kRequests / kOnceIn;

    LoadReport load(RequestServer& server, Requests requests) {
        auto spec = spec_of(server, std::move(requests), kRequests);
        spec.model = GetParam().model;
        spec.pipeline = GetParam().pipeline;
        spec.threads = GetParam().threads;
        auto report = report_of(spec);
        server.stop();
        return report;
    }
    static void expect_wrong_bodies(const LoadReport& report, std::uint64_t wrong) {
        expect_books(report, kRequests, wrong);
        EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), wrong);
        EXPECT_EQ(report.failures.total(), wrong);
    }
};

TEST_P(CompressedLoad, OfOneVariantIsDecodedOnlyInTheBeginning) {
    const auto text = text_of_items(200);
    auto other = text;
    other[other.size() / 2] = '!';
    const auto right_one = coded_reply(compressed(text, kGzip));
    const auto wrong_one = coded_reply(compressed(other, kGzip));
    std::uint64_t asked = 0;
    RequestServer server([&](const AskedRequest& request) {
        EXPECT_NE(request.head.find("\r\nAccept-Encoding: gzip\r\n"), std::string::npos);
        return ++asked % kOnceIn == 0 ? wrong_one : right_one;
    });
    const auto report = load(server, {accepting(expecting(asked_for("GET", "/items"), text))});
    EXPECT_EQ(asked, kRequests);
    expect_wrong_bodies(report, kWrong);
    EXPECT_GE(decoded_in(report), 1U + kWrong);
    EXPECT_LE(decoded_in(report), 16U + kWrong) << "as many connections as begin at once";
}

TEST_P(CompressedLoad, OfChangingVariantsIsNeverWrongForThat) {
    constexpr std::uint64_t kOfOneSecond = 50;
    const auto text = text_of_items(20);
    auto other = text;
    other[other.size() / 2] = '!';
    std::uint64_t asked = 0;
    RequestServer server([&](const AskedRequest& /*request*/) {
        const bool is_wrong = ++asked % kOnceIn == 0;
        return coded_reply(gzip_of_second(asked / kOfOneSecond, is_wrong ? other : text));
    });
    const auto report = load(server, {accepting(expecting(asked_for("GET", "/items"), text))});
    EXPECT_EQ(asked, kRequests);
    expect_wrong_bodies(report, kWrong);
    EXPECT_GE(decoded_in(report), kRequests / kOfOneSecond) << "each at least once";
    EXPECT_LT(decoded_in(report), kRequests) << "and then compared";
}

TEST_P(CompressedLoad, OfDrawnBodiesEachIsComparedWithItsOwn) {
    std::uint64_t asked = 0;
    std::string previous;
    RequestServer server([&](const AskedRequest& request) {
        const auto nonce = request.target.substr(3);
        const auto told = std::exchange(previous, nonce);
        const bool is_wrong = ++asked % kOnceIn == 0;
        return coded_reply(
            compressed(fmt::format("you asked for {}", is_wrong ? told : nonce), kGzip));
    });
    const auto report = load(
        server, {accepting(expecting(asked_for("GET", "/n/{nonce}"), "you asked for {nonce}"))});
    EXPECT_EQ(asked, kRequests);
    expect_wrong_bodies(report, kWrong);
    EXPECT_EQ(decoded_in(report), kRequests) << "no two are the same";
}

TEST_P(CompressedLoad, AmongOthersThatAreNot) {
    const auto text = text_of_items(50);
    const auto coded = coded_reply(compressed(text, kZlib), "deflate");
    const auto wrong_one = coded_reply(compressed(text + " ", kZlib), "deflate");
    std::uint64_t coded_ones = 0;
    std::uint64_t wrong = 0;
    RequestServer server([&](const AskedRequest& request) {
        if (request.target != "/items") {
            return right(request.target.substr(3));
        }
        if (++coded_ones % 3 == 0) {
            return right(text);  // a server may decide otherwise
        }
        const bool is_wrong = coded_ones % 100 == 1;
        wrong += is_wrong ? 1 : 0;
        return is_wrong ? wrong_one : coded;
    });
    const auto report =
        load(server, {accepting(expecting(asked_for("GET", "/items"), text), "deflate"),
                      expecting(asked_for("GET", "/n/{nonce}"), "{nonce}")});
    EXPECT_EQ(coded_ones, kRequests / 2);
    EXPECT_GT(wrong, 0U);
    expect_wrong_bodies(report, wrong);
    ASSERT_EQ(report.requests.size(), 2U);
    EXPECT_EQ(report.requests[0].books.failed, wrong);
    EXPECT_EQ(report.requests[1].books.failed, 0U);
}

INSTANTIATE_TEST_SUITE_P(Each, CompressedLoad, ::testing::ValuesIn(coded_ways()),
                         [](const auto& each) { return each.param.name; });

/// A load of which every fifth answer is this one.
LoadReport report_with(const Reply& wrong, const std::string& text,
                       model::Verify verify = model::Verify::full) {
    const auto right_one = coded_reply(compressed(text, kGzip));
    std::uint64_t asked = 0;
    RequestServer server(
        [&](const AskedRequest& /*request*/) { return ++asked % 5 == 0 ? wrong : right_one; });
    auto spec = spec_of(server, {accepting(expecting(asked_for("GET", "/"), text))}, 100);
    spec.expectation.verify = verify;
    return report_of(spec);
}

TEST(CompressedAnswers, EveryWayToBeWrongIsABadBody) {
    const auto text = text_of_items(100);
    const auto coded = compressed(text, kGzip);
    auto checksum = coded;
    checksum[checksum.size() - 5] = static_cast<char>(checksum[checksum.size() - 5] ^ 1);
    auto middle = coded;
    middle[middle.size() / 2] = static_cast<char>(middle[middle.size() / 2] ^ 0x55);
    const std::pair<const char*, Reply> kWays[] = {
        {"a longer text", coded_reply(compressed(text + "x", kGzip))},
        {"a shorter text", coded_reply(compressed(text.substr(1), kGzip))},
        {"no text", coded_reply(compressed("", kGzip))},
        {"no body", coded_reply("")},
        {"cut off", coded_reply(coded.substr(0, coded.size() - 1))},
        {"half of it", coded_reply(coded.substr(0, coded.size() / 2))},
        {"a byte more", coded_reply(coded + "x")},
        {"two of them", coded_reply(coded + coded)},
        {"another checksum", coded_reply(checksum)},
        {"another byte", coded_reply(middle)},
        {"not compressed", coded_reply(text)},
        {"another coding", coded_reply(compressed(text, kZlib))},
        {"a coding of another name", coded_reply(coded, "br")},
        {"a coding that nobody knows", coded_reply(coded, "compress")},
        {"compressed twice", coded_reply(compressed(coded, kGzip), "gzip, gzip")},
        {"in chunks", in_chunks_of(7, coded + "x")}};
    for (const auto& [name, wrong] : kWays) {
        SCOPED_TRACE(name);
        const auto report = report_with(wrong, text);
        expect_books(report, 100, 20);
        EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), 20U);
        EXPECT_THAT(report.failures.example(model::FailureClass::bad_body),
                    HasSubstr("status 200"));
    }
}

TEST(CompressedAnswers, EveryWayToBeRightIsOne) {
    const auto text = text_of_items(100);
    const auto coded = compressed(text, kGzip);
    const std::pair<const char*, Reply> kWays[] = {
        {"not compressed", right(text)},
        {"in chunks", in_chunks_of(7, coded)},
        {"byte by byte", in_chunks_of(1, coded)},
        {"by its older name", coded_reply(coded, "x-gzip")},
        {"in capitals", coded_reply(coded, "GZIP")},
        {"by zlib", coded_reply(compressed(text, kZlib), "deflate")},
        {"up to the end of the connection",
         {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + coded, true}}};
    for (const auto& [name, other] : kWays) {
        SCOPED_TRACE(name);
        expect_books(report_with(other, text), 100);
    }
}

TEST(CompressedAnswers, AreVerifiedAsFarAsIsAskedFor) {
    const auto text = text_of_items(100);
    auto other = text;
    other[other.size() / 2] = '!';
    const auto same_length = coded_reply(compressed(other, kGzip));
    const auto longer = coded_reply(compressed(text + "x", kGzip));
    expect_books(report_with(same_length, text, model::Verify::length), 100);
    expect_books(report_with(longer, text, model::Verify::length), 100, 20);
    expect_books(report_with(longer, text, model::Verify::status), 100);
    auto missing = longer;
    missing.bytes.replace(missing.bytes.find("200 OK"), 6, "404 No");
    const auto report = report_with(missing, text);
    expect_books(report, 100, 20);
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_status), 20U);
}

TEST(CompressedAnswers, ThatNobodyAskedForAreWrong) {
    const auto text = text_of_items(100);
    const auto coded = coded_reply(compressed(text, kGzip));
    RequestServer server([&](const AskedRequest& /*request*/) { return coded; });
    const auto report = report_of(spec_of(server, {expecting(asked_for("GET", "/"), text)}, 100));
    expect_books(report, 100, 100);
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_length), 100U);
}

TEST(CompressedAnswers, MayBeLongerThanABufferAndATimeSlice) {
    const auto text = text_of_items(60'000);  // some megabytes
    const auto coded = compressed(text, kGzip);
    ASSERT_GT(coded.size(), std::size_t{128} * 1024);
    auto checksum = coded;
    checksum[checksum.size() - 5] = static_cast<char>(checksum[checksum.size() - 5] ^ 1);
    const auto right_one = in_chunks_of(5000, coded);
    const auto wrong_one = in_chunks_of(5000, checksum);
    std::uint64_t asked = 0;
    RequestServer server(
        [&](const AskedRequest& /*request*/) { return ++asked % 10 == 0 ? wrong_one : right_one; });
    const auto report =
        report_of(spec_of(server, {accepting(expecting(asked_for("GET", "/"), text))}, 40));
    expect_books(report, 40, 4);
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), 4U);
}

}  // namespace
}  // namespace benchhost::load
