// The network and the server of a simulated load, as discrete events (Banks et al., Discrete-Event
// System Simulation, chapter 3).
#pragma once

#include "core/base/clock.hpp"
#include "tests/unit/simulation/scenario.hpp"

#include <array>
#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::simulation {

/// What a client notices.
struct Happening {
    enum class What : std::uint8_t {
        connected,
        refused,
        writable,  ///< there is room again for what a write had left
        bytes,     ///< of an answer, without its end
        answer,    ///< the last bytes of an answer
        end,       ///< of the stream
        reset,
    } what = What::connected;
    std::uint32_t index = 0;  ///< of the connection, as the client numbers it
    Answer answer = Answer::right;
    std::string_view bytes{};
};

/// One thread's. Time is what the caller says it is, and never goes back.
class World {
  public:
    /// The client's connection 0 is number `first` of the load.
    World(const Scenario& scenario, std::uint32_t first, std::uint32_t connections);

    void connect(std::uint32_t index, Instant now);
    void request(std::uint32_t index, std::uint32_t count, Instant now);
    void hang_up(std::uint32_t index);

    /// Until when the socket takes nothing more.
    Instant blocked_until(std::uint32_t index) const { return lines_[index].blocked_until; }
    /// The server had closed the connection before the last request came.
    bool lost_last(std::uint32_t index) const {
        return lines_[index].requests != lines_[index].arrived;
    }

    /// kNever when nothing more will happen by itself.
    Instant next() const { return events_.empty() ? kNever : events_.top().at; }
    /// All that has happened by `now`, by connection.
    const std::vector<Happening>& take(Instant now);

  private:
    struct Line {
        std::uint32_t generation = 0;  // of the connection: who has hung up notices nothing
        std::uint32_t openings = 0;
        std::uint32_t requests = 0;
        std::uint32_t arrived = 0;
        Instant blocked_until{};
        Instant server_free{};
        bool served = false;  // the server takes part in this connection
    };
    enum class Rank : std::uint8_t { arrives, idle, noticed };
    struct Event {
        Instant at;
        Rank rank;
        std::uint32_t generation;
        std::uint64_t sequence;
        std::uint32_t arrived;  // idle: since then nothing has come; arrives: how many come
        Happening happening;
        bool operator<(const Event& other) const;  // for a queue whose top is the earliest
    };

    void push(Instant at, Rank rank, std::uint32_t arrived, const Happening& happening);
    void notice(Instant at, std::uint32_t index, Happening::What what,
                Answer answer = Answer::right, std::string_view bytes = {});
    void handle(const Event& event);
    void serve(std::uint32_t index, Instant now);
    void answer_in_pieces(std::uint32_t index, const Fate& fate, Instant begin, Instant done);
    void watch_idleness(std::uint32_t index, Instant since);
    std::string_view text_of(Answer answer) const {
        return texts_[static_cast<std::size_t>(answer)];
    }

    const Character& server_;
    std::uint32_t first_;
    std::array<std::string, static_cast<std::size_t>(Answer::never) + 1> texts_;
    std::vector<Line> lines_;
    std::priority_queue<Event> events_;
    std::uint64_t sequence_ = 0;
    std::vector<Happening> taken_;
};

}  // namespace benchhost::simulation
