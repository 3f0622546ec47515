// Templates as tests make them, and who asks.
#pragma once

#include "core/requests/text_template.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::requests {

inline const std::vector<std::string> kNames{"ann", "bo", "charlotte"};

/// The file "names", and no other.
inline Result<Lines> lines_of_names(const std::string& file) {
    if (file != "names") {
        return Error{ErrorCode::usage, "there is no " + file};
    }
    return Lines(std::make_shared<const std::vector<std::string>>(kNames));
}

inline TextTemplate template_of(std::string_view text) {
    Draws draws(lines_of_names);
    auto made = TextTemplate::parse(text, draws);
    EXPECT_TRUE(made.has_value()) << text << ": " << made.error().message;
    return made ? *made : TextTemplate();
}

/// Requests that have little in common.
inline std::vector<Identity> some_requests() {
    return {{0, 0, 1},
            {1, 1, 1},
            {9, 63, 7},
            {123'456'789, 4000, 42},
            {std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint32_t>::max(),
             std::numeric_limits<std::uint64_t>::max()}};
}

}  // namespace benchhost::requests
