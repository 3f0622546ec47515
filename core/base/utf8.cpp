#include "core/base/utf8.hpp"

#include <algorithm>

namespace benchhost {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t utf8_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || length > text.size() ||
        !std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length),
                     is_continuation)) {
        return 0;
    }
    if (length > 2) {
        const auto second = static_cast<unsigned char>(text[1]);
        const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
        const bool surrogate = lead == 0xED && second >= 0xA0;
        const bool beyond = lead == 0xF4 && second >= 0x90;
        if (overlong || surrogate || beyond) {
            return 0;
        }
    }
    return length;
}

char32_t code_point_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (text.size() == 1) {
        return lead;
    }
    char32_t code_point = lead & (0xFFU >> (text.size() + 1));
    for (const char byte : text.substr(1)) {
        code_point = (code_point << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    return code_point;
}

std::size_t utf8_prefix(std::string_view text) {
    std::size_t valid = 0;
    while (valid < text.size()) {
        const auto length = utf8_length(text.substr(valid));
        if (length == 0) {
            break;
        }
        valid += length;
    }
    return valid;
}

}  // namespace benchhost
