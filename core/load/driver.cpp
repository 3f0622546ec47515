#include "core/load/driver.hpp"

#include "core/load/closed_driver.hpp"
#include "core/load/open_driver.hpp"
#include "core/load/shares.hpp"
#include "core/load/users_driver.hpp"

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

}  // namespace benchhost::load
