#include "core/load/engine/coded_answers.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace benchhost::load {
namespace {

// Servers that put a time into the header of gzip have a new variant each second; the oldest goes.
constexpr std::size_t kMostVariants = 16;
constexpr std::size_t kLongestVariant = std::size_t{4} * 1024 * 1024;

}  // namespace

/// What comes out of the decoder is held against what is expected, where that is known.
class CodedAnswers::Comparison final : public http::DecodedSink {
  public:
    /// `expected` may be null.
    Comparison(const requests::TextTemplate* expected, const requests::Identity& request,
               std::uint64_t& size)
        : expected_(expected), request_(request), size_(size) {}

    bool take(std::string_view decoded) override {
        const bool matches = expected_ == nullptr || expected_->matches(request_, size_, decoded);
        size_ += decoded.size();
        return matches;
    }

  private:
    const requests::TextTemplate* expected_;
    const requests::Identity& request_;
    std::uint64_t& size_;
};

CodedAnswers::CodedAnswers(const std::vector<requests::RequestTemplate>& kinds,
                           std::size_t connections, bool compares)
    : kinds_(kinds), compares_(compares), variants_(kinds.size()), readings_(connections) {}

void CodedAnswers::begin(Reading& reading, std::uint16_t kind, http::ContentCoding coding) {
    reading.begun = true;
    reading.kind = kind;
    reading.fitting = 0;
    const auto& variants = variants_[kind];
    for (std::size_t i = 0; i < variants.size(); ++i) {
        reading.fitting |= variants[i].coding == coding ? 1U << i : 0U;
    }
    if (reading.fitting == 0) {
        begin_decoding(reading, coding);
    }
}

void CodedAnswers::begin_decoding(Reading& reading, http::ContentCoding coding) {
    if (idle_.empty()) {
        reading.decoding = std::make_unique<Decoding>();
    } else {
        reading.decoding = std::move(idle_.back());
        idle_.pop_back();
    }
    const auto& expected = kinds_[reading.kind].expected_body();
    auto& decoding = *reading.decoding;
    decoding.coding = coding;
    decoding.came.clear();
    decoding.size = 0;
    decoding.keeps = expected && expected->is_fixed();
    decoding.is_right = http::ContentDecoder::knows(coding);
    if (decoding.is_right) {
        decoding.decoder.begin(coding);
    }
    ++decoded_;
}

void CodedAnswers::decode(Reading& reading, const requests::Identity& request,
                          std::string_view piece) {
    auto& decoding = *reading.decoding;
    decoding.keeps = decoding.keeps && decoding.came.size() + piece.size() <= kLongestVariant;
    if (decoding.keeps) {
        decoding.came += piece;
    }
    const auto& expected = kinds_[reading.kind].expected_body();
    Comparison comparison(expected && compares_ ? &*expected : nullptr, request, decoding.size);
    decoding.is_right = decoding.is_right && decoding.decoder.decode(piece, comparison);
}

std::uint32_t CodedAnswers::still_fitting(const Reading& reading, std::uint64_t offset,
                                          std::string_view piece) const {
    std::uint32_t fitting = 0;
    for (std::uint32_t left = reading.fitting; left != 0; left &= left - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(left));
        const std::string& bytes = variants_[reading.kind][i].bytes;
        const bool fits = offset + piece.size() <= bytes.size() &&
                          std::memcmp(bytes.data() + offset, piece.data(), piece.size()) == 0;
        fitting |= fits ? 1U << i : 0U;
    }
    return fitting;
}

void CodedAnswers::take(std::uint32_t connection, std::uint16_t kind,
                        const requests::Identity& request, http::ContentCoding coding,
                        std::uint64_t offset, std::string_view piece) {
    Reading& reading = readings_[connection];
    if (!reading.begun) {
        begin(reading, kind, coding);
    }
    if (!reading.decoding) {
        const std::uint32_t fitting = still_fitting(reading, offset, piece);
        if (fitting != 0) {
            reading.fitting = fitting;
            return;
        }
        // Until here it was like one of them.
        const auto last = static_cast<std::size_t>(std::countr_zero(reading.fitting));
        const std::string_view like = variants_[kind][last].bytes;
        begin_decoding(reading, coding);
        decode(reading, request, like.substr(0, static_cast<std::size_t>(offset)));
    }
    decode(reading, request, piece);
}

bool CodedAnswers::has_variant_of(const Reading& reading, std::uint64_t size) const {
    for (std::uint32_t left = reading.fitting; left != 0; left &= left - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(left));
        if (variants_[reading.kind][i].bytes.size() == size) {
            return true;
        }
    }
    return false;
}

// One that another connection is just being compared with stays.
void CodedAnswers::keep(const Reading& reading) {
    const auto& decoding = *reading.decoding;
    auto& variants = variants_[reading.kind];
    if (variants.size() < kMostVariants) {
        variants.push_back({decoding.coding, decoding.came});
        return;
    }
    std::uint32_t in_use = 0;
    for (const Reading& other : readings_) {
        const bool compares = other.begun && !other.decoding && other.kind == reading.kind;
        in_use |= compares ? other.fitting : 0U;
    }
    for (std::size_t tried = 0; tried < kMostVariants; ++tried) {
        const std::size_t place = next_replaced_++ % kMostVariants;
        if ((in_use & (1U << place)) == 0) {
            variants[place] = {decoding.coding, decoding.came};
            return;
        }
    }
}

bool CodedAnswers::finish(std::uint32_t connection, std::uint16_t kind,
                          const requests::Identity& request, std::uint64_t size) {
    Reading& reading = readings_[connection];
    const auto& expected = kinds_[kind].expected_body();
    bool is_right = false;
    if (!reading.begun) {
        is_right = !expected || expected->length(request) == 0;  // not a byte came
    } else if (reading.decoding) {
        const auto& decoding = *reading.decoding;
        is_right = decoding.is_right && decoding.decoder.has_ended() &&
                   (!expected || expected->length(request) == decoding.size);
        if (is_right && decoding.keeps) {
            keep(reading);
        }
    } else {
        is_right = has_variant_of(reading, size);
    }
    forget(connection);
    return is_right;
}

void CodedAnswers::forget(std::uint32_t connection) {
    Reading& reading = readings_[connection];
    reading.begun = false;
    if (reading.decoding) {
        idle_.push_back(std::move(reading.decoding));
    }
}

}  // namespace benchhost::load
