// One connection by hand: bytes out, answers in. For probing and checking, never for measuring.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/base/units.hpp"
#include "core/http/content_coding.hpp"
#include "core/http/target.hpp"
#include "core/model/failure.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::http {

/// One answer, as it came.
struct ProbeReport {
    unsigned status = 0;
    unsigned http_minor = 1;                                   ///< HTTP/1.<minor>
    std::vector<std::pair<std::string, std::string>> headers;  ///< as sent, in order
    std::string body;              ///< chunking removed; empty where it was only counted
    std::uint64_t body_bytes = 0;  ///< how many bytes the body had, kept or not
    std::uint64_t wire_bytes = 0;
    std::string beginning;     ///< its first bytes, printable, for a message
    bool keeps_alive = false;  ///< the answer lets the connection be used again
    Nanoseconds took{};        ///< probe(): from the connect to the last byte
    ContentCoding coding = ContentCoding::identity;  ///< of `body`, which is as it came
};

struct ProbeFailure {
    model::FailureClass failure = model::FailureClass::timeout;
    std::string seen;  ///< errno in words, or what was answered
};

/// Called by value() on a failure, which is a bug outside of tests.
[[noreturn]] void throw_exception_from_error(const ProbeFailure& failure,
                                             const boost::source_location& where);

template <class T>
using ProbeResult = boost::system::result<T, ProbeFailure>;

/// What becomes of a body: `kept`, a body beyond 256 MiB being a bad length, or only `counted`,
/// however large it is.
enum class BodyUse { kept, counted };

/// How long one step may take, and until when.
struct Deadline {
    static Deadline after(Nanoseconds allowed);
    Nanoseconds allowed{};
    std::chrono::steady_clock::time_point at;
};

/// Blocks within deadlines; closes with its scope. One thread.
class RawConnection {
  public:
    static ProbeResult<RawConnection> open(const Target& target, const Deadline& deadline);

    /// True, or false when the server has already reset the connection: that is no failure yet,
    /// since its answer may have come before.
    ProbeResult<bool> send(std::string_view bytes, const Deadline& deadline);

    /// The next answer, from what was left over by the one before and what comes. `head_request`:
    /// it has no body.
    ProbeResult<ProbeReport> read_answer(const Deadline& deadline, bool head_request = false,
                                         BodyUse body_use = BodyUse::kept);

    /// Acknowledges what has come, with which the kernel may take its time (40 ms).
    void acknowledge();

    /// Bytes that came after the last answer and have not been read as another one.
    std::size_t left_over() const { return left_over_.size(); }

    /// Whether anything can be read, the end of the stream included.
    bool is_readable_by(const Deadline& deadline) const;

    /// Nothing else may be called afterwards.
    void close() { socket_.reset(); }

    /// Whether the server closes (or resets) the connection. What it sends until then counts as
    /// left over.
    bool is_closed_by(const Deadline& deadline);

  private:
    explicit RawConnection(UniqueFd socket) : socket_(std::move(socket)) {}

    UniqueFd socket_;
    std::string left_over_;
    int send_error_ = 0;  ///< what send() met; the kernel tells of a reset only once
};

}  // namespace benchhost::http
