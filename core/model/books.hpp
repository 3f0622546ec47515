// What became of the requests of a load.
#pragma once

#include "core/base/described.hpp"

#include <cstdint>

namespace benchhost::model {

/// The books of one measured window: planned = sent + shed + unsent and
/// sent = ok + failed.total() + unfinished. In a closed loop and with users, planned = sent.
struct Books {
    std::uint64_t planned = 0;
    std::uint64_t sent = 0;
    std::uint64_t shed = 0;    ///< due, but the queue was full
    std::uint64_t unsent = 0;  ///< due, still queued at the end
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t unfinished = 0;  ///< sent, no answer within the drain
    bool balance() const {
        return planned == sent + shed + unsent && sent == ok + failed + unfinished;
    }
};
BOOST_DESCRIBE_STRUCT(Books, (), (planned, sent, shed, unsent, ok, failed, unfinished))

}  // namespace benchhost::model
