#include "core/cluster/joint_load.hpp"

#include "core/load/shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace benchhost::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPings = 20;
constexpr Nanoseconds kConnectTick = milliseconds(1);
constexpr Nanoseconds kLoadTick = milliseconds(20);
constexpr Nanoseconds kProgressEvery = seconds(1);
// Time for the order to begin to reach every rank, beside the round trip.
constexpr Nanoseconds kStartNotice = milliseconds(20);
// When a rank has died, mpirun sends all others SIGCONT at once, SIGTERM after a second and SIGKILL
// after another: whoever is to be named has to be named before. A rank that lives under load beats
// at least every 1.1 s.
constexpr Nanoseconds kLastWords = milliseconds(1300);
constexpr Nanoseconds kWarning = seconds(3);
constexpr Nanoseconds kHurry = milliseconds(300);

Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace

JointLoad::JointLoad(Link& link, const std::vector<RankFacts>& ranks,
                     std::vector<std::optional<load::LoadSpec>> specs,
                     const std::atomic<bool>& stop, const Signals& signals,
                     load::ProgressObserver* observer)
    : link_(link),
      ranks_(ranks),
      specs_(std::move(specs)),
      stop_(stop),
      signals_(signals),
      observer_(observer),
      edges_(observer) {}

Result<std::vector<RankShare>> JointLoad::run() {
    order();
    if (until_all(State::ready)) {
        read_clocks();
        if (!lost_) {
            start();
        }
    } else if (!lost_) {
        end_early();
    }
    until_all(State::done);
    edges_.tell(window_start_, window_end_, window_end_);
    return result();
}

void JointLoad::order() {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
        if (!specs_[i]) {
            continue;
        }
        const auto& spec = *specs_[i];
        any_ = &spec;
        auto& member = members_.emplace_back();
        member.share.rank = static_cast<int>(i);
        member.share.threads = spec.threads;
        member.share.first_thread = spec.first_thread;
        member.share.connections = load::own_connections(spec);
        member.heard = now();
        if (i == 0) {
            own_ = std::make_unique<LocalPart>(spec);
        } else {
            link_.send(member.share.rank, Tag::order, Order{Order::Task::load, spec, {}});
        }
    }
}

/// False when one of them has ended before it came to `state`, or was lost.
bool JointLoad::until_all(State state) {
    const auto has_come = [&](const Member& member) { return member.state >= state; };
    while (!lost_ && !std::all_of(members_.begin(), members_.end(), has_come)) {
        listen();
        look_at_own_part();
        const Instant time = now();
        look_at_signals();
        if (stop_ || signals_.interrupted) {
            if (own_) {
                own_->stop();
            }
            // Open MPI does not come back from sending to a rank that has died. Those that live
            // were told by mpirun, too.
            if (!is_warned()) {
                end_early();
            }
        }
        const bool ended_before = state != State::done &&
                                  std::any_of(members_.begin(), members_.end(),
                                              [](auto& each) { return each.state == State::done; });
        if (ended_before) {
            return false;
        }
        for (const auto& member : members_) {
            if (member.state < state) {
                look_for_silence(member);
            }
        }
        edges_.tell(window_start_, window_end_, time);
        tell_progress(time);
        const auto tick = state == State::done ? kLoadTick : kConnectTick;
        std::this_thread::sleep_until(
            std::min(time + tick, edges_.next(window_start_, window_end_)));
    }
    return !lost_;
}

// Rank by rank, each question at once after the answer before it: nobody sleeps meanwhile.
void JointLoad::read_clocks() {
    for (auto& member : members_) {
        if (member.share.rank == 0) {
            continue;
        }
        while (member.samples.size() < kPings && member.state == State::ready && !lost_) {
            if (!member.asked) {
                member.heard = now();
                member.asked = member.heard;
                link_.send(member.share.rank, Tag::ping, 0);
            }
            listen();
            look_at_signals();
            look_for_silence(member);
        }
        if (!member.samples.empty()) {
            member.share.clock = offset_from(member.samples);
        }
    }
}

void JointLoad::start() {
    Nanoseconds farthest{};
    for (const auto& member : members_) {
        farthest = std::max(farthest, member.share.clock.value_or(ClockOffset{}).uncertainty);
    }
    const Instant go = now() + kStartNotice + 4 * farthest;
    for (auto& member : members_) {
        if (member.share.rank == 0) {
            own_->go(go);
        } else if (member.share.clock) {
            link_.send(member.share.rank, Tag::go, stamp_of(go + member.share.clock->offset));
        }
        if (member.state == State::ready) {
            member.state = State::loaded;
        }
        member.heard = go;
    }
    warmup_start_ = go + load::build_up_of(any_->model);
    window_start_ = warmup_start_ + any_->warmup;
    window_end_ = window_start_ + any_->duration;
    last_progress_ = go;
}

