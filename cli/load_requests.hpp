// The requests that `benchhost load` asks, from its flags or a file.
#pragma once

#include "cli/load_options.hpp"
#include "core/base/result.hpp"
#include "core/model/request_spec.hpp"

#include <vector>

namespace benchhost::cli {

struct LoadRequests {
    std::vector<model::RequestSpec> requests;  ///< empty: one GET of the URL
    model::Picks picks;
};

/// Errors are of code usage and name the flag, or file:line.
Result<LoadRequests> requests_of(const LoadOptions& options);

}  // namespace benchhost::cli
