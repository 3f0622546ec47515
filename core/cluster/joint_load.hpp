// One load that several ranks generate together, as the coordinator sees it.
#pragma once

#include "core/cluster/clock_offset.hpp"
#include "core/cluster/link.hpp"
#include "core/cluster/local_part.hpp"
#include "core/load/window_edges.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::cluster {

/// What one rank did of a load.
struct RankShare {
    int rank = 0;  ///< of the link
    std::uint32_t threads = 0;
    std::uint32_t first_thread = 0;
    std::uint64_t connections = 0;
    std::optional<ClockOffset> clock;  ///< absent for the coordinator
    Done done;
};

/// What the coordinator is told from outside while a load runs.
struct Signals {
    const std::atomic<bool>& interrupted;  ///< the user's wish, or mpirun's
    std::atomic<bool>& warned;             ///< a rank may have died; put back when it is heard
};

/// One after the other, on the thread that started MPI. `specs` by rank of the link, absent where a
/// rank has no part; `stop` is also set when the server has died.
class JointLoad {
  public:
    /// A rank that has said nothing for so long is given up.
    static constexpr Nanoseconds kSilence = std::chrono::seconds(10);

    JointLoad(Link& link, const std::vector<RankFacts>& ranks,
              std::vector<std::optional<load::LoadSpec>> specs, const std::atomic<bool>& stop,
              const Signals& signals, load::ProgressObserver* observer);

    /// The shares of all ranks that took part. The error names the rank and its host; when the rank
    /// was lost, lost() says so and no other load may follow.
    Result<std::vector<RankShare>> run();

    const std::optional<std::string>& lost() const { return lost_; }
    std::chrono::steady_clock::time_point window_start() const { return window_start_; }

  private:
    enum class State { connecting, ready, loaded, done };
    struct Member {
        RankShare share;
        State state = State::connecting;
        Instant heard;
        load::Progress progress;
        std::vector<ClockSample> samples;
        std::optional<Instant> asked;  ///< a ping without its pong
    };

    void order();
    bool until_all(State state);
    void read_clocks();
    void start();
    void listen();
    void hear(Member& member, const Link::Arrival& arrival);
    void look_at_own_part();
    void look_at_signals();
    bool is_warned() const;
    void look_for_silence(const Member& member);
    void end_early();
    void tell_progress(Instant now);
    Nanoseconds patience(const Member& member) const;
    Member* member_of(int rank);
    const RankFacts& facts_of(const Member& member) const;
    Result<std::vector<RankShare>> result();

    Link& link_;
    const std::vector<RankFacts>& ranks_;
    std::vector<std::optional<load::LoadSpec>> specs_;
    const std::atomic<bool>& stop_;
    const Signals& signals_;
    load::ProgressObserver* observer_;
    load::WindowEdges edges_;
    const load::LoadSpec* any_ = nullptr;  ///< one of specs_: what is the same in all
    std::vector<Member> members_;
    std::unique_ptr<LocalPart> own_;
    std::optional<std::string> lost_;
    std::optional<Instant> ending_since_;
    std::optional<Instant> warned_at_, interrupted_at_;
    Instant warmup_start_, window_start_, window_end_, last_progress_;
};

}  // namespace benchhost::cluster
