// The connections of one load thread: a state machine each, driven by readiness.
#pragma once

#include "core/base/clock.hpp"
#include "core/base/described.hpp"
#include "core/http/head_cache.hpp"
#include "core/http/response_parser.hpp"
#include "core/load/engine/answer_parts.hpp"
#include "core/load/engine/coded_answers.hpp"
#include "core/load/engine/kernel.hpp"
#include "core/load/engine/request.hpp"
#include "core/load/engine/tally.hpp"
#include "core/load/engine/timer_heap.hpp"
#include "core/load/engine/traffic.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::load {

/// Told when a connection can take `requests` more: after an answer, or after a failure and its
/// back-off. Called on the load thread, from within Connections; may call submit().
class FreeListener {
  public:
    virtual ~FreeListener() = default;
    virtual void on_free(std::uint32_t connection, std::uint32_t requests, Instant now) = 0;
};

/// Owns `count` connections and everything they need; one thread. After construction nothing is
/// allocated, whatever the servers do, but for what compressed answers, flows and cookies need.
class Connections {
  public:
    /// `first` numbers the connections through the threads of a run, for the local addresses.
    Connections(const Traffic& traffic, Kernel kernel, Tally& tally, std::uint32_t first,
                std::uint32_t count);

    std::uint32_t size() const { return static_cast<std::uint32_t>(connections_.size()); }

    const Kernel& kernel() const { return kernel_; }
    Instant now() const { return kernel_.now(); }

    /// Opens connections ahead of the load, some at a time; true when each was tried.
    bool ramp(Instant now);
    std::uint32_t open_now() const { return open_now_; }

    /// Ends the ramp: every connection now has room for `pipeline` requests, and what becomes free
    /// later is reported to `listener`.
    void set_listener(FreeListener* listener) { listener_ = listener; }
    std::uint32_t pipeline() const { return traffic_.pipeline; }

    /// Hands over at most as many requests as were reported free: written at once when the
    /// connection is open, else it is opened first, after its back-off.
    void submit(std::uint32_t index, std::span<const PlannedRequest> requests, Instant now);

    /// Waits for events until `until` at the latest and deals with them. The stamp of the last one
    /// dealt with, or the time after waiting. After an absence of this thread all is dealt with
    /// that came meanwhile, and whoever has not answered by then has the time for it that nobody
    /// was here: neither is a timeout.
    Instant wait(Instant now, Instant until);
    /// Ends what is overdue and the back-offs that are over.
    void check_deadlines(Instant now);
    Instant next_deadline_check() const { return std::min(next_sweep_, retries_.next()); }

    std::uint32_t requests_in_flight() const { return requests_in_flight_; }
    /// How much time deadlines were given for absences of this thread, in all.
    Nanoseconds put_off() const { return put_off_; }
    /// The last request of the connection that has ended was answered rightly.
    bool was_right(std::uint32_t index) const { return connections_[index].was_right; }
    /// What its user remembers of earlier answers is gone.
    void forget_user(std::uint32_t index) {
        if (parts_) {
            parts_->forget_user(index);
        }
    }

    /// Compressed answers that had to be decoded.
    std::uint64_t decoded() const { return coded_ ? coded_->decoded() : 0; }
    /// Counts every request still in flight as unfinished and closes all connections.
    void abandon(Instant now);

  private:
    enum class State : std::uint8_t { closed, connecting, open };

    struct Connection {
        Kernel::Socket socket;
        std::uint32_t generation = 0;    // of the descriptor: tells late events of its predecessor
        std::uint64_t unsent_bytes = 0;  // of what is in flight
        std::uint16_t first_slot = 0;    // ring of `pipeline` slots
        std::uint16_t in_flight = 0;
        std::uint16_t unwritten = 0;  // of in_flight: waiting for the connection to open
        std::uint16_t freed = 0;      // slots not yet reported free
        std::uint32_t answers = 0;    // since it was opened
        std::uint8_t failures_in_row = 0;
        State state = State::closed;
        bool backing_off = false;
        bool used = false;      // a request was handed over since it was opened
        bool asked = false;     // a request was handed over, ever
        bool answered = false;  // an answer has come, ever
        bool wrong_body = false;
        bool was_right = false;  // the last that ended
        http::ResponseParser parser;
    };

    Request& slot(std::uint32_t index, std::uint32_t nth) {
        const Connection& connection = connections_[index];
        std::uint32_t place = connection.first_slot + nth;
        place -= place >= traffic_.pipeline ? traffic_.pipeline : 0;
        return slots_[std::size_t{index} * traffic_.pipeline + place];
    }
    const requests::RequestTemplate& kind_of(const Request& request) const {
        return traffic_.requests.kinds[request.kind];
    }
    requests::Identity identity_of(std::uint32_t index, const Request& request) const {
        return {request.number, first_ + index, traffic_.seed,
                parts_ ? parts_->of(index) : nullptr};
    }
    Request pop_slot(std::uint32_t index);
    void release(std::uint32_t index, Instant now);

