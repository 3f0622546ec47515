#include "core/cluster/local_part.hpp"

#include <utility>

namespace benchhost::cluster {

LocalPart::LocalPart(load::LoadSpec spec)
    : spec_(std::move(spec)), thread_([this] {
          report_.emplace(load::run_load(spec_, stop_, nullptr, this));
          done_ = true;
      }) {}

LocalPart::~LocalPart() {
    stop();
    thread_.join();
}

std::optional<std::chrono::steady_clock::time_point> LocalPart::wait() {
    auto start = start_.get_future();
    ready_ = true;
    return start.get();
}

void LocalPart::go(std::chrono::steady_clock::time_point start) {
    if (!std::exchange(started_, true)) {
        start_.set_value(start);
    }
}

void LocalPart::stop() {
    stop_ = true;
    if (!std::exchange(started_, true)) {
        start_.set_value(std::nullopt);
    }
}

Result<load::LoadReport> LocalPart::take() { return std::move(*report_); }

}  // namespace benchhost::cluster
