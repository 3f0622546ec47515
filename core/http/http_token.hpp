// Classes of bytes in HTTP/1.x (RFC 9110 5.6).
#pragma once

#include <array>
#include <string_view>

namespace benchhost::http {

constexpr std::array<char, 256> make_lower_token() {
    std::array<char, 256> table{};
    for (char c = '0'; c <= '9'; ++c) {
        table[static_cast<unsigned char>(c)] = c;
    }
    for (char c = 'a'; c <= 'z'; ++c) {
        table[static_cast<unsigned char>(c)] = c;
        table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
    }
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
        table[static_cast<unsigned char>(c)] = c;
    }
    return table;
}
inline constexpr std::array<char, 256> kLowerToken = make_lower_token();

/// A byte that a token (such as a field name) may have: itself, in lower case. Any other: 0.
constexpr char lower_token(char byte) { return kLowerToken[static_cast<unsigned char>(byte)]; }

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// -1 when it is none.
constexpr int hex_digit(char byte) {
    if (is_digit(byte)) {
        return byte - '0';
    }
    const char lower = lower_token(byte);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace benchhost::http
