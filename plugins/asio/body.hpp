// The body of one request: of a known length or in chunks (RFC 9112, 6 and 7), read as it comes.
#pragma once

#include "request.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace benchhost::asio_server {

class Body {
  public:
    /// That of no request: it is at its end.
    Body() = default;
    explicit Body(const Request& request);

    struct Piece {
        std::size_t used = 0;      ///< how many bytes belong to the body
        std::string_view content;  ///< what they carry; the sizes of chunks carry nothing
    };
    /// The piece at the start of `bytes`, which may hold less or more than the body. There may be
    /// another behind it.
    Piece take(std::string_view bytes);

    bool at_end() const { return state_ == State::end; }
    /// 0, or the status that refuses the request: the rest of its bytes means nothing.
    unsigned refusal() const { return refusal_; }

  private:
    /// Which byte comes next.
    enum class State {
        end,
        refused,
        content,
        size,           ///< of a chunk, hexadecimal
        extension,      ///< behind the size
        size_newline,   ///< the \n behind the size
        chunk_return,   ///< the \r behind a chunk's content
        chunk_newline,  ///< and the \n
        trailer,        ///< the first of a field behind the last chunk, or the \r of the empty line
        trailer_field,
        last_newline,
    };

    void step(char letter);
    void step_size(char letter);
    void expect(char letter, char expected, State next);
    void refuse(unsigned status);

    State state_ = State::end;
    bool chunked_ = false;
    bool has_size_ = false;    ///< a digit of the chunk's size has come
    std::uint64_t left_ = 0;   ///< bytes of content still to come, of this chunk if chunked
    std::uint64_t taken_ = 0;  ///< bytes of content in earlier chunks
    unsigned refusal_ = 0;
};

}  // namespace benchhost::asio_server
