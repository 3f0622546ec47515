// What a FaultServer does with each request, as data.
#pragma once

#include "core/selftest/fault_server.hpp"

#include <string>
#include <string_view>

namespace benchhost::selftest {

struct FaultScript {
    enum class Then { keep, fin, reset };
    std::string answer;        ///< written for each request
    std::string endless_tail;  ///< then written again and again until the client goes
    Then then = Then::keep;
    bool byte_by_byte = false;
    bool reset_on_accept = false;
};

/// Of every behaviour but refuse, which has no connection to play on.
FaultScript script_of(Behaviour behaviour, std::string_view body);

}  // namespace benchhost::selftest
