// Bodies coded by other people's encoders come back as they were; whatever is not whole is told.
#include "core/http/content_decoder.hpp"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::http {
namespace {

std::string by_zlib(std::string_view text, int window) {
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

std::string gzip_coded(std::string_view text) { return by_zlib(text, 16 + MAX_WBITS); }
std::string deflate_coded(std::string_view text) { return by_zlib(text, MAX_WBITS); }

std::string brotli_coded(std::string_view text) {
    constexpr int kQuality = 5;
    std::size_t size = ::BrotliEncoderMaxCompressedSize(text.size());
    std::string coded(size, '\0');
    EXPECT_NE(
        ::BrotliEncoderCompress(kQuality, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, text.size(),
                                reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                reinterpret_cast<std::uint8_t*>(coded.data())),
        0);
    coded.resize(size);
    return coded;
}

void append_little_endian(std::string& bytes, std::size_t number, int size) {
    for (int i = 0; i < size; ++i, number >>= 8U) {
        bytes += static_cast<char>(number & 0xffU);
    }
}

/// Frames as RFC 8878 has them (section 3.1.1), of blocks as they are and of one byte repeated.
std::string zstd_coded(std::string_view text) {
    constexpr std::size_t kMostInBlock = std::size_t{128} * 1024;
    std::string coded = "\x28\xb5\x2f\xfd\xa0";  // one segment, its size in four bytes
    append_little_endian(coded, text.size(), 4);
    do {
        const auto block = text.substr(0, kMostInBlock);
        text.remove_prefix(block.size());
        const bool repeats =
            block.size() > 1 && block.find_first_not_of(block.front()) == std::string_view::npos;
        append_little_endian(
            coded, (block.size() << 3U) | (repeats ? 2U : 0U) | (text.empty() ? 1U : 0U), 3);
        coded += repeats ? block.substr(0, 1) : block;
    } while (!text.empty());
    return coded;
}

const std::string kSentence =
    "benchhost benchhost benchhost benchhost benchhost benchhost, and 42 others";
// The sentence by zstd 1.5.4, level 19: without a checksum, and with one.
const std::string kZstdOfSentence(
    "\x28\xb5\x2f\xfd\x00\x68\xfd\x00\x00\xc8"
    "benchhost , and 42 others\x01\x00\x36\x2a\x48",
    40);
const std::string kZstdWithChecksum(
    "\x28\xb5\x2f\xfd\x04\x68\xfd\x00\x00\xc8"
    "benchhost , and 42 others\x01\x00\x36\x2a\x48\x20\x08\x96\x02",
    44);

struct Decoded {
    std::string text;
    bool is_right = true;  ///< said of every piece
    bool has_ended = false;
    bool is_whole() const { return is_right && has_ended; }
};

class Kept final : public DecodedSink {
  public:
    bool take(std::string_view decoded) override {
        text += decoded;
        ++pieces;
        return pieces < most;
    }
    std::string text;
    std::size_t pieces = 0;
    std::size_t most = std::string::npos;
};

constexpr std::size_t kAllAtOnce = std::size_t{1} << 30U;

/// In pieces: the first of `first` bytes, the others of `then`.
Decoded decoded_by(ContentDecoder& decoder, ContentCoding coding, std::string_view coded,
                   std::size_t first = kAllAtOnce, std::size_t then = kAllAtOnce) {
    Decoded decoded;
    Kept kept;
    decoder.begin(coding);
    for (std::size_t at = 0, size = first; at < coded.size(); at += size, size = then) {
        decoded.is_right = decoded.is_right && decoder.decode(coded.substr(at, size), kept);
    }
    decoded.has_ended = decoder.has_ended();
    decoded.text = std::move(kept.text);
    return decoded;
}

Decoded decoded_of(ContentCoding coding, std::string_view coded, std::size_t first = kAllAtOnce,
                   std::size_t then = kAllAtOnce) {
    ContentDecoder decoder;
    return decoded_by(decoder, coding, coded, first, then);
}

/// Letters in no order that a coding could make much of.
std::string scrambled(std::size_t size) {
    std::string text(size, ' ');
    std::uint32_t state = 1;
    for (char& letter : text) {
        state = state * 1664525U + 1013904223U;
        letter = static_cast<char>('a' + (state >> 24U) % 26U);
    }
    return text;
}

std::string many_of(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

struct Encoder {
    std::string name;
    ContentCoding coding{};
    std::string (*encode)(std::string_view) = nullptr;
};

std::vector<Encoder> encoders() {
    return {{"gzip", ContentCoding::gzip, gzip_coded},
            {"deflate", ContentCoding::deflate, deflate_coded},
            {"br", ContentCoding::br, brotli_coded},
            {"zstd", ContentCoding::zstd, zstd_coded}};
}

class EveryCoding : public testing::TestWithParam<Encoder> {
  protected:
    static std::string coded(std::string_view text) { return GetParam().encode(text); }
    static ContentCoding coding() { return GetParam().coding; }
};

TEST_P(EveryCoding, GivesBackWhatWasCoded) {
    constexpr std::size_t kBuffer = std::size_t{32} * 1024;
    const std::vector<std::string> texts{"",
                                         "a",
                                         kSentence,
                                         many_of(kSentence, 2000),
                                         scrambled(kBuffer - 1),
                                         scrambled(kBuffer),
                                         scrambled(2 * kBuffer),
                                         scrambled(300'000),
                                         std::string(kBuffer, 'x'),
                                         std::string(3'000'000, 'x')};
    for (const auto& text : texts) {
        const auto body = coded(text);
        for (const std::size_t size : {kAllAtOnce, std::size_t{7}, std::size_t{16'384}}) {
            const auto decoded = decoded_of(coding(), body, size, size);
            EXPECT_TRUE(decoded.is_whole()) << text.size() << " bytes in pieces of " << size;
            EXPECT_TRUE(decoded.text == text) << text.size() << " bytes in pieces of " << size;
        }
    }
}

TEST_P(EveryCoding, GivesBackTheSameCutAtEveryByte) {
    const auto text = kSentence + scrambled(600) + kSentence;
    const auto body = coded(text);
    EXPECT_TRUE(decoded_of(coding(), body, 1, 1).is_whole());
    EXPECT_EQ(decoded_of(coding(), body, 1, 1).text, text);
    for (std::size_t cut = 1; cut < body.size(); ++cut) {
        const auto decoded = decoded_of(coding(), body, cut);
        ASSERT_TRUE(decoded.is_whole()) << "cut at " << cut;
        ASSERT_EQ(decoded.text, text) << "cut at " << cut;
    }
}

TEST_P(EveryCoding, KnowsABodyThatIsCutOff) {
    const auto text = scrambled(600);
    const auto body = coded(text);
    for (std::size_t size = 0; size < body.size(); ++size) {
        const auto decoded = decoded_of(coding(), std::string_view(body).substr(0, size));
        ASSERT_FALSE(decoded.is_whole()) << size << " of " << body.size() << " bytes";
        ASSERT_TRUE(std::string_view(text).starts_with(decoded.text)) << size;
    }
}

TEST_P(EveryCoding, KnowsWhatFollowsTheEnd) {
    const auto body = coded(kSentence);
    for (const std::string& more : {std::string("x"), std::string(1, '\0'), body}) {
        EXPECT_FALSE(decoded_of(coding(), body + more).is_whole());
        EXPECT_FALSE(decoded_of(coding(), body + more, body.size()).is_whole())
            << "in a piece of its own";
        EXPECT_FALSE(decoded_of(coding(), body + more, 1, 1).is_whole());
    }
}

TEST_P(EveryCoding, KnowsWhatIsNotSoCoded) {
    for (const auto& text : {std::string("x"), kSentence, many_of(kSentence, 1000),
                             scrambled(100'000), std::string(1000, '\0')}) {
        EXPECT_FALSE(decoded_of(coding(), text).is_whole()) << text.substr(0, 20);
    }
    for (const auto& other : encoders()) {
        if (other.coding != coding()) {
            const auto body = other.encode(many_of(kSentence, 10));
            EXPECT_FALSE(decoded_of(coding(), body).is_whole()) << "by " << other.name;
        }
    }
}

TEST_P(EveryCoding, StopsWhereNothingMoreIsWanted) {
    const auto body = coded(scrambled(300'000));
    ContentDecoder decoder;
    decoder.begin(coding());
    Kept kept;
    kept.most = 1;
    EXPECT_FALSE(decoder.decode(body, kept));
    EXPECT_EQ(kept.pieces, 1U);
    EXPECT_LT(kept.text.size(), 300'000U);
}

TEST_P(EveryCoding, IsDecodedByOneAfterWhateverCameBefore) {
    ContentDecoder decoder;
    const auto body = coded(kSentence);
    for (const auto& before : encoders()) {
        const auto other = before.encode(scrambled(100));
        for (const auto& spoilt : {other, other.substr(0, other.size() / 2), other + "x",
                                   std::string("none"), std::string()}) {
            decoded_by(decoder, before.coding, spoilt, 3, 3);
            const auto decoded = decoded_by(decoder, coding(), body, 5, 5);
            EXPECT_TRUE(decoded.is_whole()) << "after " << before.name;
            EXPECT_EQ(decoded.text, kSentence) << "after " << before.name;
        }
    }
}

TEST_P(EveryCoding, IsDecodedByOneThatWasMoved) {
    ContentDecoder decoder;
    decoded_by(decoder, coding(), coded("before"));
    ContentDecoder moved(std::move(decoder));
    EXPECT_EQ(decoded_by(moved, coding(), coded(kSentence)).text, kSentence);
}

INSTANTIATE_TEST_SUITE_P(Each, EveryCoding, testing::ValuesIn(encoders()),
                         [](const auto& each) { return each.param.name; });

TEST(ContentDecoder, KnowsFourCodings) {
    for (const auto& each : encoders()) {
        EXPECT_TRUE(ContentDecoder::knows(each.coding)) << each.name;
    }
    EXPECT_FALSE(ContentDecoder::knows(ContentCoding::identity));
    EXPECT_FALSE(ContentDecoder::knows(ContentCoding::other));
}

TEST(ContentDecoder, ReadsFramesOfZstdItself) {
    for (const auto& frame : {kZstdOfSentence, kZstdWithChecksum}) {
        EXPECT_TRUE(decoded_of(ContentCoding::zstd, frame, 1, 1).is_whole());
        EXPECT_EQ(decoded_of(ContentCoding::zstd, frame).text, kSentence);
    }
}

TEST(ContentDecoder, HoldsABodyAgainstItsChecksum) {
    const auto expect_each_counts = [](ContentCoding coding, const std::string& body,
                                       std::size_t bytes) {
        for (std::size_t i = 1; i <= bytes; ++i) {
            auto changed = body;
            changed[body.size() - i] = static_cast<char>(changed[body.size() - i] ^ 1);
            EXPECT_FALSE(decoded_of(coding, changed).is_whole()) << i << " from the end";
        }
    };
    expect_each_counts(ContentCoding::gzip, gzip_coded(kSentence), 8);
    expect_each_counts(ContentCoding::deflate, deflate_coded(kSentence), 4);
    expect_each_counts(ContentCoding::zstd, kZstdWithChecksum, 4);
}

}  // namespace
}  // namespace benchhost::http
