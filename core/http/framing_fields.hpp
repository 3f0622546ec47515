// The header fields that tell where an answer's body ends, how it is coded, and whether the
// connection stays.
#pragma once

#include "core/http/content_coding.hpp"

#include <cstdint>
#include <optional>

namespace benchhost::http {

/// Content-Length, Transfer-Encoding, Connection and Content-Encoding as they come in, split
/// anywhere; the parser's
/// reading of every other field stops at its name. Lines of one name add to one list. What is
/// wrong in a value is kept as a fault: it matters only to an answer that has a body.
class FramingFields {
  public:
    /// The name of a new line begins; `lower` is its first letter in lower case.
    void begin_name(char lower);
    /// The name may still be one of ours.
    bool wanted() const { return field_ != Field::other; }
    /// Reads as much of the name as is ours, at most to the first byte that no name has.
    const char* match_name(const char* at, const char* stop);
    /// The colon came. False: not a field of ours.
    bool begin_value();
    /// Reads the value up to LF.
    const char* read_value(const char* at, const char* stop);
    /// No continuation line followed.
    void end_value();

    std::optional<std::uint64_t> content_length() const {
        return length_seen_ ? std::optional(content_length_) : std::nullopt;
    }
    /// "identity" is none: RFC 2616 had it for "no coding", and old servers still send it.
    bool has_encoding() const { return encoding_seen_; }
    bool chunked() const { return chunked_last_; }
    ContentCoding coding() const { return coding_; }
    bool close() const { return close_seen_; }
    bool keep_alive() const { return keep_alive_seen_; }
    const char* fault() const { return fault_; }  ///< in words; nullptr: none

  private:
    enum class Field : std::uint8_t {
        other,
        content_length,
        transfer_encoding,
        connection,
        content_encoding,
    };
    enum class Word : std::uint8_t {
        none,
        close,
        keep_alive,
        chunked,
        identity,
        gzip,
        x_gzip,
        deflate,
        br,
        zstd,
        other,
    };

    void read_length(char byte);
    void read_word(char byte);
    Word word_beginning_with(char byte) const;
    void end_element();
    void end_length();
    void end_coding(Word word);
    void end_content_coding(Word word);

    std::uint64_t content_length_ = 0;
    std::uint64_t number_ = 0;  // the length being read
    const char* fault_ = nullptr;
    std::uint16_t position_ = 0;  // within the name or the word
    Field field_ = Field::other;
    Word word_ = Word::none;  // the list element being read
    ContentCoding coding_ = ContentCoding::identity;
    bool after_word_ : 1 = false;    // white space followed it
    bool element_seen_ : 1 = false;  // in this line
    bool length_seen_ : 1 = false;
    bool encoding_seen_ : 1 = false;
    bool chunked_seen_ : 1 = false;
    bool chunked_last_ : 1 = false;
    bool close_seen_ : 1 = false;
    bool keep_alive_seen_ : 1 = false;
};

}  // namespace benchhost::http
