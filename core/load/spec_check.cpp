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
