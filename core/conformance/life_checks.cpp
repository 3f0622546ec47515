#include "core/conformance/life_checks.hpp"

#include "core/base/descriptor_limit.hpp"
#include "core/conformance/processor_watch.hpp"
#include "core/load/load.hpp"
#include "core/machine/listeners.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <thread>
#include <vector>

namespace benchhost::conformance {
namespace {

using http::Deadline;
using http::RawConnection;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// With a crowd, as long as some of it gets on: a connection that was dropped is tried again by the
/// kernel after 1, 2 and 4 s.
class Patience {
  public:
    http::Deadline left() const {
        return {kWithoutAny, std::min(renewed_ + kWithoutAny, began_ + kAtMost)};
    }
    bool is_over() const { return steady_clock::now() >= left().at; }
    void renew() { renewed_ = steady_clock::now(); }

  private:
    static constexpr auto kWithoutAny = seconds(8);
    static constexpr auto kAtMost = std::chrono::minutes(2);
    steady_clock::time_point began_ = steady_clock::now();
    steady_clock::time_point renewed_ = began_;
};

/// What a crowd of connections got.
struct Round {
    std::size_t size = 0;  ///< how many connections there are
    std::size_t right = 0;
    std::size_t unanswered = 0;
    std::size_t wrong = 0;
    std::size_t kept = 0;  ///< right, and open for another request
    std::string example;   ///< of the first that was not right

