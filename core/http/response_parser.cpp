#include "core/http/response_parser.hpp"

#include "core/http/http_token.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace benchhost::http {

namespace {

constexpr std::string_view kVersion = "HTTP/1.";
// "HTTP/1.d ddd": a version digit, a space and three digits of status.
constexpr std::uint16_t kMinorAt = 7;
constexpr std::uint16_t kSpaceAt = 8;
constexpr std::uint16_t kStatusEnd = 12;

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

ResponseParser::Step ResponseParser::parse_header(std::string_view data) {
    const char* at = data.data();
    if (!data.empty() && place_ < Place::body) {
        at = read_header(at, at + data.size());
    }
    Step step;
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
            return read_line_start(at, stop);
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
    if (position_ == 0 && stop - at > kStatusEnd && skip_plain_status(at)) {
        at += kStatusEnd;
    }
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

// The shortcut for a status line that is there as a whole and right.
bool ResponseParser::skip_plain_status(const char* at) {
    if (std::memcmp(at, kVersion.data(), kVersion.size()) != 0 || !is_digit(at[kMinorAt]) ||
        at[kSpaceAt] != ' ' || !is_digit(at[9]) || !is_digit(at[10]) || !is_digit(at[11])) {
        return false;
    }
    minor_ = static_cast<std::uint8_t>(at[kMinorAt] - '0');
    status_ = static_cast<std::uint16_t>((at[9] - '0') * 100 + (at[10] - '0') * 10 + at[11] - '0');
    position_ = kStatusEnd;
    return true;
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
const char* ResponseParser::read_line_start(const char* at, const char* stop) {
    const char byte = *at;
    if (byte == ' ' || byte == '\t') {
        if (!after_field_) {
            return fail(at, "white space before the first header line");
        }
        place_ = fields_.wanted() ? Place::value : Place::ignored_value;
        return at;
    }
    if (fields_.wanted()) {
        fields_.end_value();
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
    place_ = Place::name;
    if (!trailers_) {
        fields_.begin_name(lower);
    }
    return read_name(at, stop);
}

// White space between name and colon makes a line that others would read differently, so it is
// refused (RFC 9112 5.1 allows it to no sender), as is a line without a colon.
const char* ResponseParser::read_name(const char* at, const char* stop) {
    if (fields_.wanted()) {
        at = fields_.match_name(at, stop);
    }
    while (at != stop && lower_token(*at) != 0) {
        ++at;
    }
    if (at == stop) {
        return at;
    }
    if (*at != ':') {
        return fail(at, "a header line has no colon right after its name");
    }
    ++at;
    if (fields_.begin_value()) {
        place_ = Place::value;
        return read_value(at, stop);
    }
    place_ = Place::ignored_value;
    return skip_line(at, stop);
}

const char* ResponseParser::read_value(const char* at, const char* stop) {
    at = fields_.read_value(at, stop);
    if (at == stop) {
        return at;
    }
    place_ = Place::line_start;
    return at + 1;
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
// Transfer-Encoding: identity, alone, is read as if it were not there (RFC 2616 3.6), as curl does.
void ResponseParser::decide_framing() {
    const std::optional<std::uint64_t> length = fields_.content_length();
    if (head_request_ || status_ == 204 || status_ == 304) {
        place_ = Place::complete;
    } else if (fields_.fault() != nullptr) {
        refuse(fields_.fault());
    } else if (fields_.has_encoding() && minor_ == 0) {
        refuse("Transfer-Encoding in an HTTP/1.0 answer");
    } else if (fields_.has_encoding() && length) {
        refuse("both Transfer-Encoding and Content-Length");
    } else if (fields_.chunked()) {
        begin_chunk();
    } else if (length) {
        left_ = *length;
        place_ = left_ == 0 ? Place::complete : Place::body;
    } else {
        until_close_ = true;
        left_ = std::numeric_limits<std::uint64_t>::max();
        place_ = Place::body;
    }
}

const char* ResponseParser::take_body(const char* at, const char* end, Step& step) {
    const auto there = static_cast<std::uint64_t>(end - at);
    const auto size = static_cast<std::size_t>(std::min(there, left_));
    step.body = std::string_view(at, size);
    body_received_ += size;
    if (!until_close_) {
        left_ -= size;
        if (left_ == 0) {
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
                trailers_ = left_ == 0;
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
    left_ = 0;
    padded_ = false;
}

// White space after the size, with which some servers pad it, is skipped.
bool ResponseParser::read_chunk_size(char byte) {
    const int digit = hex_digit(byte);
    if (digit >= 0 && !padded_) {
        if ((left_ >> 60) != 0) {
            refuse("a chunk size is beyond 64 bits");
            return false;
        }
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    } else if (position_ == 0) {
        refuse("a chunk does not begin with its size in hex digits");
        return false;
    } else if (byte == '\r') {
        place_ = Place::chunk_size_lf;
    } else if (byte == ';') {
        place_ = Place::chunk_extension;
    } else if (byte == ' ' || byte == '\t') {
        padded_ = true;
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

}  // namespace benchhost::http
