// The engine, its connections and the server of a simulated trial, in simulated time.
#pragma once

#include "core/load/engine/tally.hpp"
#include "core/load/schedule.hpp"
#include "tests/unit/truth/processors.hpp"
#include "tests/unit/truth/world.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace benchhost::truth {

enum class Fate { under_way, right, wrong, dropped, hung, refused, unfinished, never_sent };

struct Request {
    Time planned = 0;
    Time written = kNoTime;
    Time ended = kNoTime;
    Fate fate = Fate::under_way;
};

class EventLoop {
  public:
    explicit EventLoop(const World& world);
    void run();

    Window window() const { return window_; }
    const load::Tally& tally() const { return tally_; }
    const std::vector<Request>& requests() const { return requests_; }
    const std::vector<Usage>& server() const { return processors_.used(); }
    const Usage& client() const { return client_; }
    Time late() const { return late_; }
    std::uint64_t asked() const { return asked_; }
    std::uint64_t never_answered() const { return never_answered_; }

  private:
    enum class What { due, think_over, arrives, answer, refusal, connected, deadline, retry };
    struct Event {
        Time at = 0;
        std::uint64_t order = 0;
        What what = What::due;
        std::uint32_t connection = 0;
        std::uint32_t generation = 0;
        std::size_t request = 0;
        Fate fate = Fate::right;
        bool begun = false;  // the generator's thread has come to it
        bool operator>(const Event& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    struct Connection {
        bool open = false;
        bool served = false;
        bool asked = false, answered = false, used = false;
        bool answer_lies_there = false;
        unsigned failures_in_row = 0;
        std::uint32_t generation = 0;
        std::optional<std::size_t> request;
        bool at_server = false;  // its request waits for the connection to be served
    };

    void push(Event event) {
        event.order = order_++;
        events_.push(event);
    }
    void start();
    void push_next_due();
    bool is_over(Time now) const;
    bool waits_for_thread(Event event);
    void handle(const Event& event);
    void due(const Event& event);
    void plan(std::uint32_t connection, Time planned, Time now);
    void submit(std::uint32_t connection, std::size_t request, Time now);
    void open(std::uint32_t connection, Time now);
    void connected(std::uint32_t connection, Time now);
    void write(std::uint32_t connection, Time now);
    void admit_next(Time now);
    void process(std::uint32_t connection, Time now);
    void answered(const Event& event);
    void fail(std::uint32_t connection, Fate fate, Time now);
    void close(std::uint32_t connection, Time now);
    void free(std::uint32_t connection, Time now);
    void abandon(Time now);

    Instant instant(Time time) const { return kStart + Nanoseconds(time); }
    load::Request times_of(const Request& request) const {
        return {instant(request.planned),
                request.written == kNoTime ? kNever : instant(request.written)};
    }
    template <class Model>
    const Model* load_as() const {
        return std::get_if<Model>(&world_.load);
    }

    static constexpr Instant kStart{std::chrono::seconds(100)};

    const World& world_;
    Window window_;
    Time drain_end_;
    Draw draw_;
    Processors processors_;
    load::Tally tally_;
    std::optional<load::Schedule> schedule_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t order_ = 0;
    std::vector<Connection> connections_;
    std::vector<Request> requests_;
    std::deque<std::uint32_t> idle_;  // of an open loop
    std::deque<std::size_t> queue_;   // likewise: due, and no connection is free
    std::size_t room_ = 1024;         // in the queue
    std::deque<std::pair<std::uint32_t, std::uint32_t>> backlog_;  // connection and generation
    unsigned served_ = 0;
    std::size_t under_way_ = 0;
    Time thread_free_ = 0;
    Usage client_;
    Time late_ = 0;
    std::uint64_t asked_ = 0, never_answered_ = 0;
};

}  // namespace benchhost::truth