void JointLoad::listen() {
    while (const auto arrival = link_.next()) {
        if (auto* member = member_of(arrival->from)) {
            hear(*member, *arrival);
        } else {
            link_.take<Done>(*arrival);  // of a task that was given up
        }
    }
}

void JointLoad::hear(Member& member, const Link::Arrival& arrival) {
    member.heard = now();
    switch (arrival.tag) {
        case Tag::ready:
            link_.take<int>(arrival);
            member.state = State::ready;
            return;
        case Tag::pong: {
            const Instant told{Nanoseconds(link_.take<Stamp>(arrival))};
            member.samples.push_back({member.asked.value_or(told), told, member.heard});
            member.asked.reset();
            return;
        }
        case Tag::beat:
            member.progress = link_.take<Beat>(arrival).progress;
            return;
        default:
            member.share.done = link_.take<Done>(arrival);
            member.state = State::done;
            if (!member.share.done.error.empty() || member.share.done.report.gave_up) {
                end_early();
            }
    }
}

void JointLoad::look_at_own_part() {
    if (!own_ || members_.front().state == State::done) {
        return;
    }
    auto& member = members_.front();
    member.heard = now();
    if (own_->done()) {
        member.state = State::done;
        auto report = own_->take();
        auto& done = member.share.done;
        if (report) {
            done.report = std::move(*report);
        } else {
            done.error_code = static_cast<std::uint32_t>(report.error().code);
            done.error = report.error().message;
        }
        if (!report || done.report.gave_up) {
            end_early();
        }
    } else if (own_->ready() && member.state == State::connecting) {
        member.state = State::ready;
    }
}

void JointLoad::look_at_signals() {
    if (signals_.warned.exchange(false)) {
        warned_at_ = now();
    }
    if (signals_.interrupted && !interrupted_at_) {
        interrupted_at_ = now();
    }
}

bool JointLoad::is_warned() const { return warned_at_ && now() - *warned_at_ < kWarning; }

Nanoseconds JointLoad::patience(const Member& member) const {
    if (member.state == State::loaded && (is_warned() || interrupted_at_)) {
        return kLastWords;
    }
    if (interrupted_at_ && now() - *interrupted_at_ > kHurry) {
        return kHurry;
    }
    const auto ramp =
        load::longest_ramp(*any_, static_cast<std::uint32_t>(member.share.connections));
    return kSilence + (member.state == State::connecting ? ramp : Nanoseconds(0));
}

/// Of a member from which a word is due.
void JointLoad::look_for_silence(const Member& member) {
    const Nanoseconds silence = now() - member.heard;
    if (!lost_ && silence > patience(member)) {
        lost_ = fmt::format("{} was lost: nothing was heard of it for {:.1f} s",
                            name_of(facts_of(member)), to_seconds(silence));
    }
}

void JointLoad::end_early() {
    if (ending_since_) {
        return;
    }
    ending_since_ = now();
    window_end_ = std::min(window_end_, *ending_since_);
    for (const auto& member : members_) {
        if (member.share.rank == 0) {
            own_->stop();
        } else if (member.state != State::done) {
            link_.send(member.share.rank, Tag::stop, 0);
        }
    }
}

void JointLoad::tell_progress(Instant time) {
    if (observer_ == nullptr || window_start_ == Instant{} ||
        time - last_progress_ < kProgressEvery) {
        return;
    }
    last_progress_ = time;
    using Phase = load::Progress::Phase;
    load::Progress progress;
    progress.phase = time < warmup_start_   ? Phase::connect
                     : time < window_start_ ? Phase::warmup
                     : time < window_end_   ? Phase::measure
                                            : Phase::drain;
    progress.total = window_end_ - warmup_start_;
    progress.elapsed =
        std::clamp<Nanoseconds>(time - warmup_start_, Nanoseconds(0), progress.total);
    for (const auto& member : members_) {
        progress.rate += member.progress.rate;
        progress.failed += member.progress.failed;
        if (const auto p99 = member.progress.p99) {
            progress.p99 = std::max(progress.p99.value_or(*p99), *p99);
        }
    }
    observer_->on_progress(progress);
}

JointLoad::Member* JointLoad::member_of(int rank) {
    const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& member) {
        return member.share.rank == rank && member.state != State::done;
    });
    return found == members_.end() ? nullptr : &*found;
}

const RankFacts& JointLoad::facts_of(const Member& member) const {
    return ranks_[static_cast<std::size_t>(member.share.rank)];
}

Result<std::vector<RankShare>> JointLoad::result() {
    if (lost_) {
        return Error{ErrorCode::environment, *lost_};
    }
    std::vector<RankShare> shares;
    for (auto& member : members_) {
        const auto& done = member.share.done;
        if (!done.error.empty()) {
            return Error{static_cast<ErrorCode>(done.error_code),
                         fmt::format("{}: {}", name_of(facts_of(member)), done.error)};
        }
        shares.push_back(std::move(member.share));
    }
    return shares;
}

}  // namespace benchhost::cluster
