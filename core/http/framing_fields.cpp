#include "core/http/framing_fields.hpp"

#include "core/http/http_token.hpp"

#include <array>
#include <limits>
#include <string_view>

namespace benchhost::http {

namespace {

// In the order of FramingFields::Field.
constexpr std::array<std::string_view, 5> kFieldNames{"", "content-length", "transfer-encoding",
                                                      "connection", "content-encoding"};
// In the order of FramingFields::Word.
constexpr std::array<std::string_view, 11> kWords{
    "",       "close",   "keep-alive", "chunked", "identity", "gzip",
    "x-gzip", "deflate", "br",         "zstd",    ""};

template <std::size_t size, class Index>
constexpr std::string_view text_of(const std::array<std::string_view, size>& texts, Index index) {
    return texts[static_cast<std::size_t>(index)];
}

// A CR within a value is read as a space (RFC 9112 2.2), and so is the one at its end.
bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

}  // namespace

void FramingFields::begin_name(char lower) {
    position_ = 0;
    field_ = lower == 'c'   ? Field::connection  // until the fourth letter tells
             : lower == 't' ? Field::transfer_encoding
                            : Field::other;
}

const char* FramingFields::match_name(const char* at, const char* stop) {
    Field field = field_;
    std::size_t position = position_;
    std::string_view wanted = text_of(kFieldNames, field);
    for (; at != stop; ++at, ++position) {
        const char lower = lower_token(*at);
        if (position == 3 && field == Field::connection && lower == 't') {
            field = Field::content_length;  // "con" is common to both
            wanted = text_of(kFieldNames, field);
        } else if (position == 8 && field == Field::content_length && lower == 'e') {
            field = Field::content_encoding;  // and "content-" to these
            wanted = text_of(kFieldNames, field);
        }
        if (position == wanted.size() || wanted[position] != lower) {
            field = lower == 0 ? field : Field::other;
            break;
        }
    }
    field_ = field;
    position_ = static_cast<std::uint16_t>(position);
    return at;
}

bool FramingFields::begin_value() {
    if (field_ == Field::other || position_ != text_of(kFieldNames, field_).size()) {
        field_ = Field::other;
        return false;
    }
    number_ = 0;
    word_ = Word::none;
    after_word_ = false;
    element_seen_ = false;
    return true;
}

const char* FramingFields::read_value(const char* at, const char* stop) {
    for (; at != stop && *at != '\n'; ++at) {
        if (*at == ',') {
            end_element();
        } else if (is_space(*at)) {
            after_word_ = word_ != Word::none;
        } else if (field_ == Field::content_length) {
            read_length(*at);
        } else {
            read_word(*at);
        }
    }
    return at;
}

void FramingFields::read_length(char byte) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    word_ = Word::other;
    const int digit = is_digit(byte) ? byte - '0' : -1;
    if (digit < 0 || after_word_ || number_ > (kMost - static_cast<unsigned>(digit)) / 10) {
        fault_ = "Content-Length is not a number";
        return;
    }
    number_ = number_ * 10 + static_cast<unsigned>(digit);
}

// Words are compared without regard to case.
void FramingFields::read_word(char byte) {
    if (field_ == Field::transfer_encoding && byte == '"') {
        // It could hide a comma, and no coding that a server may send unasked has one.
        fault_ = "a quoted string in Transfer-Encoding";
    }
    if (word_ == Word::none) {
        position_ = 0;
        word_ = word_beginning_with(lower_token(byte));
    }
    if (word_ == Word::other) {
        return;
    }
    const std::string_view wanted = text_of(kWords, word_);
    const bool whole = position_ == wanted.size();
    if (whole && word_ == Word::chunked && byte == ';') {
        fault_ = "a parameter on the chunked coding";  // RFC 9112 7.1: to be treated as an error
    }
    if (whole || after_word_ || lower_token(byte) != wanted[position_]) {
        word_ = Word::other;
    }
    ++position_;
}

FramingFields::Word FramingFields::word_beginning_with(char byte) const {
    if (field_ == Field::content_encoding) {
        switch (byte) {
            case 'g':
                return Word::gzip;
            case 'x':
                return Word::x_gzip;
            case 'd':
                return Word::deflate;
            case 'b':
                return Word::br;
            case 'z':
                return Word::zstd;
            case 'i':
                return Word::identity;
            default:
                return Word::other;
        }
    }
    if (byte == 'i' && field_ == Field::transfer_encoding) {
        return Word::identity;
    }
    if (byte == 'c') {
        return field_ == Field::transfer_encoding ? Word::chunked : Word::close;
    }
    return byte == 'k' && field_ == Field::connection ? Word::keep_alive : Word::other;
}

// Empty elements are ignored (RFC 9110 5.6.1).
void FramingFields::end_element() {
    const bool whole = position_ == text_of(kWords, word_).size();
    const Word word = whole ? word_ : Word::other;
    if (word_ != Word::none) {
        element_seen_ = true;
        if (field_ == Field::content_length) {
            end_length();
        } else if (field_ == Field::transfer_encoding) {
            end_coding(word);
        } else if (field_ == Field::content_encoding) {
            end_content_coding(word);
        } else {
            close_seen_ = close_seen_ || word == Word::close;
            keep_alive_seen_ = keep_alive_seen_ || word == Word::keep_alive;
        }
    }
    word_ = Word::none;
    after_word_ = false;
    number_ = 0;
}

// RFC 9112 6.3, rule 5: a repeated length, in one line or in two, must be the same each time.
void FramingFields::end_length() {
    if (length_seen_ && content_length_ != number_) {
        fault_ = "two different Content-Length";
        return;
    }
    length_seen_ = true;
    content_length_ = number_;
}

void FramingFields::end_coding(Word word) {
    encoding_seen_ = encoding_seen_ || word != Word::identity;
    chunked_last_ = word == Word::chunked;
    if (chunked_last_ && chunked_seen_) {
        fault_ = "the chunked coding is applied twice";
    }
    chunked_seen_ = chunked_seen_ || chunked_last_;
}

// RFC 9110, section 8.4: in the order in which they were applied.
void FramingFields::end_content_coding(Word word) {
    constexpr auto coding_of = [](Word each) {
        switch (each) {
            case Word::gzip:
            case Word::x_gzip:
                return ContentCoding::gzip;
            case Word::deflate:
                return ContentCoding::deflate;
            case Word::br:
                return ContentCoding::br;
            case Word::zstd:
                return ContentCoding::zstd;
            default:
                return ContentCoding::other;
        }
    };
    if (word != Word::identity) {
        coding_ = coding_ == ContentCoding::identity ? coding_of(word) : ContentCoding::other;
    }
}

void FramingFields::end_value() {
    end_element();
    if (!element_seen_ && field_ == Field::content_length) {
        fault_ = "Content-Length is empty";
    } else if (!element_seen_ && field_ == Field::transfer_encoding) {
        fault_ = "Transfer-Encoding is empty";
    }
    field_ = Field::other;
}

}  // namespace benchhost::http
