// HdrHistogram's text format, there and back.
#include "core/stats/stored_histogram.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <optional>
#include <sstream>

namespace benchhost::stats {
namespace {

// HdrHistogram's V2 format: two words around the deflated part, then a head of 40 bytes and the
// counts. All words are big-endian.
constexpr std::uint32_t kPlainCookie = 0x1c849313;
constexpr std::uint32_t kDeflatedCookie = 0x1c849314;
constexpr std::size_t kWrapperBytes = 8;
constexpr std::size_t kHeadBytes = 40;
constexpr std::uint32_t kSignificantDigits = 3;
constexpr std::uint64_t kRatioOne = 0x3ff0000000000000;  // 1.0 as IEEE 754 bits
constexpr std::size_t kMostCountBytes = 9;

template <class Word>
void put_word(std::string& out, Word word) {
    for (std::size_t shift = sizeof(Word) * 8; shift > 0; shift -= 8) {
        out.push_back(static_cast<char>((word >> (shift - 8)) & 0xffU));
    }
}

template <class Word>
Word word_at(std::string_view bytes, std::size_t offset) {
    Word word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        word = static_cast<Word>((word << 8U) | static_cast<unsigned char>(bytes[offset + i]));
    }
    return word;
}

// A signed number as zig-zag LEB128 whose ninth byte, if there is one, holds eight bits.
void put_count(std::string& out, std::int64_t number) {
    auto bits = (static_cast<std::uint64_t>(number) << 1U) ^
                static_cast<std::uint64_t>(number < 0 ? -1 : 0);
    for (std::size_t i = 0; i + 1 < kMostCountBytes && bits > 0x7f; ++i) {
        out.push_back(static_cast<char>((bits & 0x7fU) | 0x80U));
        bits >>= 7U;
    }
    out.push_back(static_cast<char>(bits));
}

// A run of empty buckets is one negative number, a single one is a count of 0.
void put_zeros(std::string& out, std::size_t zeros) {
    if (zeros > 0) {
        put_count(out, zeros > 1 ? -static_cast<std::int64_t>(zeros) : 0);
    }
}

// Takes one number off the front of `bytes`; nothing when they end inside it.
std::optional<std::int64_t> take_count(std::string_view& bytes) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kMostCountBytes && i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const bool last = i + 1 == kMostCountBytes || byte < 0x80;
        bits |= static_cast<std::uint64_t>(last ? byte : byte & 0x7fU) << (7 * i);
        if (last) {
            bytes.remove_prefix(i + 1);
            return static_cast<std::int64_t>((bits >> 1U) ^ (~(bits & 1U) + 1));
        }
    }
    return std::nullopt;
}

std::string to_base64(const std::string& bytes) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out);
    encoder.rdbuf()->setLineLength(0);
    encoder.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    encoder.close();
    return out.str();
}

Error damaged(std::string_view why) {
    return {ErrorCode::data, fmt::format("not a histogram: {}", why)};
}

// At most `most` bytes, so that a hostile text cannot make us allocate more.
Result<std::string> from_base64(std::string_view text, std::size_t most) {
    if (text.size() > most / 3 * 4 + 4) {
        return damaged(fmt::format("{} characters are more than it can have", text.size()));
    }
    std::istringstream in{std::string(text)};
    Poco::Base64Decoder decoder(in);
    std::string bytes;
    try {
        std::array<char, 4096> block{};
        while (decoder.read(block.data(), block.size()), decoder.gcount() > 0) {
            bytes.append(block.data(), static_cast<std::size_t>(decoder.gcount()));
        }
    } catch (const Poco::Exception&) {
        return damaged("the text is not base64");
    }
    if (decoder.bad()) {
        return damaged("the text is not base64");
    }
    return bytes;
}

// Block by block: a histogram takes some KB, and only a hostile one as much as it may.
Result<std::string> inflate(std::string_view deflated, std::size_t most) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) {
        throw std::bad_alloc();
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
    stream.avail_in = static_cast<uInt>(deflated.size());
    std::string bytes;
    std::array<char, 8192> block{};
    int code = Z_OK;
    while (code == Z_OK && bytes.size() <= most) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        code = ::inflate(&stream, Z_NO_FLUSH);
        bytes.append(block.data(), block.size() - stream.avail_out);
    }
    const bool all_read = stream.avail_in == 0;
    inflateEnd(&stream);
    if (bytes.size() > most || code == Z_BUF_ERROR) {
        return damaged("it inflates to more than it can have, or its end is missing");
    }
    if (code != Z_STREAM_END || !all_read) {
        return damaged("the deflated part is corrupt");
    }
    return bytes;
}

