// How many sockets this process may have open.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace benchhost {

struct DescriptorLimit {
    std::uint64_t effective = 0;
    bool raised = false;
};

/// Raises the soft limit of open files (and the hard one, where allowed) until `needed` more fit
/// beside those already open. The error says what is missing and how to mend it.
Result<DescriptorLimit> make_room_for_descriptors(std::uint64_t needed);

}  // namespace benchhost
