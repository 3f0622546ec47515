// Which bytes are UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace benchhost {

/// Bytes of the well-formed character that `text`, which is not empty, begins with, or 0.
std::size_t utf8_length(std::string_view text);

/// Of the one well-formed character that `text` is.
char32_t code_point_of(std::string_view text);

/// Bytes of the longest beginning of `text` that is UTF-8: all of them when it is.
std::size_t utf8_prefix(std::string_view text);

}  // namespace benchhost
