#include "core/load/driver.hpp"

#include "core/load/closed_driver.hpp"
#include "core/load/open_driver.hpp"
#include "core/load/users_driver.hpp"

#include <algorithm>

namespace benchhost::load {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

std::unique_ptr<Driver> make_driver(const LoadSpec& spec, ThreadShare share,
                                    Connections& connections, Tally& tally) {
    if (const auto* users = std::get_if<plan::VirtualUsers>(&spec.model)) {
        return std::make_unique<UsersDriver>(*users, share, spec.seed, connections, tally);
    }
    if (const auto* open = std::get_if<plan::OpenLoop>(&spec.model)) {
        return std::make_unique<OpenDriver>(*open, share, spec.seed, spec.warmup, spec.timeout,
                                            connections, tally);
    }
    return std::make_unique<ClosedDriver>(connections, tally);
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
    return std::visit(Overloaded{
                          [](const plan::VirtualUsers& users) { return users.users; },
                          [](const auto& other) { return other.connections; },
                      },
                      model);
}

Nanoseconds build_up_of(const plan::LoadModel& model) {
    const auto* users = std::get_if<plan::VirtualUsers>(&model);
    if (users == nullptr || users->spawn_rate <= 0) {
        return {};
    }
    return std::chrono::duration_cast<Nanoseconds>(
        std::chrono::duration<double>(users->users / users->spawn_rate));
}

}  // namespace benchhost::load
