// One request by hand: readiness, and what a route really answers before it is measured.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/load/failure.hpp"
#include "core/load/load.hpp"

#include <string>
#include <utility>
#include <vector>

namespace benchhost::load {

struct ProbeReport {
    unsigned status = 0;
    unsigned http_minor = 1;                                   ///< HTTP/1.<minor>
    std::vector<std::pair<std::string, std::string>> headers;  ///< as sent, in order
    std::string body;                                          ///< decoded (chunked removed)
    std::uint64_t wire_bytes = 0;
    bool keeps_alive = false;  ///< the answer lets the connection be used again
    Nanoseconds took{};        ///< from the connect to the last byte
};

struct ProbeFailure {
    FailureClass failure = FailureClass::timeout;
    std::string seen;  ///< errno in words, or what was answered
};

/// Called by value() on a failure, which is a bug outside of tests.
[[noreturn]] void throw_exception_from_error(const ProbeFailure& failure,
                                             const boost::source_location& where);

/// Fetches target.path once on a connection of its own, sends `Connection: close` unless
/// `keep_alive`, and closes it. Blocks for at most `timeout`. Bytes after the end of the answer are
/// a malformed answer; a body beyond 256 MiB is a bad length.
boost::system::result<ProbeReport, ProbeFailure> probe(const Target& target, Nanoseconds timeout,
                                                       bool keep_alive = false);

}  // namespace benchhost::load
