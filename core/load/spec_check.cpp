#include "core/load/spec_check.hpp"

#include "core/load/driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::load {
namespace {

constexpr std::uint32_t kMostPipelined = 1024;
constexpr std::uint32_t kMostConnections = 1'000'000;
constexpr std::uint32_t kMostThreads = 1024;

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

bool positive(double number) { return std::isfinite(number) && number > 0; }

Status check_connections(std::uint32_t connections) {
    if (connections == 0 || connections > kMostConnections) {
        return usage(fmt::format("connections = {}: must be between 1 and {}", connections,
                                 kMostConnections));
    }
    return {};
}

Status check_users(const plan::VirtualUsers& users) {
    if (users.users == 0 || users.users > kMostConnections) {
        return usage(
            fmt::format("users = {}: must be between 1 and {}", users.users, kMostConnections));
    }
    if (!positive(users.spawn_rate)) {
        return usage(
            fmt::format("users = {} needs a spawn_rate above 0 (users started a second), "
                        "but spawn_rate = {}",
                        users.users, users.spawn_rate));
    }
    if (users.think_time.from.count() < 0 || users.think_time.from > users.think_time.to) {
        return usage("think_time: the first end must not be negative or above the second");
    }
    return {};
}

Status check_open_loop(const plan::OpenLoop& open) {
    if (auto connections = check_connections(open.connections); !connections) {
        return connections;
    }
    double highest = open.rate;
    for (const plan::RateStage& stage : open.stages) {
        if (!std::isfinite(stage.rate) || stage.rate < 0 || stage.duration.count() <= 0) {
            return usage(
                fmt::format("stages: a stage of {}/s over {} needs a rate of 0 or more and "
                            "a duration above 0",
                            stage.rate, format_duration(stage.duration)));
        }
        highest = std::max(highest, stage.rate);
    }
    if (!positive(highest) || open.rate < 0) {
        return usage(fmt::format("rate = {}: must be above 0 requests/s", open.rate));
    }
    return {};
}

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
    if (const auto* closed = std::get_if<plan::ClosedLoop>(&spec.model)) {
        return check_connections(closed->connections);
    }
    if (const auto* users = std::get_if<plan::VirtualUsers>(&spec.model)) {
        if (spec.pipeline > 1) {
            return usage(
                fmt::format("users = {} and pipeline = {} contradict each other: a user "
                            "waits for the answer before it asks again",
                            users->users, spec.pipeline));
        }
        return check_users(*users);
    }
    if (const auto* open = std::get_if<plan::OpenLoop>(&spec.model)) {
        return check_open_loop(*open);
    }
    return usage("a limit search is a series of loads, each run on its own");
}

std::optional<double> offered_ceiling(const plan::LoadModel& model) {
    if (const auto* users = std::get_if<plan::VirtualUsers>(&model)) {
        const double think = to_seconds(users->think_time.from + users->think_time.to) / 2;
        return think > 0 ? std::optional(users->users / think) : std::nullopt;
    }
    if (const auto* open = std::get_if<plan::OpenLoop>(&model)) {
        double highest = open->rate;
        for (const plan::RateStage& stage : open->stages) {
            highest = std::max(highest, stage.rate);
        }
        return highest;
    }
    return std::nullopt;
}

std::optional<double> own_offered_ceiling(const LoadSpec& spec) {
    const auto all = offered_ceiling(spec.model);
    if (!all || !spec.all_threads) {
        return all;
    }
    // Users stay with their thread; the requests of a schedule go round the threads.
    const bool users = std::holds_alternative<plan::VirtualUsers>(spec.model);
    return *all * (users ? static_cast<double>(own_connections(spec)) / connections_of(spec.model)
                         : static_cast<double>(spec.threads) / *spec.all_threads);
}

}  // namespace benchhost::load
