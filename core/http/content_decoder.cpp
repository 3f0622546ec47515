#include "core/http/content_decoder.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace benchhost::http {

/// Decodes into pieces of one buffer.
class ContentDecoder::Codec {
  public:
    Codec() = default;
    virtual ~Codec() = default;
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;
    Codec(Codec&&) = delete;
    Codec& operator=(Codec&&) = delete;

    virtual void begin(ContentCoding coding) = 0;
    virtual bool decode(std::string_view coded, DecodedSink& sink) = 0;
    bool has_ended() const { return ended_; }

  protected:
    bool deliver(std::size_t size, DecodedSink& sink) {
        return size == 0 || sink.take({buffer_.data(), size});
    }

    std::array<char, std::size_t{32} * 1024> buffer_{};
    bool ended_ = false;
};

class ContentDecoder::Zlib final : public Codec {
  public:
    ~Zlib() override {
        if (begun_) {
            ::inflateEnd(&stream_);
        }
    }
    void begin(ContentCoding coding) override {
        constexpr int kGzip = 16 + MAX_WBITS;
        const int format = coding == ContentCoding::gzip ? kGzip : MAX_WBITS;
        sound_ = begun_ ? ::inflateReset2(&stream_, format) == Z_OK
                        : ::inflateInit2(&stream_, format) == Z_OK;
        begun_ = begun_ || sound_;
        ended_ = false;
    }
    bool decode(std::string_view coded, DecodedSink& sink) override {
        if (!sound_ || ended_ || coded.size() > std::numeric_limits<uInt>::max()) {
            return coded.empty();
        }
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
        stream_.avail_in = static_cast<uInt>(coded.size());
        for (;;) {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
            stream_.avail_out = static_cast<uInt>(buffer_.size());
            const int result = ::inflate(&stream_, Z_NO_FLUSH);
            ended_ = result == Z_STREAM_END;
            const bool waits = result == Z_BUF_ERROR && stream_.avail_in == 0;
            if ((result != Z_OK && !ended_ && !waits) ||
                !deliver(buffer_.size() - stream_.avail_out, sink)) {
                return false;
            }
            if (ended_) {
                return stream_.avail_in == 0;
            }
            if (stream_.avail_in == 0 && stream_.avail_out != 0) {
                return true;
            }
        }
    }

  private:
    z_stream stream_{};
    bool begun_ = false;
    bool sound_ = false;
};

class ContentDecoder::Brotli final : public Codec {
  public:
    void begin(ContentCoding /*there is one*/) override {
        state_.reset(::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
        ended_ = false;
    }
    bool decode(std::string_view coded, DecodedSink& sink) override {
        if (!state_ || ended_) {
            return coded.empty();
        }
        const auto* in = reinterpret_cast<const std::uint8_t*>(coded.data());
        std::size_t left = coded.size();
        for (;;) {
            auto* out = reinterpret_cast<std::uint8_t*>(buffer_.data());
            std::size_t room = buffer_.size();
            const auto result =
                ::BrotliDecoderDecompressStream(state_.get(), &left, &in, &room, &out, nullptr);
            ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
            if (result == BROTLI_DECODER_RESULT_ERROR || !deliver(buffer_.size() - room, sink)) {
                return false;
            }
            if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
                return left == 0;
            }
        }
    }

  private:
    struct Destroy {
        void operator()(BrotliDecoderState* state) const { ::BrotliDecoderDestroyInstance(state); }
    };
    std::unique_ptr<BrotliDecoderState, Destroy> state_;
};

class ContentDecoder::Zstd final : public Codec {
  public:
    Zstd() : context_(::ZSTD_createDCtx()) {}
    void begin(ContentCoding /*there is one*/) override {
        ::ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        ended_ = false;
    }
    bool decode(std::string_view coded, DecodedSink& sink) override {
        ZSTD_inBuffer in{coded.data(), coded.size(), 0};
        for (;;) {
            if (ended_ && in.pos == in.size) {
                return true;
            }
            if (ended_) {
                return false;
            }
            ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
            const std::size_t result = ::ZSTD_decompressStream(context_.get(), &out, &in);
            if (::ZSTD_isError(result) != 0 || !deliver(out.pos, sink)) {
                return false;
            }
            ended_ = result == 0;
            if (in.pos == in.size && out.pos < out.size) {
                return true;
            }
        }
    }

  private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context_;
};

ContentDecoder::ContentDecoder() = default;
ContentDecoder::~ContentDecoder() = default;
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&&) noexcept = default;

bool ContentDecoder::knows(ContentCoding coding) {
    return coding != ContentCoding::identity && coding != ContentCoding::other;
}

void ContentDecoder::begin(ContentCoding coding) {
    const auto use = [this](auto& codec) {
        if (codec == nullptr) {
            codec =
                std::make_unique<typename std::remove_reference_t<decltype(codec)>::element_type>();
        }
        codec_ = codec.get();
    };
    switch (coding) {
        case ContentCoding::br:
            use(brotli_);
            break;
        case ContentCoding::zstd:
            use(zstd_);
            break;
        default:
            use(zlib_);
    }
    codec_->begin(coding);
}

bool ContentDecoder::decode(std::string_view coded, DecodedSink& sink) {
    return codec_->decode(coded, sink);
}

bool ContentDecoder::has_ended() const { return codec_->has_ended(); }

}  // namespace benchhost::http
