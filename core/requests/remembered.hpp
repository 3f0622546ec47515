// What a user keeps from the answers of a flow for its next steps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace benchhost::requests {

/// Longer ones are not taken: they would have to stand in a request.
inline constexpr std::size_t kLongestTaken = 1024;
inline constexpr std::size_t kLongestCookies = 4096;

struct Remembered {
    std::vector<std::string> values;  ///< by the number of the take
    std::string cookie_field;         ///< "Cookie: a=1; b=2\r\n", or empty
};

}  // namespace benchhost::requests
