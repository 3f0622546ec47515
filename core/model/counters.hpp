// What the engine counts of a load and results.json tells as it was counted.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>

namespace benchhost::model {

struct Connections {
    std::uint64_t opened = 0;            ///< in the whole run, ramp and warm-up included
    std::uint64_t reused_requests = 0;   ///< of the window: not the first on their connection
    std::uint64_t closed_by_server = 0;  ///< in the whole run
};
BOOST_DESCRIBE_STRUCT(Connections, (), (opened, reused_requests, closed_by_server))

/// Of the answers to the window's requests.
struct Bytes {
    std::uint64_t received = 0;  ///< on the wire, headers included, of right and wrong answers
    std::uint64_t body = 0;      ///< of verified answers
};
BOOST_DESCRIBE_STRUCT(Bytes, (), (received, body))

}  // namespace benchhost::model
