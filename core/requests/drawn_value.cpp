#include "core/requests/drawn_value.hpp"

#include "core/base/file.hpp"
#include "core/base/printable.hpp"
#include "core/requests/body_sum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace benchhost::requests {
namespace {

constexpr std::uint64_t kMostPickBytes = std::uint64_t{16} * 1024 * 1024;
constexpr std::size_t kNonceDigits = 16;
constexpr std::size_t kCrcDigits = 8;

// SplitMix64 (Steele, Lea and Flood: Fast splittable pseudorandom number generators, OOPSLA 2014,
// figure 17): it maps no two words onto the same one.
constexpr std::uint64_t mix(std::uint64_t word) {
    word += 0x9E3779B97F4A7C15U;
    word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
    word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
    return word ^ (word >> 31U);
}

// Of one seed and stream no two requests get the same word.
std::uint64_t word_of(const Identity& request, std::uint32_t stream) {
    return mix_words(request.seed ^ mix(stream), request.number);
}

// Evenly from [0, span); span 0 means all words. The product's upper half, which favours no value
// by more than span in 2^64.
std::uint64_t below(std::uint64_t word, std::uint64_t span) {
    if (span == 0) {
        return word;
    }
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(word) * span) >> 64U);
}

std::size_t digits_of(std::uint64_t number) {
    DrawnValue::Scratch scratch;
    return static_cast<std::size_t>(
        std::to_chars(scratch.data(), scratch.data() + scratch.size(), number).ptr -
        scratch.data());
}

std::string_view in_decimal(std::uint64_t number, std::size_t width, DrawnValue::Scratch& scratch) {
    const std::size_t digits = digits_of(number);
    const std::size_t zeros = width > digits ? width - digits : 0;
    std::fill_n(scratch.begin(), zeros, '0');
    const auto end =
        std::to_chars(scratch.data() + zeros, scratch.data() + scratch.size(), number).ptr;
    return {scratch.data(), static_cast<std::size_t>(end - scratch.data())};
}

std::string_view in_hexadecimal(std::uint64_t word, std::size_t digits,
                                DrawnValue::Scratch& scratch) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = digits; i-- != 0; word >>= 4U) {
        scratch[i] = kDigits[word & 0xFU];
    }
    return {scratch.data(), digits};
}

struct Lengths {
    std::size_t shortest = 0;
    std::size_t longest = 0;
};

Lengths lengths_of(const DrawnValue::Terms& terms) {
    using Kind = DrawnValue::Kind;
    switch (terms.kind) {
        case Kind::nonce:
            return {kNonceDigits, kNonceDigits};
        case Kind::body_crc32:
            return {kCrcDigits, kCrcDigits};
        case Kind::taken:
            return {0, kLongestTaken};
        case Kind::cookies:
            return {0, kLongestCookies};
        case Kind::number:
            return {std::max<std::size_t>(terms.width, digits_of(terms.least)),
                    std::max<std::size_t>(terms.width, digits_of(terms.most))};
        case Kind::line: {
            const auto [shortest, longest] = std::minmax_element(
                terms.lines->begin(), terms.lines->end(),
                [](const auto& a, const auto& b) { return a.size() < b.size(); });
            return {shortest->size(), longest->size()};
        }
        case Kind::sequence:
        case Kind::connection:
        case Kind::sum:
        case Kind::body_length:
            break;
    }
    return {1, digits_of(std::numeric_limits<std::uint64_t>::max())};
}

}  // namespace

std::uint64_t mix_words(std::uint64_t a, std::uint64_t b) { return mix(b ^ mix(a)); }

DrawnValue::DrawnValue(Terms terms) : terms_(std::move(terms)) {
    const Lengths lengths = lengths_of(terms_);
    shortest_ = lengths.shortest;
    longest_ = lengths.longest;
}

bool DrawnValue::may_have_blanks() const {
    return terms_.kind == Kind::line &&
           std::any_of(terms_.lines->begin(), terms_.lines->end(),
                       [](const std::string& line) { return line.find(' ') != std::string::npos; });
}

std::uint64_t DrawnValue::number(const Identity& request) const {
    switch (terms_.kind) {
        case Kind::sequence:
            return request.number;
        case Kind::connection:
            return request.connection;
        case Kind::number:
            return terms_.least +
                   below(word_of(request, terms_.stream), terms_.most - terms_.least + 1);
        case Kind::sum: {
            std::uint64_t sum = 0;
            for (const DrawnValue& each : terms_.of) {
                sum += each.number(request);
            }
            return sum;
        }
        case Kind::line:
            return below(word_of(request, terms_.stream), terms_.lines->size());
        case Kind::nonce:
            return word_of(request, terms_.stream);
        case Kind::body_length:
            return terms_.body->length(request);
        case Kind::body_crc32:
            return terms_.body->crc32(request);
        case Kind::taken:
        case Kind::cookies:
            break;
    }
    return 0;
}

std::string_view DrawnValue::text(const Identity& request, Scratch& scratch) const {
    if (terms_.kind == Kind::taken || terms_.kind == Kind::cookies) {
        if (request.remembered == nullptr) {
            return {};
        }
        return terms_.kind == Kind::cookies ? std::string_view(request.remembered->cookie_field)
                                            : request.remembered->values[terms_.take];
    }
    const std::uint64_t value = number(request);
    switch (terms_.kind) {
        case Kind::line:
            return (*terms_.lines)[value];
        case Kind::nonce:
            return in_hexadecimal(value, kNonceDigits, scratch);
        case Kind::body_crc32:
            return in_hexadecimal(value, kCrcDigits, scratch);
        case Kind::sequence:
        case Kind::connection:
        case Kind::number:
        case Kind::sum:
        case Kind::body_length:
        case Kind::taken:
        case Kind::cookies:
            break;
    }
    return in_decimal(value, terms_.width, scratch);
}

Result<std::vector<std::string>> read_lines_to_pick(const std::filesystem::path& file) {
    const auto text = read_file(file, kMostPickBytes);
    if (!text) {
        return Error{ErrorCode::usage, text.error().message};
    }
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < text->size()) {
        std::size_t end = text->find('\n', begin);
        end = end == std::string::npos ? text->size() : end;
        std::string line = text->substr(begin, end - begin);
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (line.empty() || line != printable(line)) {
            return Error{
                ErrorCode::usage,
                fmt::format("{}:{}: {} has nothing to pick, or what cannot stand in a line "
                            "of a request",
                            file.string(), lines.size() + 1, in_quotes(line))};
        }
        lines.push_back(std::move(line));
        begin = end + 1;
    }
    if (lines.empty()) {
        return Error{ErrorCode::usage, file.string() + " is empty: there is no line to pick"};
    }
    return lines;
}

}  // namespace benchhost::requests
