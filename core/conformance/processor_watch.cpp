#include "core/conformance/processor_watch.hpp"

#include "core/conformance/evidence.hpp"

#include <utility>

namespace benchhost::conformance {

ProcessorWatch::ProcessorWatch(std::optional<pid_t> server)
    : server_(server),
      first_(server ? machine::read_thread_times(*server) : machine::ThreadTimes()) {}

void ProcessorWatch::look() {
    auto times = server_ ? machine::read_thread_times(*server_) : machine::ThreadTimes();
    if (!times.empty()) {
        last_ = std::move(times);
        watched_ = std::chrono::steady_clock::now() - began_;
    }
}

std::optional<std::string> ProcessorWatch::lack() const {
    constexpr auto kShortestWait = std::chrono::seconds(1);
    return watched_ < kShortestWait ? std::nullopt : lack_of_processor(first_, last_, watched_);
}

}  // namespace benchhost::conformance