    void note(const std::string& what) {
        if (example.empty()) {
            example = what;
        }
    }
};

void send_all(Subject& subject, std::vector<RawConnection>& crowd, Round& round) {
    const auto request = subject.get(model::Route::text);
    for (auto& connection : crowd) {
        if (const auto sent = connection.send(request, in_time()); !sent) {
            round.note(in_words(sent.error()));
        }
    }
}

void read_all(Subject& subject, std::vector<RawConnection>& crowd, Round& round) {
    Patience patience;
    for (auto& connection : crowd) {
        const auto answer = connection.read_answer(patience.left());
        if (answer) {
            patience.renew();
        }
        if (answer && !answer->keeps_alive) {
            connection.close();  // some servers wait for it before they take up the next
        }
        const auto wrong = subject.wrong(answer, model::Route::text);
        if (!wrong) {
            ++round.right;
            round.kept += answer->keeps_alive ? 1U : 0U;
        } else {
            ++(answer ? round.wrong : round.unanswered);
            round.note(*wrong);
        }
    }
}

/// Each sends as soon as it is connected: some servers serve a connection only to its end.
std::vector<RawConnection> gather(Subject& subject, Round& round) {
    std::vector<RawConnection> crowd;
    Patience patience;
    const auto request = subject.get(model::Route::text);
    for (std::size_t i = 0; i < round.size; ++i) {
        auto connection = RawConnection::open(subject.server().target(), patience.left());
        if (!connection) {
            ++round.unanswered;
            round.note(in_words(connection.error()));
            if (patience.is_over()) {
                round.unanswered += round.size - i - 1;
                break;
            }
            continue;
        }
        patience.renew();
        (void)connection->send(request, patience.left());  // a missing answer tells
        crowd.push_back(std::move(*connection));
    }
    return crowd;
}

/// False as well where nothing was answered: the crowd tells more.
bool closes_after_each_answer(Subject& subject) {
    auto connection = RawConnection::open(subject.server().target(), in_time());
    if (!connection || !connection->send(subject.get(model::Route::text), in_time())) {
        return false;
    }
    const auto answer = connection->read_answer(in_time());
    return answer && !answer->keeps_alive;
}

Finding judge(const Round& round, const std::string& which) {
    const auto said =
        fmt::format("{}: {} of {} answered; {}", which, round.right, round.size, round.example);
    if (round.wrong > 0) {
        return fail(fmt::format("{}: {} wrong answers; {}", which, round.wrong, round.example));
    }
    if (round.unanswered == 0) {
        return pass("");
    }
    return round.kept > 0 || round.right == 0
               ? fail(said)
               : warn(said + "; it serves a connection only to its end");
}

template <class Condition>
bool eventually(const Condition& condition, steady_clock::duration limit) {
    const auto until = steady_clock::now() + limit;
    while (!condition()) {
        if (steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(milliseconds(5));  // polling another process
    }
    return true;
}

StopReading read_stop(const process::StopReport& report, const ProcessorWatch& watch,
                      const std::string& when) {
    // What outlived it is another line's business.
    const bool ended = report.clean || !report.survivors.empty();
    const auto how =
        fmt::format("{} {}: {} ({:.0f} ms)", when, ended ? "stopped" : "did not stop as it should",
                    report.how, to_milliseconds(report.took));
    if (report.killed) {
        const auto lack = watch.lack();
        return lack ? StopReading{StopReading::End::starved, how + "; " + *lack}
                    : StopReading{StopReading::End::hung, how};
    }
    return {ended ? StopReading::End::ended : StopReading::End::faulty, how};
}

Stopped stop(Subject& subject, const std::string& when) {
    constexpr auto kBetweenLooks = milliseconds(500);
    Stopped stopped;
    stopped.port = subject.server().target().port;
    ProcessorWatch watch(subject.server().pid());
    auto stopping =
        std::async(std::launch::async, [&server = subject.server()] { return server.stop(); });
    while (stopping.wait_for(kBetweenLooks) != std::future_status::ready) {
        watch.look();
    }
    stopped.report = stopping.get().value_or(process::StopReport{});
    stopped.reading = read_stop(stopped.report, watch, when);
    return stopped;
}

/// Tells when the first request of a load can have been sent.
class BeginObserver : public load::ProgressObserver {
  public:
    void on_progress(const load::Progress& /*progress*/) override {}
    void on_window_begin() override { begun.set_value(); }
    std::promise<void> begun;
};

load::LoadSpec busy_load(Subject& subject) {
    load::LoadSpec spec;
    spec.target = subject.target(model::Route::text);
    spec.expectation = {model::Verify::full, 200, subject.payload().of(model::Route::text).body};
    spec.model = model::ClosedLoop{16};
    spec.duration = seconds(60);  // ended by the stop flag
    return spec;
}

}  // namespace

Finding check_connections(Subject& subject) {
    if (const auto room = make_room_for_descriptors(kManyConnections + 50); !room) {
        return warn("not checked: " + room.error().message);
    }
    Round first;
    first.size = closes_after_each_answer(subject) ? kManyThatClose : kManyConnections;
    auto crowd = gather(subject, first);
    read_all(subject, crowd, first);
    if (auto finding = judge(first, "at once"); finding.grade != Grade::pass) {
        return finding;
    }
    if (first.kept < first.size) {
        return pass(
            fmt::format("{} connections at once; each closes after its answer", first.size));
    }
    Round again;
    again.size = first.size;
    send_all(subject, crowd, again);
    read_all(subject, crowd, again);
    if (auto finding = judge(again, "the second request"); finding.grade != Grade::pass) {
        return finding;
    }
    return pass(fmt::format("{} connections at once, two answers each", again.size));
}

Finding check_descriptors(Subject& subject) {
    constexpr std::uint64_t kSome = 50;  // pools, watchers, a cached file
    constexpr auto kPatience = seconds(5);
    constexpr int kMostTurns = 12;
    std::optional<std::uint64_t> open;
    const auto few = [&] {
        const auto usage = subject.server().usage(true);
        open = usage ? usage->open_files : std::nullopt;
        return !open || *open < kSome + 10 * usage->processes;
    };
    bool done = few();
    // As long as it closes some it is at work, however little of the machine it gets.
    for (int turn = 0; turn < kMostTurns && !done; ++turn) {
        const auto before = open;
        done = eventually(few, kPatience);
        if (!done && *open >= *before) {
            return fail(
                fmt::format("{} descriptors are still open after all connections were "
                            "closed, and none was closed in {}: it leaks them",
                            *open, format_duration(kPatience)));
        }
    }
    if (!done) {
        return cannot_tell(
            fmt::format("{} descriptors are still open, a minute after all "
                        "connections were closed; it still closes some",
                        *open));
    }
    return open ? pass(fmt::format("{} open after all connections were closed", *open))
                : warn("its descriptors cannot be counted");
}

Finding check_rest(Subject& subject) {
    constexpr auto kWindow = milliseconds(400);
    constexpr int kWindows = 6;  // it may have to clear up after the crowd
    const auto pid = subject.server().pid();
    struct Look {
        steady_clock::time_point at = steady_clock::now();
        std::optional<machine::TreeUsage> usage;
        machine::ThreadTimes threads;
    };
    const auto look = [&] {
        Look taken;
        taken.usage = subject.server().usage(false);
        taken.threads = pid ? machine::read_thread_times(*pid, true) : machine::ThreadTimes();
        return taken;
    };
    const auto between = [](const Look& begin, const Look& end) {
        return machine::rest_between(begin.threads, end.threads, end.usage->cpu - begin.usage->cpu,
                                     end.at - begin.at);
    };
    const auto first = look();
    std::vector<machine::RestReading> windows;
    Finding finding = judge_rest({}, {});
    auto last = first;
    for (int i = 0; i < kWindows && finding.grade != Grade::pass; ++i) {
        std::this_thread::sleep_for(kWindow);  // the window that is measured
        auto now = look();
        if (!last.usage || !now.usage) {
            return judge_rest({}, {});
        }
        windows.push_back(between(last, now));
        finding = judge_rest(windows, between(first, now));
        last = std::move(now);
    }
    return finding;
}

Stopped stop_idle(Subject& subject) {
    constexpr std::size_t kIdle = 40;
    std::vector<RawConnection> open;
    for (std::size_t i = 0; i < kIdle; ++i) {
        auto connection =
            RawConnection::open(subject.server().target(), Deadline::after(milliseconds(500)));
        if (!connection) {
            break;  // one request at a time: the first idle connection blocks the rest
        }
        if (i % 2 == 0 && i < kIdle / 2) {
            (void)connection->send(subject.get(model::Route::text), in_time());
            (void)connection->read_answer(Deadline::after(milliseconds(500)));
        }
        open.push_back(std::move(*connection));
    }
    return stop(subject, fmt::format("with {} idle connections", open.size()));
}

Stopped stop_busy(Subject& subject) {
    std::atomic<bool> enough = false;
    BeginObserver observer;
    auto begun = observer.begun.get_future();
    auto load = std::async(std::launch::async, [&] {
        return load::run_load(busy_load(subject), enough, &observer).has_value();
    });
    begun.wait_for(seconds(10));
    auto stopped = stop(subject, "under load");
    enough = true;
    load.wait();
    return stopped;
}

Finding check_port_is_free(const Stopped& stopped) {
    const auto is_free = [&] {
        const auto listeners = machine::read_listeners();
        return std::none_of(listeners.begin(), listeners.end(),
                            [&](const auto& one) { return one.port == stopped.port; });
    };
    return eventually(is_free, seconds(2))
               ? pass("nobody listens on it any more")
               : fail(fmt::format("port {} is still listened on after the stop", stopped.port));
}

Finding check_nothing_left(const Stopped& stopped) {
    const auto& report = stopped.report;
    if (!report.tree_gone) {
        return fail("processes are left that could not be killed");
    }
    if (!report.survivors.empty()) {
        return fail(fmt::format("{} outlived the server and had to be killed",
                                fmt::join(report.survivors, ", ")));
    }
    if (!report.left) {
        return pass("no process is left");
    }
    const auto& left = *report.left;
    if (left.descriptors.empty() && left.threads == 0) {
        return pass("no process, thread or descriptor is left after destroy()");
    }
    std::vector<std::string> first(
        left.descriptors.begin(),
        left.descriptors.begin() + std::min<std::ptrdiff_t>(4, std::ssize(left.descriptors)));
    const auto said = fmt::format("after destroy() {} thread(s) and {} descriptor(s) are left{}",
                                  left.threads, left.descriptors.size(),
                                  first.empty() ? "" : fmt::format(": {}", fmt::join(first, ", ")));
    if (left.own_runtime) {
        return warn(said + "; the library's own runtime had threads before it was asked to serve");
    }
    // A library's own epoll or event descriptor, which it cannot be told to close, harms nobody.
    const bool grave =
        std::any_of(left.descriptors.begin(), left.descriptors.end(), [](const std::string& what) {
            return what.rfind("socket:", 0) == 0 || what.front() == '/';
        });
    return left.threads > 0 || grave ? fail(said) : warn(said);
}

Finding check_output(const Stopped& stopped) {
    constexpr std::uint64_t kMuch = std::uint64_t{32} * 1024 * 1024;
    constexpr std::uint64_t kSome = std::uint64_t{256} * 1024;
    const auto said = fmt::format("printed {} bytes", stopped.report.printed);
    if (stopped.report.printed > kMuch) {
        return fail(said + " in the seconds it was checked");
    }
    return stopped.report.printed > kSome
               ? warn(said + ": an access log costs time that others do not spend")
               : pass(said);
}

}  // namespace benchhost::conformance
