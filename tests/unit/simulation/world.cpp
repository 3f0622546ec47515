#include "tests/unit/simulation/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace benchhost::simulation {
namespace {

std::string text(unsigned status, bool closes, const std::string& body) {
    return fmt::format("HTTP/1.1 {} x\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                       closes ? "Connection: close\r\n" : "", body);
}

}  // namespace

World::World(const Scenario& scenario, std::uint32_t first, std::uint32_t connections)
    : server_(scenario.server), first_(first), lines_(connections) {
    const std::string right = scenario.spec.expectation.body.value_or("");
    std::string wrong = right;
    wrong.back() = 'b';
    const auto set = [&](Answer answer, std::string bytes) {
        texts_[static_cast<std::size_t>(answer)] = std::move(bytes);
    };
    const std::string whole = text(200, false, right);
    set(Answer::right, whole);
    set(Answer::last, text(200, true, right));
    set(Answer::wrong_body, text(200, false, wrong));
    set(Answer::wrong_status, text(500, false, right));
    set(Answer::malformed, "garbage");
    set(Answer::cut, whole.substr(0, whole.size() - 1));
    set(Answer::stuck, whole.substr(0, whole.size() / 2));
    set(Answer::reset, whole);
}

bool World::Event::operator<(const Event& other) const {
    return std::tie(at, rank, happening.index, sequence) >
           std::tie(other.at, other.rank, other.happening.index, other.sequence);
}

void World::push(Instant at, Rank rank, std::uint32_t arrived, const Happening& happening) {
    events_.push({at, rank, lines_[happening.index].generation, sequence_++, arrived, happening});
}

void World::notice(Instant at, std::uint32_t index, Happening::What what, Answer answer,
                   std::string_view bytes) {
    push(at, Rank::noticed, 0, {what, index, answer, bytes});
}

void World::connect(std::uint32_t index, Instant now) {
    Line& line = lines_[index];
    const Opening opening = server_.opening(first_ + index, line.openings);
    line = {line.generation + 1, line.openings + 1, 0, 0, {}, {}, false};
    const Instant at = now + opening.delay;
    if (opening.what == Opening::What::accepted) {
        line.served = true;
        notice(at, index, Happening::What::connected);
        watch_idleness(index, at);
    } else if (opening.what == Opening::What::refused) {
        notice(at, index, Happening::What::refused);
    }
}

void World::hang_up(std::uint32_t index) {
    ++lines_[index].generation;
    lines_[index].served = false;
}

// What is written while there is no room goes when there is some.
void World::request(std::uint32_t index, std::uint32_t count, Instant now) {
    Line& line = lines_[index];
    if (now > line.blocked_until) {
        const auto blocked = server_.blocked(first_ + index, line.openings, line.requests);
        if (blocked.count() > 0) {
            line.blocked_until = now + blocked;
            notice(line.blocked_until, index, Happening::What::writable);
        }
    }
    line.requests += count;
    push(std::max(now, line.blocked_until) + server_.wire, Rank::arrives, count,
         {Happening::What::connected, index});
}

const std::vector<Happening>& World::take(Instant now) {
    taken_.clear();
    while (!events_.empty() && events_.top().at <= now) {
        const Event event = events_.top();
        events_.pop();
        if (event.generation == lines_[event.happening.index].generation) {
            handle(event);
        }
    }
    return taken_;
}

void World::handle(const Event& event) {
    const std::uint32_t index = event.happening.index;
    Line& line = lines_[index];
    switch (event.rank) {
        case Rank::noticed:
            taken_.push_back(event.happening);
            return;
        case Rank::arrives:
            for (std::uint32_t i = 0; i < event.arrived && line.served; ++i) {
                serve(index, event.at);
            }
            return;
        case Rank::idle:
            if (line.served && line.arrived == event.arrived) {
                line.served = false;
                notice(event.at + server_.wire, index, Happening::What::end);
            }
    }
}

// One after the other, each when the one before it is answered.
void World::serve(std::uint32_t index, Instant now) {
    Line& line = lines_[index];
    const Fate fate = server_.fate(first_ + index, line.openings, line.arrived);
    ++line.arrived;
    const Instant begin = std::max(now, line.server_free);
    line.server_free = begin + fate.delay;
    const Instant seen = line.server_free + server_.wire;
    switch (fate.answer) {
        case Answer::right:
        case Answer::wrong_body:
        case Answer::wrong_status:
            answer_in_pieces(index, fate, begin, seen);
            watch_idleness(index, line.server_free);
            return;
        case Answer::last:
        case Answer::malformed:
        case Answer::stuck:
            answer_in_pieces(index, fate, begin, seen);
            break;
        case Answer::cut:
            answer_in_pieces(index, fate, begin, seen);
            notice(seen, index, Happening::What::end);
            break;
        case Answer::reset:
            answer_in_pieces(index, fate, begin, seen);
            notice(seen, index, Happening::What::reset);
            break;
        case Answer::dropped:
            notice(seen, index, Happening::What::end);
            break;
        case Answer::never:
            break;
    }
    line.served = false;
}

// The last piece is the end of an answer where the answer has one. A reset comes in its place.
void World::answer_in_pieces(std::uint32_t index, const Fate& fate, Instant begin, Instant done) {
    const std::string_view whole = text_of(fate.answer);
    const bool ends = fate.answer != Answer::cut && fate.answer != Answer::stuck;
    std::size_t given = 0;
    for (std::uint32_t i = 1; i <= fate.pieces; ++i) {
        const std::size_t until = whole.size() * i / fate.pieces;
        const Instant at =
            i == fate.pieces ? done : begin + fate.delay * i / fate.pieces + server_.wire;
        const auto piece = whole.substr(given, until - given);
        given = until;
        if (i < fate.pieces || !ends) {
            notice(at, index, Happening::What::bytes, fate.answer, piece);
        } else if (fate.answer != Answer::reset) {
            notice(at, index, Happening::What::answer, fate.answer, piece);
        }
    }
}

void World::watch_idleness(std::uint32_t index, Instant since) {
    if (server_.idle_limit.count() > 0) {
        push(since + server_.idle_limit, Rank::idle, lines_[index].arrived,
             {Happening::What::connected, index});
    }
}

}  // namespace benchhost::simulation
