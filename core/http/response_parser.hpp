// Reads what a server answers: status line, headers, body, wherever the reads were split.
#pragma once

#include "core/http/framing_fields.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace benchhost::http {

/// Said of a body that until_close() is true of, where its end did not come.
inline constexpr const char* kUntilClose =
    ", which has no length and ends only where the connection does";

/// Incremental HTTP/1.x response parser (RFC 9112), one per connection. It consumes every byte it
/// is given (nothing has to be kept for the next call), never allocates and never copies. What it
/// accepts and refuses is written down above each rule in response_parser.cpp
/// and framing_fields.cpp.
class ResponseParser {
  public:
    /// The most bytes of header: interim 1xx answers, head and trailers together.
    static constexpr std::size_t kHeaderLimit = 65536;
    /// The most bytes of one chunk-size line with its extensions.
    static constexpr std::size_t kChunkLineLimit = 4096;

    enum class State : std::uint8_t { need_more, complete, malformed };

    struct Step {
        std::size_t consumed = 0;  ///< when malformed: up to the first byte that is wrong
        State state = State::need_more;
        std::string_view body = "";  ///< a slice of data, chunking removed; never a null pointer
    };

    explicit ResponseParser(bool head_request = false) : head_request_(head_request) {}

    /// Makes ready for the next answer. `head_request`: it answers a HEAD, so it has no body.
    void reset(bool head_request = false) { *this = ResponseParser(head_request); }

    /// Call again with the rest until all is consumed, or the state is complete or malformed. In
    /// these two states nothing more is consumed before reset().
    Step parse(std::string_view data);

    /// As parse(), but leaves the body (head_done()) to the next call.
    Step parse_header(std::string_view data);

    /// The server sent FIN: complete when the body was delimited by it. need_more: closed early.
    State end_of_stream();

    State state() const;
    bool head_request() const { return head_request_; }
    /// A byte of the answer, right or wrong, has been seen.
    bool started() const { return header_bytes_ != 0 || place_ == Place::malformed; }
    /// The header has been read, so the accessors below mean something.
    bool head_done() const { return place_ >= Place::body; }

    /// Of the final answer; 0 before its status line is read. Not limited to 100..599: RFC 9110
    /// wants another number treated as a failure, not as another protocol.
    unsigned status() const { return status_; }
    unsigned http_minor() const { return minor_; }
    /// The answer lets the connection be used again.
    bool keep_alive() const {
        return !fields_.close() && !until_close_ && (minor_ >= 1 || fields_.keep_alive());
    }
    std::optional<std::uint64_t> content_length() const { return fields_.content_length(); }
    ContentCoding coding() const { return fields_.coding(); }
    /// The body ends where the connection does.
    bool until_close() const { return until_close_; }
    std::uint64_t body_received() const { return body_received_; }

    /// What is wrong, in words; "" unless malformed.
    const char* malformed_why() const { return why_; }

  private:
    // The order matters: lines of the header first, then the body, then the two ends.
    enum class Place : std::uint8_t {
        status_line,
        reason,
        line_start,
        name,
        value,
        ignored_value,
        end_of_header_lf,
        body,
        chunk_size,
        chunk_extension,
        chunk_size_lf,
        chunk_data,
        chunk_data_cr,
        chunk_data_lf,
        complete,
        malformed,
    };

    const char* read_header(const char* at, const char* end);
    const char* read_header_part(const char* at, const char* stop);
    const char* read_status_line(const char* at, const char* stop);
    bool skip_plain_status(const char* at);
    const char* read_line_start(const char* at, const char* stop);
    const char* read_name(const char* at, const char* stop);
    const char* read_value(const char* at, const char* stop);
    const char* skip_line(const char* at, const char* stop);
    const char* read_chunk_framing(const char* at, const char* end);
    bool read_chunk_size(char byte);
    bool read_chunk_extension(char byte);
    const char* take_body(const char* at, const char* end, Step& step);
    const char* fail(const char* at, const char* why);
    void refuse(const char* why);

    void end_header();
    void decide_framing();
    void begin_chunk();

    FramingFields fields_;
    std::uint64_t left_ = 0;  // of the body or the chunk; the chunk's size while that is read
    std::uint64_t body_received_ = 0;
    const char* why_ = "";
    std::uint32_t header_bytes_ = 0;
    std::uint16_t status_ = 0;
    std::uint16_t position_ = 0;  // within the status line or the chunk-size line
    std::uint8_t minor_ = 0;
    Place place_ = Place::status_line;
    bool head_request_ : 1;
    bool trailers_ : 1 = false;
    bool after_field_ : 1 = false;  // a header line came before: white space continues it
    bool padded_ : 1 = false;       // white space followed the chunk size
    bool until_close_ : 1 = false;
};
static_assert(sizeof(ResponseParser) <= 80, "one per connection: ten thousand of them");

}  // namespace benchhost::http
