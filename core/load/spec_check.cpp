#include "core/load/spec_check.hpp"

#include "core/load/shares.hpp"

#include <fmt/format.h>

namespace benchhost::load {
namespace {

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

}  // namespace

Status check_spec(const LoadSpec& spec) {
    if (spec.duration.count() <= 0) {
        return usage("duration: must be above 0");
    }
    if (spec.timeout.count() <= 0) {
        return usage("timeout: must be above 0");
    }
    if (spec.warmup.count() < 0) {
        return usage("warmup: must not be negative");
    }
    if (spec.threads == 0 || spec.threads > kMostThreads) {
        return usage(
            fmt::format("threads = {}: must be between 1 and {}", spec.threads, kMostThreads));
    }
    if (spec.pipeline == 0 || spec.pipeline > kMostPipelined) {
        return usage(
            fmt::format("pipeline = {}: must be between 1 and {}", spec.pipeline, kMostPipelined));
    }
    if (!spec.keep_alive && spec.pipeline > 1) {
        return usage(
            fmt::format("keep_alive = no and pipeline = {} contradict each other: a "
                        "connection closed after one answer cannot take more requests",
                        spec.pipeline));
    }
    if (spec.is_flow && !std::holds_alternative<model::VirtualUsers>(spec.model)) {
        return usage("a flow needs users: each goes through its steps on a connection of its own");
    }
    if (spec.is_flow && spec.requests.empty()) {
        return usage("a flow needs requests: they are its steps");
    }
    if (spec.keeps_cookies && spec.pipeline > 1) {
        return usage(
            fmt::format("cookies = yes and pipeline = {} contradict each other: what an "
                        "answer sets goes with the next request",
                        spec.pipeline));
    }
    if (spec.connection_requests && *spec.connection_requests == 0) {
        return usage("connection_requests = 0: must be above 0");
    }
    if (spec.connection_requests && spec.pipeline > 1) {
        return usage(
            fmt::format("connection_requests = {} and pipeline = {} contradict each other: "
                        "whoever counts waits for each answer",
                        *spec.connection_requests, spec.pipeline));
    }
    if (spec.most_requests && *spec.most_requests == 0) {
        return usage("requests = 0: must be above 0");
    }
    if (spec.most_requests && spec.warmup.count() > 0) {
        return usage(
            fmt::format("requests = {} and a warm-up contradict each other: all of them "
                        "count",
                        *spec.most_requests));
    }
    if (spec.all_threads && (spec.first_thread + spec.threads > *spec.all_threads ||
                             *spec.all_threads > connections_of(spec.model))) {
        return usage(fmt::format("threads {} to {} are not a part of {} threads on {} connections",
                                 spec.first_thread, spec.first_thread + spec.threads - 1,
                                 *spec.all_threads, connections_of(spec.model)));
    }
    return std::visit(
        [&](const auto& model) {
            if (!model.kPipelines && spec.pipeline > 1) {
                return Status(usage(
                    fmt::format("load = {} and pipeline = {} contradict each other: whoever asks "
                                "waits for the answer before it asks again",
                                model.kName, spec.pipeline)));
            }
            return model.check();
        },
        spec.model);
}

}  // namespace benchhost::load
