#include "core/cluster/load_rank.hpp"

#include "core/load/ceiling.hpp"

#include <chrono>
#include <thread>

namespace benchhost::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kCoordinator = 0;
constexpr auto kIdle = milliseconds(2);
// While the coordinator reads our clock, the next question comes at once: waiting for it by
// sleeping would lengthen the round trip.
constexpr auto kSpin = milliseconds(5);
// No MPI call in the window but this often.
constexpr auto kBeatEvery = milliseconds(900);

/// One load: at the gate it answers for its clock and waits for the common start, then it beats.
class OrderedLoad : public load::ProgressObserver, public load::StartGate {
  public:
    OrderedLoad(Link& link, const std::atomic<bool>& told_to_end)
        : link_(link), told_to_end_(told_to_end) {}

    Done run(const load::LoadSpec& spec) {
        Done done;
        cpus_ = machine::watched_cpus({}, spec.cpus);
        auto report = load::run_load(spec, stop_, this, this);
        if (report) {
            done.report = std::move(*report);
        } else {
            done.error_code = static_cast<std::uint32_t>(report.error().code);
            done.error = report.error().message;
        }
        done.begin = begin_;
        done.end = end_;
        done.cpus = cpus_;
        return done;
    }

    std::optional<steady_clock::time_point> wait() override {
        link_.send(kCoordinator, Tag::ready, 0);
        auto spin_until = steady_clock::time_point{};
        while (!told_to_end_) {
            const auto arrival = link_.next();
            if (!arrival) {
                if (steady_clock::now() > spin_until) {
                    std::this_thread::sleep_for(milliseconds(1));
                }
                continue;
            }
            if (arrival->tag == Tag::ping) {
                link_.send(kCoordinator, Tag::pong, answer(*arrival));
                spin_until = steady_clock::now() + kSpin;
            } else if (arrival->tag == Tag::go) {
                return steady_clock::time_point(Nanoseconds(link_.take<Stamp>(*arrival)));
            } else {
                link_.take<int>(*arrival);  // stop
                break;
            }
        }
        stop_ = true;
        return std::nullopt;
    }

    void on_progress(const load::Progress& progress) override {
        const bool first_word = told_to_end_ && !stop_;
        stop_ = stop_ || told_to_end_;
        const auto now = steady_clock::now();
        if (now - last_beat_ < kBeatEvery && !first_word) {
            return;
        }
        last_beat_ = now;
        link_.send(kCoordinator, Tag::beat, Beat{progress, told_to_end_});
        if (const auto arrival = link_.next()) {
            link_.take<int>(*arrival);  // stop: nothing else is said to a rank under load
            stop_ = true;
        }
    }
    void on_window_begin() override { begin_ = machine::look_at_machine(cpus_, {}); }
    void on_window_end() override { end_ = machine::look_at_machine(cpus_, {}); }

  private:
    Stamp answer(const Link::Arrival& ping) {
        link_.take<int>(ping);
        return stamp_of(steady_clock::now());
    }

    Link& link_;
    const std::atomic<bool>& told_to_end_;
    std::atomic<bool> stop_{false};
    steady_clock::time_point last_beat_{};
    machine::WatchedCpus cpus_;
    machine::MachineLook begin_, end_;
};

Done measure_ceiling(const Order& order, const std::atomic<bool>& told_to_end) {
    Done done;
    const auto ceiling = load::generator_ceiling(order.spec, order.null_server_cpu, told_to_end);
    if (ceiling) {
        done.ceiling = *ceiling;
    } else {
        done.error_code = static_cast<std::uint32_t>(ceiling.error().code);
        done.error = ceiling.error().message;
    }
    return done;
}

}  // namespace

void serve_orders(Link& link, const std::atomic<bool>& told_to_end) {
    for (;;) {
        const auto arrival = link.next();
        if (!arrival) {
            std::this_thread::sleep_for(kIdle);
            continue;
        }
        if (arrival->tag != Tag::order) {
            link.take<int>(*arrival);  // a stop that came when all was over
            continue;
        }
        const auto order = link.take<Order>(*arrival);
        if (order.task == Order::Task::leave) {
            return;
        }
        link.send(kCoordinator, Tag::done,
                  order.task == Order::Task::load ? OrderedLoad(link, told_to_end).run(order.spec)
                                                  : measure_ceiling(order, told_to_end));
    }
}

}  // namespace benchhost::cluster
