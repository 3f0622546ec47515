// What a load is by the words of docs/measurement.md, without sockets, bytes or parsers: every
// request with its times, kept until the end. The engine has to come to the same.
#pragma once

#include "core/base/clock.hpp"
#include "core/load/engine/run_control.hpp"
#include "core/load/schedule.hpp"
#include "core/load/shares.hpp"
#include "core/model/failure.hpp"
#include "tests/unit/simulation/scenario.hpp"
#include "tests/unit/simulation/world.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace benchhost::simulation {

/// One request from its plan to its end.
struct Request {
    enum class End : std::uint8_t { none, shed, unsent, right, failed, unfinished } end = End::none;
    Instant planned{};
    Instant handed = kNever;  ///< to a connection
    Instant ended = kNever;
    bool reused = false;  ///< not the first on its connection
    model::FailureClass failure{};
    std::vector<std::pair<Instant, Instant>> on_wire{};
    std::size_t asked_again = 0;  ///< so many of the stays on the wire ended with that
    std::uint64_t bytes = 0;      ///< of its answer
};

/// What happened to all connections of one thread.
struct ThreadAccount {
    std::deque<Request> requests;
    std::uint64_t opened = 0;
    std::uint64_t opened_in_ramp = 0;
    std::uint64_t closed_by_server = 0;
    std::uint64_t asked = 0;
    std::uint64_t never_answered = 0;
    std::uint64_t asked_again = 0;
    bool malformed = false;  ///< how much of an answer was taken is then not told
};

class Reference {
  public:
    Reference(const Scenario& scenario, load::ThreadShare share);

    ThreadAccount run();

  private:
    enum class State : std::uint8_t { closed, connecting, open };
    struct Connection {
        State state = State::closed;
        std::uint32_t generation = 0;
        std::deque<std::size_t> in_flight;  // of account_.requests; unwritten unless it is open
        Instant deadline = kNever;
        unsigned failures_in_row = 0;
        bool backs_off = false;
        bool used = false;
        bool kept = false;
        bool started = false;  // an answer
        bool asked = false;
        bool answered = false;
        std::uint32_t freed = 0;
    };

    // The loop.
    void ramp_up();
    bool open_some();
    void wait(Instant until);
    void notice(const Happening& happening);
    void check_deadlines();
    Instant next_border() const;
    void carry_load();
    void abandon();

    // Connections.
    void submit(std::uint32_t index, const std::vector<std::size_t>& requests);
    void open(std::uint32_t index);
    void opened(std::uint32_t index);
    void close(std::uint32_t index);
    void answered(std::uint32_t index, Answer answer);
    void stream_ended(std::uint32_t index);
    void ask_again(std::uint32_t index);
    void break_off(std::uint32_t index, model::FailureClass first, model::FailureClass others);
    void break_off(std::uint32_t index, model::FailureClass all) { break_off(index, all, all); }
    void end(std::size_t request, Request::End how, model::FailureClass failure = {});
    void release(std::uint32_t index);

    // The models of load.
    void begin_load();
    Instant on_time();
    Instant open_on_time();
    Instant users_on_time();
    void on_free(std::uint32_t index, std::uint32_t count);
    void next_due();
    Instant spawn_time(std::uint32_t user) const;
    std::size_t plan(Instant planned);
    std::vector<std::size_t> plan_now(std::uint32_t count);
    template <class Model>
    const Model* load_as() const {
        return std::get_if<Model>(&spec_.model);
    }

    const Scenario& scenario_;
    const load::LoadSpec& spec_;
    load::ThreadShare share_;
    load::Portion portion_;
    World world_;
    Instant now_;
    load::RunPlan plan_;
    ThreadAccount account_;
    std::vector<Connection> connections_;
    std::set<std::pair<Instant, std::uint32_t>> retries_;
    Instant next_sweep_{};
    std::uint32_t ramped_ = 0;
    std::uint32_t connecting_ = 0;
    bool loaded_ = false;  // the ramp is over
    bool begun_ = false;   // closed: the first requests are on their way
    std::size_t under_way_ = 0;

    // rate
    std::optional<load::Schedule> schedule_;
    Instant due_ = kNever;
    std::deque<std::uint32_t> idle_;
    std::deque<std::size_t> queue_;
    std::size_t room_ = 0;
    // users
    std::mt19937_64 random_;
    std::uint32_t spawned_ = 0;
    std::set<std::pair<Instant, std::uint32_t>> thinking_;
};

}  // namespace benchhost::simulation
