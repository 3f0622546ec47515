#include "core/load/shares.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <variant>

namespace benchhost::load {

// The first `total % count` threads take one more.
Portion portion_of(std::uint32_t total, ThreadShare share) {
    const std::uint32_t each = total / share.count;
    const std::uint32_t extra = total % share.count;
    return {share.index * each + std::min(share.index, extra),
            each + (share.index < extra ? 1 : 0)};
}

std::uint32_t threads_of_load(const LoadSpec& spec) {
    return spec.all_threads.value_or(spec.threads);
}

std::uint32_t own_connections(const LoadSpec& spec) {
    const std::uint32_t all = connections_of(spec.model);
    std::uint32_t own = 0;
    for (std::uint32_t i = 0; i < spec.threads; ++i) {
        own += portion_of(all, {spec.first_thread + i, threads_of_load(spec)}).count;
    }
    return own;
}

std::uint32_t connections_of(const model::LoadModel& model) {
    return std::visit([](const auto& each) { return each.open_at_once(); }, model);
}

bool opens_ahead(const LoadSpec& spec) {
    return spec.keep_alive &&
           std::visit([](const auto& each) { return each.kOpensAhead; }, spec.model);
}

Nanoseconds build_up_of(const model::LoadModel& model) {
    return std::visit([](const auto& each) { return each.build_up(); }, model);
}

namespace {

// Between an answer and the next request on its connection, on average.
Nanoseconds mean_pause(const LoadSpec& spec) {
    const Nanoseconds of_model =
        std::visit([](const auto& each) { return each.mean_pause(); }, spec.model);
    if (!spec.is_flow) {
        return of_model;
    }
    Nanoseconds sum{};
    for (const auto& request : spec.requests) {
        sum +=
            request.think_time ? (request.think_time->from + request.think_time->to) / 2 : of_model;
    }
    return sum / std::max<std::int64_t>(static_cast<std::int64_t>(spec.requests.size()), 1);
}

}  // namespace

std::optional<double> offered_ceiling(const LoadSpec& spec) {
    // The steps of a flow have pauses of their own.
    const auto of_model =
        spec.is_flow
            ? std::nullopt
            : std::visit([](const auto& each) { return each.offered_ceiling(); }, spec.model);
    const Nanoseconds between = mean_pause(spec) + spec.answer_wait.value_or(Nanoseconds{});
    const bool waits = spec.is_flow || spec.answer_wait;
    if (!waits || between.count() <= 0) {
        return of_model;
    }
    const double at_once = static_cast<double>(connections_of(spec.model)) * spec.pipeline;
    return std::min(of_model.value_or(std::numeric_limits<double>::max()),
                    at_once / to_seconds(between));
}

std::optional<double> own_offered_ceiling(const LoadSpec& spec) {
    const auto all = offered_ceiling(spec);
    if (!all || !spec.all_threads) {
        return all;
    }
    const bool by_connections =
        std::visit([](const auto& each) { return each.kDividesByConnections; }, spec.model);
    return *all * (by_connections
                       ? static_cast<double>(own_connections(spec)) / connections_of(spec.model)
                       : static_cast<double>(spec.threads) / *spec.all_threads);
}

std::optional<double> own_link_ceiling(const LoadSpec& spec, const LoadReport& report) {
    if (!report.round_trip) {
        return std::nullopt;
    }
    const bool are_kept = 2 * report.connections.reused_requests >= report.books.sent;
    const Nanoseconds wait = *report.round_trip * (are_kept ? 1 : 2);
    const Nanoseconds pause = mean_pause(spec);
    const double at_once = static_cast<double>(own_connections(spec)) * spec.pipeline;
    return at_once / to_seconds(pause + wait);
}

}  // namespace benchhost::load
