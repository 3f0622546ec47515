// What differs from request to request: a value that follows from which request it is.
#pragma once

#include "core/base/result.hpp"
#include "core/requests/remembered.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::requests {

/// Which request: all that its values hang on, so that whoever knows it can make them again.
struct Identity {
    std::uint64_t number = 0;  ///< in the load: no two of it, on whatever thread or host, share one
    std::uint32_t connection = 0;  ///< in the load
    std::uint64_t seed = 1;        ///< of the load
    /// By the user that asks; null but in a flow.
    const Remembered* remembered = nullptr;
};

/// The lines of a file to pick from; not empty.
using Lines = std::shared_ptr<const std::vector<std::string>>;

class BodySum;

/// A word of 64 bits for each pair; those of one `a` are all different.
std::uint64_t mix_words(std::uint64_t a, std::uint64_t b);

/// A value as text. Immutable.
class DrawnValue {
  public:
    /// Room for any number.
    using Scratch = std::array<char, 24>;

    enum class Kind : std::uint8_t {
        sequence,
        number,
        nonce,
        line,
        connection,
        sum,
        body_length,
        body_crc32,
        taken,
        cookies,
    };
    struct Terms {
        Kind kind = Kind::sequence;
        std::uint32_t stream = 0;               ///< tells the draws of one request apart
        std::uint64_t least = 0;                ///< of a number
        std::uint64_t most = 0;                 ///< likewise
        std::uint8_t width = 0;                 ///< of a number: filled up with zeros
        std::vector<DrawnValue> of{};           ///< of a sum: numbers
        Lines lines{};                          ///< of a line
        std::shared_ptr<const BodySum> body{};  ///< of body_...
        std::size_t take = 0;                   ///< of what was taken: its number
    };
    explicit DrawnValue(Terms terms);

    /// Into `scratch`, or where it is kept: a line of the file that it is picked from, which lives
    /// as long as this, or what the user remembers.
    std::string_view text(const Identity& request, Scratch& scratch) const;
    std::uint64_t number(const Identity& request) const;

    std::size_t length(const Identity& request) const {
        Scratch scratch;
        return text(request, scratch).size();
    }
    /// Of any request.
    std::size_t shortest() const { return shortest_; }
    std::size_t longest() const { return longest_; }
    /// What cannot stand in a path: a line with a blank.
    bool may_have_blanks() const;
    /// A number that a sum may add; a sum itself is none, or sums of sums had no bound.
    bool is_addend() const {
        return terms_.kind == Kind::sequence || terms_.kind == Kind::number ||
               terms_.kind == Kind::connection || terms_.kind == Kind::body_length;
    }

  private:
    Terms terms_;
    std::size_t shortest_ = 0;
    std::size_t longest_ = 0;
};

/// The lines of a file; neither it nor one of its lines may be empty, nor hold a control character.
Result<std::vector<std::string>> read_lines_to_pick(const std::filesystem::path& file);

}  // namespace benchhost::requests
