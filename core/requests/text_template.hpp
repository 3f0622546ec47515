// Text of which a part is drawn anew for each request: "/item/{rand:1..1000}?key={nonce}".
#pragma once

#include "core/base/result.hpp"
#include "core/requests/drawn_value.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::requests {

/// The placeholders of one request, in whatever part of it or of its answer they stand: the same
/// text is the same value.
///
///   {seq}           the number of the request in the load, from 0
///   {rand:1..1000}  a whole number, evenly; {rand:0001..1000} is filled up with zeros
///   {nonce}         16 hexadecimal digits that no other request of the load has
///   {pick:FILE}     a line of the file, evenly
///   {user}          the number of the connection, from 0
///   {sum:a,b}       of the numbers that were named #a and #b
///   {take:NAME}     what an earlier step of the flow has taken
///   {items:50}      what every server answers to /items/50
///   {fill:1KiB}     so many bytes of printable text, the same each time
///   {length}        of the request's body, in what is expected
///   {crc32}         the same body's CRC-32, as 8 hexadecimal digits
///
/// A name tells apart what would be the same text, and is what {sum} knows a number by:
/// {rand:1..9#a}, {rand:1..9#b}. "{{" is a "{"; a "{" before anything but a small letter stands for
/// itself, so that JSON needs no care.
class Draws {
  public:
    /// Knows the lines of a file by its name as it is written.
    using FindLines = std::function<Result<Lines>(const std::string& file)>;
    explicit Draws(FindLines find_lines) : find_lines_(std::move(find_lines)) {}

    /// What earlier steps have taken: for {take:NAME}, by their numbers.
    void set_takes(std::vector<std::string> names) { takes_ = std::move(names); }
    /// What the request's body is, from now on: for {length} and {crc32}.
    void set_body(std::shared_ptr<const BodySum> body) { body_ = std::move(body); }

    /// The value of what stands between the braces. The error says what is wrong with it.
    Result<DrawnValue> find(std::string_view placeholder);

  private:
    Result<DrawnValue> make(std::string_view kind, std::string_view argument);
    Result<DrawnValue> make_number(std::string_view range);
    Result<DrawnValue> make_line(const std::string& file);
    Result<DrawnValue> make_sum(std::string_view names) const;
    Result<DrawnValue> make_taken(std::string_view name) const;

    FindLines find_lines_;
    std::shared_ptr<const BodySum> body_;
    std::vector<std::string> takes_;
    std::map<std::string, DrawnValue, std::less<>> known_;  // by the whole text
    std::map<std::string, DrawnValue, std::less<>> named_;
};

/// Immutable once it is made.
class TextTemplate {
  public:
    TextTemplate() = default;
    /// Text as it stands, whatever it holds.
    explicit TextTemplate(std::string text) : tail_(std::move(text)) {}
    /// The error (code usage) quotes the placeholder.
    static Result<TextTemplate> parse(std::string_view text, Draws& draws);

    bool is_fixed() const { return parts_.empty(); }
    /// All of it, when it is fixed.
    const std::string& fixed_text() const { return tail_; }

    std::size_t length(const Identity& request) const;
    /// Of any request.
    std::size_t shortest() const;
    std::size_t longest() const;

    void append(std::string_view text) { tail_ += text; }
    void append(DrawnValue value) {
        parts_.push_back({std::exchange(tail_, {}), std::move(value)});
    }
    void append(const TextTemplate& other);

    /// Writes it to `to`, which has room for longest(); where it ends.
    char* write(const Identity& request, char* to) const;
    std::string text(const Identity& request) const;

    /// Whether `slice` is what it holds from `offset` on; what lies beyond its end is not looked
    /// at.
    bool matches(const Identity& request, std::uint64_t offset, std::string_view slice) const;

    struct Part {
        std::string before;
        DrawnValue value;
    };
    /// In their order; what stands behind the last of them is tail().
    const std::vector<Part>& parts() const { return parts_; }
    const std::string& tail() const { return tail_; }

  private:
    std::vector<Part> parts_;
    std::string tail_;
};

}  // namespace benchhost::requests
