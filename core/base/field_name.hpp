// Names of header fields, which are the same whatever their case (RFC 9110, section 5.1).
#pragma once

#include <algorithm>
#include <string_view>

namespace benchhost {

/// In ASCII, whatever the locale.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline bool is_same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace benchhost
