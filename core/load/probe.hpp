// One request by hand: readiness, and what a route really answers before it is measured.
#pragma once

#include "core/load/raw_connection.hpp"

namespace benchhost::load {

/// Fetches target.path once on a connection of its own, sends `Connection: close` unless
/// `keep_alive`, and closes it. Blocks for at most `timeout`. Bytes after the end of the answer are
/// a malformed answer; a body beyond 256 MiB is a bad length.
ProbeResult<ProbeReport> probe(const Target& target, Nanoseconds timeout, bool keep_alive = false);

}  // namespace benchhost::load
