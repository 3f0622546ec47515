#include "core/load/engine/connections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace benchhost::load {
namespace {

constexpr Nanoseconds kLeastSweep = std::chrono::milliseconds(1);
constexpr Nanoseconds kMostSweep = std::chrono::milliseconds(20);
constexpr int kSweepsPerTimeout = 64;
constexpr Nanoseconds kFirstBackOff = std::chrono::milliseconds(1);
constexpr unsigned kMostDoublings = 8;  // 256 ms
// So many of the first connections tell how long a round trip takes.
constexpr std::uint32_t kEnoughRoundTrips = 8;

Nanoseconds pause_after(unsigned failures_in_row) {
    if (failures_in_row <= 1) {
        return {};
    }
    return kFirstBackOff * (1U << std::min(failures_in_row - 2, kMostDoublings));
}

}  // namespace

Connections::Connections(const Traffic& traffic, Kernel kernel, Tally& tally, std::uint32_t first,
                         std::uint32_t count)
    : traffic_(traffic),
      kernel_(std::move(kernel)),
      tally_(tally),
      first_(first),
      connections_(count),
      slots_(std::size_t{count} * traffic.pipeline),
      deadlines_(count, kNever),
      retries_(count),
      sweep_period_(std::clamp(traffic.timeout / kSweepsPerTimeout, kLeastSweep, kMostSweep)),
      heads_(traffic.requests.kinds.size()),
      receive_buffer_(std::make_unique<char[]>(kReceiveBytes)),
      send_buffer_(std::make_unique<char[]>(traffic.room)) {
    if (traffic.accepts_codings && traffic.verify != model::Verify::status) {
        coded_.emplace(traffic.requests.kinds, count, traffic.verify == model::Verify::full);
    }
    if (AnswerParts::are_needed(traffic)) {
        parts_.emplace(traffic, count);
    }
}

bool Connections::ramp(Instant now) {
    while (ramp_next_ < size() && connecting_now_ < traffic_.connecting_at_once) {
        open(ramp_next_++, now);
    }
    return ramp_next_ == size() && connecting_now_ == 0;
}

void Connections::release(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    if (connection.freed != 0 && !connection.backing_off && listener_ != nullptr) {
        listener_->on_free(index, std::exchange(connection.freed, std::uint16_t{0}), now);
    }
}

void Connections::open(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    const http::SocketAddress* local =
        traffic_.locals.empty() ? nullptr
                                : &traffic_.locals[(first_ + index) % traffic_.locals.size()];
    connection.socket = kernel_.open_stream(traffic_.remote, local);
    ++connection.generation;
    connection.state = State::connecting;
    ++connecting_now_;
    deadlines_[index] = now + traffic_.timeout;
    const std::uint64_t key = (std::uint64_t{connection.generation} << 32U) | index;
    // Connected first and added then, so that the edge of a connection already made is not missed.
    if (!connection.socket.is_open()) {
        on_error(index, Call::socket, errno, now);
    } else if (!kernel_.connect(connection.socket, traffic_.remote)) {
        on_error(index, Call::connect, errno, now);
    } else if (!kernel_.watch(connection.socket, key)) {
        on_error(index, Call::epoll_ctl, errno, now);
    }
}

void Connections::finish_connect(std::uint32_t index, Instant now) {
    if (const int error_number = kernel_.connect_error(connections_[index].socket)) {
        on_error(index, Call::connect, error_number, now);
        return;
    }
    opened(index, now);
}

void Connections::opened(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    connection.state = State::open;
    --connecting_now_;
    ++open_now_;
    tally_.opened();
    if (round_trips_ < kEnoughRoundTrips) {
        ++round_trips_;
        tally_.round_trip(kernel_.round_trip(connection.socket));
    }
    const Instant asked_until = std::exchange(deadlines_[index], kNever);
    if (connection.unwritten == 0) {
        return;
    }
    const std::uint32_t unwritten = std::exchange(connection.unwritten, std::uint16_t{0});
    tally_.written(unwritten, now);
    for (std::uint32_t i = 0; i < connection.in_flight; ++i) {
        slot(index, i).written = now;
    }
    // A request has one timeout, of which the opening may have taken a part.
    deadlines_[index] = std::max(asked_until, slot(index, 0).planned + traffic_.timeout);
    write(index, unwritten, now);
}

void Connections::close(std::uint32_t index) {
    Connection& connection = connections_[index];
    if (connection.state == State::connecting) {
        --connecting_now_;
    } else if (connection.state == State::open) {
        --open_now_;
    }
    connection.socket.reset();
    ++connection.generation;
    connection.state = State::closed;
    connection.unsent_bytes = 0;
    connection.unwritten = 0;
    connection.used = false;
    connection.answers = 0;
    connection.wrong_body = false;
    connection.parser.reset();
    if (coded_) {
        coded_->forget(index);
    }
    if (parts_) {
        parts_->forget_answer(index);
    }
    deadlines_[index] = kNever;
}

