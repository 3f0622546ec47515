// Does a server do for each request what every other row does for it? (docs/fairness.md)
#pragma once

#include "core/conformance/findings.hpp"
#include "core/conformance/subject.hpp"

#include <optional>
#include <string>

namespace benchhost::conformance {

/// The file is changed between two requests of one connection, its length the same.
Finding check_file_is_read(Subject& subject);

/// A Date header field, if one is sent, moves with time.
Finding check_date(Subject& subject);

/// The server declares itself production, tuned or raw.
Finding check_class(const std::optional<std::string>& declared_class);

/// /json costs more processor time than /text with the same bytes. No nonce can show that: what is
/// given once is answered alike, serialised or kept. The subject's payload has a JSON large enough
/// to tell.
Finding check_json_is_serialised(Subject& subject);
/// Members of the JSON for that: some 55 KB, as some servers have fixed buffers of 64 KiB.
inline constexpr std::size_t kTellingJsonMembers = 900;

}  // namespace benchhost::conformance
