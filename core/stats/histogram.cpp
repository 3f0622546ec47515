#include "core/stats/histogram.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>
#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <limits>
#include <new>
#include <optional>
#include <sstream>

namespace benchhost::stats {
namespace {

constexpr std::uint64_t kNoMin = std::numeric_limits<std::uint64_t>::max();

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

Result<std::string> inflate(std::string_view deflated, std::size_t most) {
    std::string bytes(most, '\0');
    auto size = static_cast<uLongf>(most);
    const int code = uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                                reinterpret_cast<const Bytef*>(deflated.data()),
                                static_cast<uLong>(deflated.size()));
    if (code == Z_BUF_ERROR) {
        return damaged("it inflates to more than it can have, or its end is missing");
    }
    if (code != Z_OK) {
        return damaged("the deflated part is corrupt");
    }
    bytes.resize(size);
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

Histogram::Histogram() : counts_(kBuckets), min_(kNoMin) {}

void Histogram::merge(const Histogram& other) {
    std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(),
                   [](std::uint64_t ours, std::uint64_t theirs) { return ours + theirs; });
    count_ += other.count_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
    std::fill(counts_.begin(), counts_.end(), 0);
    count_ = 0;
    min_ = kNoMin;
    max_ = 0;
}

Nanoseconds Histogram::min() const {
    return Nanoseconds(empty() ? 0 : static_cast<Nanoseconds::rep>(min_));
}

Nanoseconds Histogram::max() const { return Nanoseconds(static_cast<Nanoseconds::rep>(max_)); }

double Histogram::mean_ns() const {
    if (empty()) {
        return 0;
    }
    double sum = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] != 0) {
            const double middle = (static_cast<double>(lowest_of_bucket(i)) +
                                   static_cast<double>(highest_of_bucket(i).count())) /
                                  2;
            sum += middle * static_cast<double>(counts_[i]);
        }
    }
    return std::clamp(sum / static_cast<double>(count_), static_cast<double>(min_),
                      static_cast<double>(max_));
}

Nanoseconds Histogram::at_quantile(double quantile) const {
    if (empty()) {
        return Nanoseconds{0};
    }
    // One step down first, so that 0.07 of 100 values is the 7th although 0.07 * 100 > 7.
    const double share = quantile > 0 ? std::nextafter(std::min(quantile, 1.0), 0.0) : 0;
    const double exact_rank = std::ceil(share * static_cast<double>(count_));
    const auto rank = exact_rank < static_cast<double>(count_)
                          ? std::max<std::uint64_t>(static_cast<std::uint64_t>(exact_rank), 1)
                          : count_;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= rank && rank < count_) {
            return std::min(highest_of_bucket(i), max());
        }
    }
    return max();
}

std::uint64_t Histogram::lowest_of_bucket(std::size_t bucket) {
    const std::size_t half = std::size_t{1} << kHalfBits;
    if (bucket < 2 * half) {
        return bucket;
    }
    return std::uint64_t{half + bucket % half} << (bucket / half - 1);
}

Nanoseconds Histogram::highest_of_bucket(std::size_t bucket) {
    return Nanoseconds(static_cast<Nanoseconds::rep>(lowest_of_bucket(bucket + 1)) - 1);
}

std::string Histogram::encode() const {
    std::string counts;
    const auto end = empty() ? 0 : std::min(bucket_of(max_), kBuckets - 1) + 1;
    for (std::size_t i = 0; i < end;) {
        std::size_t zeros = 0;
        while (i + zeros < end && counts_[i + zeros] == 0) {
            ++zeros;
        }
        put_count(counts, zeros > 1 ? -static_cast<std::int64_t>(zeros)
                                    : static_cast<std::int64_t>(counts_[i]));
        i += std::max<std::size_t>(zeros, 1);
    }
    std::string plain;
    put_word(plain, kPlainCookie);
    put_word(plain, static_cast<std::uint32_t>(counts.size()));
    put_word(plain, std::uint32_t{0});  // no index offset
    put_word(plain, kSignificantDigits);
    put_word(plain, std::uint64_t{1});  // unit
    put_word(plain, static_cast<std::uint64_t>(kHighest.count()));
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

Result<Histogram> Histogram::decode(std::string_view text) {
    constexpr std::size_t kMostPlain = kHeadBytes + kBuckets * kMostCountBytes;
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
    Histogram histogram;
    if (!histogram.decode_counts(std::string_view(*plain).substr(kHeadBytes))) {
        return damaged("its counts are corrupt or beyond an hour");
    }
    return histogram;
}

bool Histogram::decode_counts(std::string_view counts) {
    for (std::size_t i = 0; !counts.empty();) {
        const auto number = take_count(counts);
        if (!number) {
            return false;
        }
        const auto zeros = *number < 0 ? ~static_cast<std::uint64_t>(*number) + 1 : 0;
        if (i >= kBuckets || zeros > kBuckets - i) {
            return false;
        }
        if (*number > 0) {
            const auto added = static_cast<std::uint64_t>(*number);
            if (added > std::numeric_limits<std::uint64_t>::max() - count_) {
                return false;
            }
            counts_[i] = added;
            count_ += added;
            min_ = std::min(min_, lowest_of_bucket(i));
            max_ = static_cast<std::uint64_t>(highest_of_bucket(i).count());
        }
        i += std::max<std::size_t>(zeros, 1);
    }
    return true;
}

bool operator==(const Histogram& left, const Histogram& right) {
    return left.counts_ == right.counts_;
}

}  // namespace benchhost::stats
