// What the engine counts of a load and results.json tells as it was counted.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>

namespace benchhost::model {

struct Connections {
    std::uint64_t opened = 0;            ///< in the whole run, ramp and warm-up included
    std::uint64_t reused_requests = 0;   ///< of the window: not the first on their connection
    std::uint64_t closed_by_server = 0;  ///< in the whole run
    /// Connections (users) that were asked anything in the whole run, and those of them that never
    /// got an answer. One that is opened again counts as the same. Absent in older files.
    std::optional<std::uint64_t> asked = std::nullopt, never_answered = std::nullopt;
    /// Requests that were sent again in the whole run, because the server had closed the kept
    /// connection before they came (RFC 9112, section 9.3.1). Absent in older files.
    std::optional<std::uint64_t> asked_again = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(Connections, (),
                      (opened, reused_requests, closed_by_server, asked, never_answered,
                       asked_again))

/// Of the answers to the window's requests.
struct Bytes {
    std::uint64_t received = 0;  ///< on the wire, headers included, of right and wrong answers
    std::uint64_t body = 0;      ///< of verified answers
};
BOOST_DESCRIBE_STRUCT(Bytes, (), (received, body))

}  // namespace benchhost::model