// Where the layout would differ from ours, bucket numbers would mean other values.
Status check_head(std::string_view bytes) {
    if (bytes.size() < kHeadBytes) {
        return damaged("the head is cut off");
    }
    if (word_at<std::uint32_t>(bytes, 0) != kPlainCookie) {
        return damaged("it is not in HdrHistogram's V2 format");
    }
    if (word_at<std::uint32_t>(bytes, 4) != bytes.size() - kHeadBytes) {
        return damaged("its length is not the one its head tells");
    }
    if (word_at<std::uint32_t>(bytes, 8) != 0 ||
        word_at<std::uint32_t>(bytes, 12) != kSignificantDigits ||
        word_at<std::uint64_t>(bytes, 16) != 1 || word_at<std::uint64_t>(bytes, 32) != kRatioOne) {
        return damaged(
            "only unit 1 with 3 significant digits, neither shifted nor scaled, is read");
    }
    return {};
}

}  // namespace

std::string StoredHistogram::encode() const {
    if (!text_.empty()) {
        return text_;
    }
    std::string counts;
    std::size_t next = 0;
    buckets_.for_each([&](std::size_t index, std::uint64_t count) {
        put_zeros(counts, index - next);
        put_count(counts, static_cast<std::int64_t>(count));
        next = index + 1;
    });
    std::string plain;
    put_word(plain, kPlainCookie);
    put_word(plain, static_cast<std::uint32_t>(counts.size()));
    put_word(plain, std::uint32_t{0});  // no index offset
    put_word(plain, kSignificantDigits);
    put_word(plain, std::uint64_t{1});  // unit
    put_word(plain, static_cast<std::uint64_t>(LogBuckets::kHighest.count()));
    put_word(plain, kRatioOne);
    plain += counts;

    std::string deflated(compressBound(static_cast<uLong>(plain.size())), '\0');
    auto size = static_cast<uLongf>(deflated.size());
    if (compress2(reinterpret_cast<Bytef*>(deflated.data()), &size,
                  reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()),
                  Z_DEFAULT_COMPRESSION) != Z_OK) {
        throw std::bad_alloc();  // the only way it can fail: the bound above is zlib's own
    }
    deflated.resize(size);
    std::string wrapped;
    put_word(wrapped, kDeflatedCookie);
    put_word(wrapped, static_cast<std::uint32_t>(deflated.size()));
    return to_base64(wrapped + deflated);
}

Result<StoredHistogram> StoredHistogram::decode(std::string_view text) {
    constexpr std::size_t kMostPlain = kHeadBytes + LogBuckets::kCount * kMostCountBytes;
    const auto wrapped =
        from_base64(text, kWrapperBytes + compressBound(static_cast<uLong>(kMostPlain)));
    if (!wrapped) {
        return wrapped.error();
    }
    if (wrapped->size() < kWrapperBytes || word_at<std::uint32_t>(*wrapped, 0) != kDeflatedCookie) {
        return damaged("it is not in HdrHistogram's deflated V2 format");
    }
    if (word_at<std::uint32_t>(*wrapped, 4) != wrapped->size() - kWrapperBytes) {
        return damaged("its length is not the one its wrapper tells");
    }
    const auto plain = inflate(std::string_view(*wrapped).substr(kWrapperBytes), kMostPlain);
    if (!plain) {
        return plain.error();
    }
    if (const auto head = check_head(*plain); !head) {
        return head.error();
    }
    StoredHistogram histogram;
    if (!histogram.decode_counts(std::string_view(*plain).substr(kHeadBytes))) {
        return damaged("its counts are corrupt or beyond an hour");
    }
    if (text.find_first_of(" \t\r\n") == std::string_view::npos) {
        histogram.text_ = text;
    }
    return histogram;
}

bool StoredHistogram::decode_counts(std::string_view counts) {
    for (std::size_t i = 0; !counts.empty();) {
        const auto number = take_count(counts);
        if (!number) {
            return false;
        }
        const auto zeros = *number < 0 ? ~static_cast<std::uint64_t>(*number) + 1 : 0;
        if (i >= LogBuckets::kCount || zeros > LogBuckets::kCount - i) {
            return false;
        }
        if (*number > 0) {
            const auto added = static_cast<std::uint64_t>(*number);
            if (added > std::numeric_limits<std::uint64_t>::max() - count_) {
                return false;
            }
            min_ = buckets_.empty() ? LogBuckets::lowest(i) : min_;
            max_ = static_cast<std::uint64_t>(LogBuckets::highest(i).count());
            buckets_.add(i, added);
            count_ += added;
        }
        i += std::max<std::size_t>(zeros, 1);
    }
    buckets_.shrink();
    return true;
}

}  // namespace benchhost::stats
