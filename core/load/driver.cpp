#include "core/load/driver.hpp"

#include "core/load/closed_driver.hpp"

namespace benchhost::load {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

std::unique_ptr<Driver> make_driver(const plan::LoadModel& model, ThreadShare /*share*/,
                                    std::uint64_t /*seed*/, Nanoseconds /*timeout*/,
                                    Connections& connections, Tally& tally) {
    return std::visit(
        Overloaded{
            [&](const auto&) -> std::unique_ptr<Driver> {
                return std::make_unique<ClosedDriver>(connections, tally);
            },
        },
        model);
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