    void open(std::uint32_t index, Instant now);
    void finish_connect(std::uint32_t index, Instant now);
    void opened(std::uint32_t index, Instant now);
    void close(std::uint32_t index);

    void write(std::uint32_t index, std::uint32_t requests, Instant now);
    void write_rest(std::uint32_t index, Instant now);
    std::string_view unsent(std::uint32_t index);
    std::string_view make_unsent(std::uint32_t index);
    std::uint64_t length_in_flight(std::uint32_t index);
    /// Of what is in flight not one byte was sent, when a write has just failed.
    bool none_has_left(std::uint32_t index);
    /// A part of a request that has been answered is still to be sent.
    bool was_answered_early(std::uint32_t index);

    struct Taken {
        std::size_t events = 0;
        Instant first, last;  ///< the stamps of what was dealt with; without any, the time
        /// The longest that this thread did nothing although it was due, until `back`: beyond what
        /// it had asked to sleep, or between two stamps.
        Nanoseconds away{};
        Instant back{};
    };
    Taken take_events(std::optional<Nanoseconds> timeout, Instant due);
    void stamp(Instant now) {
        if (now - taken_.last > taken_.away) {
            taken_.away = now - taken_.last;
            taken_.back = now;
        }
        taken_.first = taken_.first == Instant{} ? now : taken_.first;
        taken_.last = now;
    }
    void put_off_deadlines(Nanoseconds away, Instant back);
    void on_event(std::uint32_t index, std::uint32_t events);
    void read(std::uint32_t index, bool hung_up);
    bool take(std::uint32_t index, std::string_view data, Instant now);
    bool finish_answer(std::uint32_t index, std::string_view data, std::string_view rest,
                       Instant now);
    void compare(std::uint32_t index, const Request& asked, std::uint64_t offset,
                 std::string_view body);
    /// `seen`: what is wrong in words, where the bytes of the answer do not show it.
    std::optional<model::FailureClass> judge(std::uint32_t index, const Request& request,
                                             std::string& seen);
    void on_end(std::uint32_t index, Instant now);
    /// Whether what is in flight may be asked twice.
    bool may_ask_again(std::uint32_t index);
    /// Opens the connection anew for what is in flight on it.
    void ask_again(std::uint32_t index, Instant now);
    enum class Call : std::uint8_t { socket, connect, epoll_ctl, send, recv };
    BOOST_DESCRIBE_NESTED_ENUM(Call, socket, connect, epoll_ctl, send, recv)
    void on_error(std::uint32_t index, Call call, int error_number, Instant now);
    void expire(std::uint32_t index, Instant now);

    /// Fails every request of the connection, the first as `first`, the others as `others`, closes
    /// it, and has it reported free after its back-off. `seen` makes the text of an example, which
    /// only the first failure of a class is asked for.
    template <class Seen>
    void break_off(std::uint32_t index, model::FailureClass first, model::FailureClass others,
                   const Seen& seen, Instant now) {
        const Connection& connection = connections_[index];
        const bool asked = connection.in_flight != 0;
        connections_[index].was_right = connections_[index].was_right && !asked;
        for (model::FailureClass failure = first; connection.in_flight != 0; failure = others) {
            const Request request = pop_slot(index);
            if (tally_.failed(failure, request, now)) {
                tally_.set_example(failure, seen(), request.kind);
            }
        }
        close(index);
        if (asked) {
            back_off(index, now);
        }
    }
    void back_off(std::uint32_t index, Instant now);

    static constexpr std::size_t kReceiveBytes = std::size_t{64} * 1024;

    const Traffic& traffic_;
    Kernel kernel_;
    Tally& tally_;
    FreeListener* listener_ = nullptr;
    std::uint32_t first_;
    std::vector<Connection> connections_;
    std::vector<Request> slots_;
    /// By connection: when its oldest request, or its connecting, is overdue. Scanned as a whole a
    /// few dozen times a timeout, which costs less than a timer a request.
    std::vector<Instant> deadlines_;
    TimerHeap retries_;
    Nanoseconds sweep_period_;
    Nanoseconds put_off_{};
    Instant next_sweep_{};
    Taken taken_;  // of the batch of events being dealt with
    std::uint32_t ramp_next_ = 0;
    std::uint32_t connecting_now_ = 0;
    std::uint32_t open_now_ = 0;
    std::uint32_t round_trips_ = 0;  // that were asked for
    std::uint32_t requests_in_flight_ = 0;
    std::optional<CodedAnswers> coded_;   // where answers may be compressed
    std::optional<AnswerParts> parts_;    // where more of them counts
    std::vector<http::HeadCache> heads_;  // by kind of request
    std::unique_ptr<char[]> receive_buffer_;
    std::unique_ptr<char[]> send_buffer_;  // of traffic_.room bytes
};

}  // namespace benchhost::load
