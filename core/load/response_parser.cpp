#include "core/load/response_parser.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace benchhost::load {

namespace {

constexpr std::string_view kVersion = "HTTP/1.";
// "HTTP/1.d ddd": a version digit, a space and three digits of status.
constexpr std::uint16_t kMinorAt = 7;
constexpr std::uint16_t kSpaceAt = 8;
constexpr std::uint16_t kStatusEnd = 12;

constexpr std::string_view kContentLength = "content-length";
constexpr std::string_view kTransferEncoding = "transfer-encoding";
constexpr std::string_view kConnection = "connection";

// For the bytes that a field name may have (RFC 9110 tchar): the byte itself, in lower case. Else
// 0.
constexpr std::array<char, 256> make_lower_token() {
    std::array<char, 256> table{};
    for (char c = '0'; c <= '9'; ++c) {
        table[static_cast<unsigned char>(c)] = c;
    }
    for (char c = 'a'; c <= 'z'; ++c) {
        table[static_cast<unsigned char>(c)] = c;
        table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
    }
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
        table[static_cast<unsigned char>(c)] = c;
    }
    return table;
}
constexpr std::array<char, 256> kLowerToken = make_lower_token();

char lower_token(char byte) { return kLowerToken[static_cast<unsigned char>(byte)]; }

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// A CR that is not part of a line end is read as a space (RFC 9112 2.2); so is the one that is.
bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

