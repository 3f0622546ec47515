// The whole numbers of the command line.
#pragma once

#include "core/base/units.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace benchhost::cli {

/// For Option::transform(): a whole number as a config has it. CLI11 itself would take "010" for
/// eight and "-18446744073709551615" for one.
inline CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    return CLI::Validator(
        [least, most](std::string& text) {
            const auto number = parse_count(text, least, most);
            if (!number) {
                return number.error().message;
            }
            text = std::to_string(*number);
            return std::string();
        },
        fmt::format("{} to {}", least, most));
}

}  // namespace benchhost::cli
