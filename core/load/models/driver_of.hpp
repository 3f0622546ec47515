// How a model is driven. Each driver's header says which model it is for, and its source file
// instantiates driver_of() for it: nobody else lists the drivers, and one that is missing does not
// link.
#pragma once

#include "core/load/models/driver.hpp"

#include <memory>

namespace benchhost::load {

/// To be specialised: a class that is made from the model and a DriverContext.
template <class Model>
struct DriverFor;

template <class Model>
std::unique_ptr<Driver> driver_of(const Model& model, const DriverContext& context) {
    return std::make_unique<typename DriverFor<Model>::type>(model, context);
}

}  // namespace benchhost::load