int hex_digit(char byte) {
    if (is_digit(byte)) {
        return byte - '0';
    }
    const char lower = lower_token(byte);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

ResponseParser::Step ResponseParser::parse(std::string_view data) {
    Step step;
    const char* at = data.data();
    const char* const end = at + data.size();
    while (at != end && place_ < Place::complete) {
        if (place_ < Place::body) {
            at = read_header(at, end);
        } else if (place_ == Place::body || place_ == Place::chunk_data) {
            if (!step.body.empty()) {
                break;
            }
            at = take_body(at, end, step);
        } else {
            at = read_chunk_framing(at, end);
        }
    }
    step.consumed = static_cast<std::size_t>(at - data.data());
    step.state = state();
    return step;
}

ResponseParser::State ResponseParser::end_of_stream() {
    if (place_ == Place::body && until_close_) {
        place_ = Place::complete;
    }
    return state();
}

ResponseParser::State ResponseParser::state() const {
    if (place_ == Place::complete) {
        return State::complete;
    }
    return place_ == Place::malformed ? State::malformed : State::need_more;
}

void ResponseParser::refuse(const char* why) {
    place_ = Place::malformed;
    why_ = why;
}

const char* ResponseParser::fail(const char* at, const char* why) {
    refuse(why);
    return at;
}

// Head, interim answers and trailers share one limit, so that nothing endless can come before the
// end of an answer.
const char* ResponseParser::read_header(const char* at, const char* end) {
    const char* const start = at;
    const auto room = static_cast<std::ptrdiff_t>(kHeaderLimit - header_bytes_);
    const char* const stop = end - at > room ? at + room : end;
    while (at != stop && place_ < Place::body) {
        at = read_header_part(at, stop);
    }
    header_bytes_ += static_cast<std::uint32_t>(at - start);
    if (at == stop && stop != end && place_ < Place::body) {
        return fail(at, "the header is larger than 64 KiB");
    }
    return at;
}

const char* ResponseParser::read_header_part(const char* at, const char* stop) {
    switch (place_) {
        case Place::status_line:
            return read_status_line(at, stop);
        case Place::line_start:
            return read_line_start(at);
        case Place::name:
            return read_name(at, stop);
        case Place::value:
            return read_value(at, stop);
        case Place::end_of_header_lf:
            if (*at != '\n') {
                return fail(at, "a CR at the start of a header line is not followed by LF");
            }
            end_header();
            return at + 1;
        default:  // reason, ignored_value: what is in them decides nothing
            return skip_line(at, stop);
    }
}

// RFC 9112 4. The version is matched to the letter; HTTP/1.2 to 1.9 are read as 1.1. A missing
// reason is allowed, also without the space before it, which many servers leave out.
const char* ResponseParser::read_status_line(const char* at, const char* stop) {
    for (; at != stop; ++at, ++position_) {
        const char byte = *at;
        if (position_ < kMinorAt) {
            if (byte != kVersion[position_]) {
                return fail(at, "the answer does not begin with HTTP/1.");
            }
        } else if (position_ == kSpaceAt) {
            if (byte != ' ') {
                return fail(at, "no space between the HTTP version and the status");
            }
        } else if (position_ == kStatusEnd) {
            if (byte == '\n') {
                place_ = Place::line_start;
                return at + 1;
            }
            if (byte != ' ' && byte != '\r') {
                return fail(at, "the status is not followed by a space or the end of the line");
            }
            place_ = Place::reason;
            return at + 1;
        } else if (!is_digit(byte)) {
            return fail(at, position_ == kMinorAt ? "the HTTP version is not 1.<digit>"
                                                  : "the status is not a number of three digits");
        } else if (position_ == kMinorAt) {
            minor_ = static_cast<std::uint8_t>(byte - '0');
        } else {
            status_ = static_cast<std::uint16_t>(status_ * 10 + (byte - '0'));
        }
    }
    return at;
}

// A line ends at LF, with or without CR before it (RFC 9112 2.2).
const char* ResponseParser::skip_line(const char* at, const char* stop) {
    const void* const line_feed = std::memchr(at, '\n', static_cast<std::size_t>(stop - at));
    if (line_feed == nullptr) {
        return stop;
    }
    place_ = Place::line_start;
    return static_cast<const char*>(line_feed) + 1;
}

// A line that begins with white space continues the value before it: a user agent must read such a
// fold as a space (RFC 9112 5.2). Before the first header line it is refused (2.2).
const char* ResponseParser::read_line_start(const char* at) {
    const char byte = *at;
    if (byte == ' ' || byte == '\t') {
        if (!after_field_) {
            return fail(at, "white space before the first header line");
        }
        place_ = field_ == Field::other ? Place::ignored_value : Place::value;
        return at;
    }
    if (field_ != Field::other) {
        end_field();
    }
    if (byte == '\r') {
        place_ = Place::end_of_header_lf;
        return at + 1;
    }
    if (byte == '\n') {
        end_header();
        return at + 1;
    }
    const char lower = lower_token(byte);
    if (lower == 0) {
        return fail(at, "a header line does not begin with a name");
    }
    after_field_ = true;
    position_ = 0;
    place_ = Place::name;
    if (!trailers_ && lower == 'c') {
        field_ = Field::connection;  // until the fourth letter tells
    } else if (!trailers_ && lower == 't') {
        field_ = Field::transfer_encoding;
    }
    return at;
}

// White space between name and colon makes a line that others would read differently, so it is
// refused (RFC 9112 5.1 allows it to no sender), as is a line without a colon.
const char* ResponseParser::read_name(const char* at, const char* stop) {
    for (; at != stop; ++at) {
        const char lower = lower_token(*at);
        if (lower == 0) {
            if (*at != ':') {
                return fail(at, "a header line has no colon right after its name");
            }
            start_value();
            return at + 1;
        }
        if (field_ == Field::other) {
            continue;
        }
        if (position_ == 3 && field_ == Field::connection && lower == 't') {
            field_ = Field::content_length;  // "con" is common to both
        }
        const std::string_view wanted = field_ == Field::connection       ? kConnection
                                        : field_ == Field::content_length ? kContentLength
                                                                          : kTransferEncoding;
        if (position_ == wanted.size() || wanted[position_] != lower) {
            field_ = Field::other;
        }
        ++position_;
    }
    return at;
}

void ResponseParser::start_value() {
    const bool whole =
        (field_ == Field::connection && position_ == kConnection.size()) ||
        (field_ == Field::content_length && position_ == kContentLength.size()) ||
        (field_ == Field::transfer_encoding && position_ == kTransferEncoding.size());
    if (!whole) {
        field_ = Field::other;
        place_ = Place::ignored_value;
        return;
    }
    place_ = Place::value;
    number_ = 0;
    word_ = Word::none;
    after_word_ = false;
    element_seen_ = false;
    encoding_seen_ = encoding_seen_ || field_ == Field::transfer_encoding;
}

const char* ResponseParser::read_value(const char* at, const char* stop) {
    for (; at != stop; ++at) {
        if (*at == '\n') {
            place_ = Place::line_start;
            return at + 1;
        }
        if (*at == ',') {
            end_element();
        } else if (field_ == Field::content_length) {
            length_byte(*at);
        } else {
            word_byte(*at);
        }
    }
    return at;
}

void ResponseParser::length_byte(char byte) {
    if (is_space(byte)) {
        after_word_ = word_ != Word::none;
        return;
    }
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    const auto digit = static_cast<std::uint64_t>(byte - '0');
    if (!is_digit(byte) || after_word_ || number_ > (kMost - digit) / 10) {
        framing_fault_ = "Content-Length is not a number";
        return;
    }
    number_ = number_ * 10 + digit;
    word_ = Word::other;
}

// Elements are compared without regard to case. A quoted string (only possible in a parameter)
// could hide a comma, so a coding with one is refused.
void ResponseParser::word_byte(char byte) {
    if (is_space(byte)) {
        after_word_ = word_ != Word::none;
        return;
    }
    if (field_ == Field::transfer_encoding && byte == '"') {
        framing_fault_ = "a quoted string in Transfer-Encoding";
    }
    if (word_ == Word::none) {
        position_ = 0;
        const char lower = lower_token(byte);
        if (field_ == Field::transfer_encoding) {
            word_ = lower == 'c' ? Word::chunked : Word::other;
        } else {
            word_ = lower == 'c' ? Word::close : lower == 'k' ? Word::keep_alive : Word::other;
        }
    }
    if (word_ == Word::other) {
        return;
    }
    const std::string_view wanted = word_ == Word::chunked ? "chunked"
                                    : word_ == Word::close ? "close"
                                                           : "keep-alive";
    if (byte == ';' && word_ == Word::chunked && position_ == wanted.size()) {
        framing_fault_ = "a parameter on the chunked coding";  // RFC 9112 7.1: an error
    }
    if (after_word_ || position_ == wanted.size() || lower_token(byte) != wanted[position_]) {
        word_ = Word::other;
    }
    ++position_;
}

void ResponseParser::end_element() {
    if (word_ != Word::none) {
        element_seen_ = true;
        if (field_ == Field::content_length) {
            end_length();
        } else {
            const bool whole = (word_ == Word::chunked && position_ == 7) ||
                               (word_ == Word::close && position_ == 5) ||
                               (word_ == Word::keep_alive && position_ == 10);
            const Word word = whole ? word_ : Word::other;
            close_seen_ = close_seen_ || word == Word::close;
            keep_alive_seen_ = keep_alive_seen_ || word == Word::keep_alive;
            if (field_ == Field::transfer_encoding) {
                if (word == Word::chunked && chunked_seen_) {
                    framing_fault_ = "the chunked coding is applied twice";
                }
                chunked_last_ = word == Word::chunked;
                chunked_seen_ = chunked_seen_ || chunked_last_;
            }
        }
    }
    word_ = Word::none;
    after_word_ = false;
    number_ = 0;
}

// RFC 9112 6.3, rule 5: a repeated length, in one line or in two, must be the same each time.
void ResponseParser::end_length() {
    if (length_seen_ && content_length_ != number_) {
        framing_fault_ = "two different Content-Length";
        return;
    }
    length_seen_ = true;
    content_length_ = number_;
}

void ResponseParser::end_field() {
    end_element();
    if (!element_seen_ && field_ == Field::content_length) {
        framing_fault_ = "Content-Length is empty";
    }
    if (!element_seen_ && field_ == Field::transfer_encoding) {
        framing_fault_ = "Transfer-Encoding is empty";
    }
    field_ = Field::other;
}

void ResponseParser::end_header() {
    after_field_ = false;
    if (trailers_) {
        place_ = Place::complete;
        return;
    }
    if (status_ < 100 || status_ >= 200) {
        decide_framing();
        return;
    }
    if (status_ == 101) {
        refuse("101 Switching Protocols without having been asked");
        return;
    }
    // An interim answer: what comes next is an answer again, under the same limit.
    const std::uint32_t header_bytes = header_bytes_;
    reset(head_request_);
    header_bytes_ = header_bytes;
}

// RFC 9112 6.3. 204, 304 and the answer to HEAD end here whatever the header says (rule 1).
// Transfer-Encoding together with Content-Length "ought to be handled as an error" (rule 3), and
// in HTTP/1.0 it "MUST" be taken as faulty framing (6.1); both are refused. A coding that does not
// end in chunked, or no length at all, means a body up to the end of the connection.
void ResponseParser::decide_framing() {
    if (head_request_ || status_ == 204 || status_ == 304) {
        place_ = Place::complete;
    } else if (framing_fault_ != nullptr) {
        refuse(framing_fault_);
    } else if (encoding_seen_ && minor_ == 0) {
        refuse("Transfer-Encoding in an HTTP/1.0 answer");
    } else if (encoding_seen_ && length_seen_) {
        refuse("both Transfer-Encoding and Content-Length");
    } else if (encoding_seen_ && chunked_last_) {
        begin_chunk();
    } else if (!encoding_seen_ && length_seen_) {
        number_ = content_length_;
        place_ = number_ == 0 ? Place::complete : Place::body;
    } else {
        until_close_ = true;
        number_ = std::numeric_limits<std::uint64_t>::max();
        place_ = Place::body;
    }
}

const char* ResponseParser::take_body(const char* at, const char* end, Step& step) {
    const auto there = static_cast<std::uint64_t>(end - at);
    const auto size = static_cast<std::size_t>(std::min(there, number_));
    step.body = std::string_view(at, size);
    body_received_ += size;
    if (!until_close_) {
        number_ -= size;
        if (number_ == 0) {
            place_ = place_ == Place::chunk_data ? Place::chunk_data_cr : Place::complete;
        }
    }
    return at + size;
}

// RFC 9112 7.1, to the letter: the lenient line end of header lines is not given to chunks, where
// it would move the border between data and framing. Extensions are skipped.
const char* ResponseParser::read_chunk_framing(const char* at, const char* end) {
    for (; at != end; ++at) {
        switch (place_) {
            case Place::chunk_size:
            case Place::chunk_extension:
                if (position_ == kChunkLineLimit) {
                    return fail(at, "a chunk-size line is longer than 4 KiB");
                }
                if (!(place_ == Place::chunk_size ? read_chunk_size(*at)
                                                  : read_chunk_extension(*at))) {
                    return at;
                }
                break;
            case Place::chunk_size_lf:
                if (*at != '\n') {
                    return fail(at, "the CR after a chunk size is not followed by LF");
                }
                trailers_ = number_ == 0;
                place_ = trailers_ ? Place::line_start : Place::chunk_data;
                return at + 1;
            case Place::chunk_data_cr:
                if (*at != '\r') {
                    return fail(at, "a chunk is longer than its size says");
                }
                place_ = Place::chunk_data_lf;
                break;
            default:  // chunk_data_lf
                if (*at != '\n') {
                    return fail(at, "a chunk does not end in CR LF");
                }
                begin_chunk();
                break;
        }
    }
    return at;
}

void ResponseParser::begin_chunk() {
    place_ = Place::chunk_size;
    position_ = 0;
    number_ = 0;
    after_word_ = false;
}

// White space after the size, with which some servers pad it, is skipped.
bool ResponseParser::read_chunk_size(char byte) {
    const int digit = hex_digit(byte);
    if (digit >= 0 && !after_word_) {
        if ((number_ >> 60) != 0) {
            refuse("a chunk size is beyond 64 bits");
            return false;
        }
        number_ = number_ * 16 + static_cast<std::uint64_t>(digit);
    } else if (position_ == 0) {
        refuse("a chunk does not begin with its size in hex digits");
        return false;
    } else if (byte == '\r') {
        place_ = Place::chunk_size_lf;
    } else if (byte == ';') {
        place_ = Place::chunk_extension;
    } else if (byte == ' ' || byte == '\t') {
        after_word_ = true;
    } else {
        refuse("a chunk size is followed by neither CR LF nor an extension");
        return false;
    }
    ++position_;
    return true;
}

bool ResponseParser::read_chunk_extension(char byte) {
    if (byte == '\n') {
        refuse("a chunk extension ends in LF without CR");
        return false;
    }
    if (byte == '\r') {
        place_ = Place::chunk_size_lf;
    }
    ++position_;
    return true;
}

}  // namespace benchhost::load
