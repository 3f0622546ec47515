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

/// The books of one measured window by the time at which requests ended, wherever they had begun:
/// under_way_at_start + begun = ok + failed + under_way_at_end. A request is under way from the
/// moment it is handed to a connection, which may have to be opened first, until it is answered,
/// has failed or is given up.
struct EndBooks {
    std::uint64_t under_way_at_start = 0;
    std::uint64_t begun = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t under_way_at_end = 0;
    /// Planned before the window and not ended in it: nobody can say how they would have ended.
    std::uint64_t throughout = 0;
    bool balance() const { return under_way_at_start + begun == ok + failed + under_way_at_end; }
};
BOOST_DESCRIBE_STRUCT(EndBooks, (),
                      (under_way_at_start, begun, ok, failed, under_way_at_end, throughout))

}  // namespace benchhost::model
