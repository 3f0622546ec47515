#include "core/load/models/driver.hpp"

#include "core/load/models/closed_driver.hpp"
#include "core/load/models/open_driver.hpp"
#include "core/load/models/users_driver.hpp"
#include "core/load/shares.hpp"

namespace benchhost::load {

std::unique_ptr<Driver> make_driver(const LoadSpec& spec, ThreadShare share,
                                    Connections& connections, Tally& tally) {
    using Made = std::unique_ptr<Driver>;
    return std::visit(
        model::Overloaded{
            [&](const model::ClosedLoop&) -> Made {
                return std::make_unique<ClosedDriver>(connections, tally);
            },
            [&](const model::VirtualUsers& users) -> Made {
                return std::make_unique<UsersDriver>(users, share, spec.seed, connections, tally);
            },
            [&](const model::OpenLoop& open) -> Made {
                return std::make_unique<OpenDriver>(open, share, spec.seed, spec.warmup,
                                                    spec.timeout, connections, tally);
            }},
        spec.model);
}

}  // namespace benchhost::load
