// Undoes a content coding, piece by piece.
#pragma once

#include "core/http/content_coding.hpp"

#include <memory>
#include <string_view>

namespace benchhost::http {

/// What takes the decoded pieces; each is gone when it returns.
class DecodedSink {
  public:
    virtual ~DecodedSink() = default;
    /// False: nothing more is wanted.
    virtual bool take(std::string_view decoded) = 0;
};

/// One body at a time. Its memory is kept from one to the next.
class ContentDecoder {
  public:
    ContentDecoder();
    ~ContentDecoder();
    ContentDecoder(ContentDecoder&&) noexcept;
    ContentDecoder& operator=(ContentDecoder&&) noexcept;
    ContentDecoder(const ContentDecoder&) = delete;
    ContentDecoder& operator=(const ContentDecoder&) = delete;

    /// Whether bodies so coded can be decoded.
    static bool knows(ContentCoding coding);

    /// Ready for a body so coded.
    void begin(ContentCoding coding);
    /// False: it is not so coded, something follows its end, or the sink wants nothing more.
    bool decode(std::string_view coded, DecodedSink& sink);
    /// The body was whole.
    bool has_ended() const;

  private:
    class Codec;
    class Zlib;
    class Brotli;
    class Zstd;
    std::unique_ptr<Zlib> zlib_;
    std::unique_ptr<Brotli> brotli_;
    std::unique_ptr<Zstd> zstd_;
    Codec* codec_ = nullptr;  // one of these
};

}  // namespace benchhost::http
