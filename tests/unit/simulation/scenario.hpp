// What is drawn for one simulated load: what is asked of the engine, and what its server is like.
#pragma once

#include "core/base/units.hpp"
#include "core/load/load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace benchhost::simulation {

/// What a server does with one request.
enum class Answer : std::uint8_t {
    right,
    last,  ///< right, with Connection: close
    wrong_body,
    wrong_status,
    malformed,
    cut,      ///< the stream ends within the answer
    stuck,    ///< half an answer, and nothing more
    dropped,  ///< the stream ends instead of an answer
    reset,    ///< a reset before the answer is complete
    never,
};

struct Fate {
    Answer answer = Answer::right;
    Nanoseconds delay{};  ///< from when the server takes it up to the last byte
    std::uint32_t pieces = 1;
};

/// What becomes of a connection that is being opened.
struct Opening {
    enum class What : std::uint8_t { accepted, refused, ignored } what = What::accepted;
    Nanoseconds delay{};
};

/// Everything that the server and the network do, decided by the number of a connection, of its
/// opening and of the request on it: whoever asks the same gets the same.
struct Character {
    std::uint64_t seed = 0;
    Nanoseconds wire{};  ///< each way
    Nanoseconds fastest{};
    Nanoseconds slowest{};
    double trouble = 0;        ///< share of requests that get no right answer
    double refusal = 0;        ///< share of openings that come to nothing
    double blocking = 0;       ///< share of writes of which the socket takes a part at first
    Nanoseconds idle_limit{};  ///< the server closes what has been idle for so long; 0: never

    Fate fate(std::uint32_t connection, std::uint32_t opening, std::uint32_t request) const;
    Opening opening(std::uint32_t connection, std::uint32_t opening) const;
    /// How long a write waits for room; 0: all of it is taken at once.
    Nanoseconds blocked(std::uint32_t connection, std::uint32_t opening,
                        std::uint32_t request) const;
};

struct Scenario {
    load::LoadSpec spec;
    Character server;
    Nanoseconds until_told{};            ///< from the end of the longest ramp
    std::optional<Nanoseconds> stopped;  ///< after the load began
    /// From so long after the load began, for so long, no load thread runs; a few events come in
    /// one batch. The reference knows nothing of it.
    std::optional<std::pair<Nanoseconds, Nanoseconds>> frozen = std::nullopt;
};

Scenario draw(std::uint64_t seed);

/// For whoever reads of a difference.
std::string describe(const Scenario& scenario);

}  // namespace benchhost::simulation
