#include "core/model/closed_loop.hpp"

#include <fmt/format.h>

namespace benchhost::model {

Status check_connections(std::uint32_t connections) {
    if (connections == 0 || connections > kMostConnections) {
        return Error{ErrorCode::usage, fmt::format("connections = {}: must be between 1 and {}",
                                                   connections, kMostConnections)};
    }
    return {};
}

std::string ClosedLoop::describe() const {
    return fmt::format("closed loop, not corrected; {} connections", connections);
}

}  // namespace benchhost::model
