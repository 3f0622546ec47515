#include "core/load/models/driver.hpp"

#include <variant>

namespace benchhost::load {

/// In the file of its driver (driver_of.hpp).
template <class Model>
std::unique_ptr<Driver> driver_of(const Model& model, const DriverContext& context);

std::unique_ptr<Driver> make_driver(const DriverContext& context) {
    return std::visit([&](const auto& model) { return driver_of(model, context); },
                      context.spec.model);
}

}  // namespace benchhost::load