Instant Connections::wait(Instant now, Instant until) {
    const bool owed = requests_in_flight_ != 0;
    const auto look = [&](std::optional<Nanoseconds> timeout, Instant due) {
        const Taken taken = take_events(timeout, due);
        tally_.absence(taken.away, taken.back, owed);
        if (taken.away > kMostSweep) [[unlikely]] {
            put_off_deadlines(taken.away, taken.back);
        }
        return taken;
    };
    Taken taken = look(until == kNever ? std::nullopt : std::optional<Nanoseconds>(until - now),
                       std::max(now, until));
    const Nanoseconds lag = taken.last - taken.first;
    tally_.loop_lag(lag, taken.last);
    if (taken.away > kMostSweep || lag > kMostSweep) [[unlikely]] {
        // Whoever is ready comes to its turn within so many batches.
        const std::size_t most = size() / Kernel::kBatch + 1;
        for (std::size_t i = 0; i < most && taken.events != 0; ++i) {
            taken = look(Nanoseconds{}, taken.last);
        }
    }
    return taken.last;
}

Connections::Taken Connections::take_events(std::optional<Nanoseconds> timeout, Instant due) {
    const std::size_t ready = kernel_.wait(timeout);
    taken_ = {ready, Instant{}, due, {}, {}};
    const epoll_event* events = kernel_.events();
    for (std::size_t i = 0; i < ready; ++i) {
        const std::uint64_t key = events[i].data.u64;
        const auto index = static_cast<std::uint32_t>(key & 0xffffffffU);
        if (connections_[index].generation == static_cast<std::uint32_t>(key >> 32U)) {
            on_event(index, events[i].events);
        }
    }
    if (taken_.first == Instant{}) {
        stamp(kernel_.now());
    }
    return taken_;
}

// Those that were set before it.
void Connections::put_off_deadlines(Nanoseconds away, Instant back) {
    put_off_ += away;
    for (Instant& deadline : deadlines_) {
        if (deadline < back + traffic_.timeout) {
            deadline += away;
        }
    }
}

void Connections::on_event(std::uint32_t index, std::uint32_t events) {
    Connection& connection = connections_[index];
    if (connection.state == State::connecting) [[unlikely]] {
        finish_connect(index, kernel_.now());
        if (connection.state != State::open) {
            return;
        }
    }
    if (connection.unsent_bytes != 0 && (events & EPOLLOUT) != 0) [[unlikely]] {
        write_rest(index, kernel_.now());
    }
    constexpr std::uint32_t kHungUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if ((events & (EPOLLIN | kHungUp)) != 0 && connection.state == State::open) {
        read(index, (events & kHungUp) != 0);
    }
}

void Connections::on_error(std::uint32_t index, Call call, int error_number, Instant now) {
    const Connection& connection = connections_[index];
    model::FailureClass first = model::FailureClass::reset_before_answer;
    model::FailureClass others = model::FailureClass::reset_before_answer;
    if (connection.state == State::connecting) {
        first = others = http::connect_failure(error_number, traffic_.remote.family() == AF_UNIX);
    } else {
        tally_.closed_by_server();
        // A write finds a reset connection as well as a read does: which of them comes first is
        // chance, so both count as the reset.
        const bool reset = error_number == ECONNRESET || error_number == EPIPE;
        if (call == Call::send && reset && connection.answers != 0 && connection.in_flight == 1 &&
            none_has_left(index) && may_ask_again(index)) {
            ask_again(index, now);
            return;
        }
        if (call == Call::send && !reset) {
            first = others = model::FailureClass::write_error;
        } else if (connection.parser.started()) {
            first = model::FailureClass::reset_in_answer;
        }
    }
    const auto in_words = [&] {
        return fmt::format("{}: {}", boost::describe::enum_to_string(call, ""),
                           std::strerror(error_number));
    };
    break_off(index, first, others, in_words, now);
}

void Connections::back_off(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    if (connection.failures_in_row < std::numeric_limits<std::uint8_t>::max()) {
        ++connection.failures_in_row;
    }
    connection.backing_off = true;
    retries_.push(now + pause_after(connection.failures_in_row), index);
}

void Connections::expire(std::uint32_t index, Instant now) {
    const Connection& connection = connections_[index];
    const double limit = to_milliseconds(traffic_.timeout);
    if (connection.state == State::connecting) {
        break_off(
            index, model::FailureClass::connect_timeout, model::FailureClass::connect_timeout,
            [&] { return fmt::format("no connection within {} ms", limit); }, now);
        return;
    }
    const auto seen = [&, &parser = connection.parser] {
        return parser.started()
                   ? fmt::format("no complete answer within {} ms: status {}, {} bytes of body{}",
                                 limit, parser.status(), parser.body_received(),
                                 parser.until_close() ? http::kUntilClose : "")
                   : fmt::format("no answer within {} ms", limit);
    };
    break_off(index, model::FailureClass::timeout, model::FailureClass::timeout, seen, now);
}

void Connections::check_deadlines(Instant now) {
    while (retries_.is_due(now)) {
        const std::uint32_t index = retries_.pop().connection;
        connections_[index].backing_off = false;
        if (connections_[index].unwritten != 0) {
            open(index, now);
        }
        release(index, now);
    }
    if (now < next_sweep_) {
        return;
    }
    next_sweep_ = now + sweep_period_;
    for (std::uint32_t index = 0; index < size(); ++index) {
        if (deadlines_[index] <= now) {
            expire(index, now);
        }
    }
}

void Connections::abandon(Instant now) {
    for (std::uint32_t index = 0; index < size(); ++index) {
        close(index);
        while (connections_[index].in_flight != 0) {
            tally_.unfinished(pop_slot(index), now);
        }
        if (connections_[index].asked) {
            tally_.asked(connections_[index].answered);
        }
    }
}

}  // namespace benchhost::load
