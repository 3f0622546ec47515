#include "core/base/printable.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace benchhost {
std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const auto lead = static_cast<unsigned char>(text.front());
        if (text.front() == '\t') {
            clean += ' ';
        } else if (length == 0 || lead < 0x20 || lead == 0x7F) {
            clean += '?';
        } else {
            clean += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::string printable_lines(std::string_view text) {
    std::string clean;
    for (std::size_t line = 0;;) {
        const auto end = std::min(text.find('\n', line), text.size());
        clean += printable(text.substr(line, end - line));
        if (end == text.size()) {
            return clean;
        }
        clean += '\n';
        line = end + 1;
    }
}

}  // namespace benchhost
