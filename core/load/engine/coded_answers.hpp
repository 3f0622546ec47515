// Answers that the server has compressed: decoded once, and compared as they came from then on.
#pragma once

#include "core/http/content_decoder.hpp"
#include "core/requests/request_template.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::load {

/// What is right about the bodies of one kind of request, for all connections of a thread. A body
/// whose bytes are those of one that was decoded and found right before is right; any other is
/// decoded while it comes. Of a request with placeholders in its body each is decoded.
class CodedAnswers {
  public:
    /// `kinds` of requests, on so many connections. With `compares` false only lengths count.
    CodedAnswers(const std::vector<requests::RequestTemplate>& kinds, std::size_t connections,
                 bool compares);

    /// A piece of the body of the answer to `request`, coded so, at `offset` of what came.
    void take(std::uint32_t connection, std::uint16_t kind, const requests::Identity& request,
              http::ContentCoding coding, std::uint64_t offset, std::string_view piece);
    /// The answer is complete, with `size` bytes of body: whether they were right.
    bool finish(std::uint32_t connection, std::uint16_t kind, const requests::Identity& request,
                std::uint64_t size);
    /// It came to nothing.
    void forget(std::uint32_t connection);

    /// Answers that had to be decoded so far.
    std::uint64_t decoded() const { return decoded_; }

  private:
    /// A coded body that is known to be right.
    struct Variant {
        http::ContentCoding coding{};
        std::string bytes;
    };
    /// One that is being decoded.
    struct Decoding {
        http::ContentDecoder decoder;
        http::ContentCoding coding{};
        std::string came;        ///< kept as a variant, if it is right and not too long
        std::uint64_t size = 0;  ///< decoded so far
        bool keeps = false;
        bool is_right = true;
    };
    /// The answer that a connection is reading.
    struct Reading {
        std::uint32_t fitting = 0;  ///< bits of the variants that it may be
        std::uint16_t kind = 0;
        bool begun = false;
        std::unique_ptr<Decoding> decoding;
    };
    class Comparison;

    void begin(Reading& reading, std::uint16_t kind, http::ContentCoding coding);
    void begin_decoding(Reading& reading, http::ContentCoding coding);
    void decode(Reading& reading, const requests::Identity& request, std::string_view piece);
    /// The variants of `reading` that the piece fits as well.
    std::uint32_t still_fitting(const Reading& reading, std::uint64_t offset,
                                std::string_view piece) const;
    bool has_variant_of(const Reading& reading, std::uint64_t size) const;
    void keep(const Reading& reading);

    const std::vector<requests::RequestTemplate>& kinds_;
    bool compares_;
    std::vector<std::vector<Variant>> variants_;  // by kind
    std::size_t next_replaced_ = 0;
    std::vector<Reading> readings_;  // by connection
    std::vector<std::unique_ptr<Decoding>> idle_;
    std::uint64_t decoded_ = 0;
};

}  // namespace benchhost::load
