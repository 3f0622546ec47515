#include "core/load/driver.hpp"

#include "core/load/closed_driver.hpp"
#include "core/load/open_driver.hpp"
#include "core/load/users_driver.hpp"

#include <algorithm>

namespace benchhost::load {

std::unique_ptr<Driver> make_driver(const LoadSpec& spec, ThreadShare share,
                                    Connections& connections, Tally& tally) {
    using Made = std::unique_ptr<Driver>;
    return std::visit(
        plan::Overloaded{
            [&](const plan::ClosedLoop&) -> Made {
                return std::make_unique<ClosedDriver>(connections, tally);
            },
            [&](const plan::VirtualUsers& users) -> Made {
                return std::make_unique<UsersDriver>(users, share, spec.seed, connections, tally);
            },
            [&](const plan::OpenLoop& open) -> Made {
                return std::make_unique<OpenDriver>(open, share, spec.seed, spec.warmup,
                                                    spec.timeout, connections, tally);
            }},
        spec.model);
}

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

std::uint32_t connections_of(const plan::LoadModel& model) {
    return std::visit([](const auto& each) { return each.open_at_once(); }, model);
}

bool opens_ahead(const LoadSpec& spec) {
    return spec.keep_alive &&
           std::visit([](const auto& each) { return each.kOpensAhead; }, spec.model);
}

Nanoseconds build_up_of(const plan::LoadModel& model) {
    return std::visit([](const auto& each) { return each.build_up(); }, model);
}

}  // namespace benchhost::load
