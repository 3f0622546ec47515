#include "core/base/printable.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace benchhost {
namespace {

constexpr std::array<std::pair<char32_t, char32_t>, 11> kUnprintable{{{0x00, 0x1F},
                                                                      {0x7F, 0x9F},
                                                                      {0xAD, 0xAD},
                                                                      {0x061C, 0x061C},
                                                                      {0x200B, 0x200F},
                                                                      {0x2028, 0x202E},
                                                                      {0x2060, 0x206F},
                                                                      {0xFEFF, 0xFEFF},
                                                                      {0xFFF9, 0xFFFB},
                                                                      {0xFFFE, 0xFFFF},
                                                                      {0xE0000, 0xE007F}}};

// `line` is printable: a character begins where a byte is none that continues one.
std::string without_middle(std::string line, std::size_t longest) {
    if (line.size() <= longest) {
        return line;
    }
    const auto continues = [&](std::size_t at) {
        return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U;
    };
    auto begin = longest / 2;
    while (begin > 0 && continues(begin)) {
        --begin;
    }
    auto end = line.size() - longest / 2;
    while (continues(end)) {
        ++end;
    }
    return line.replace(begin, end - begin, " ... ");
}

}  // namespace

bool is_unprintable(char32_t code_point) {
    return std::any_of(kUnprintable.begin(), kUnprintable.end(), [&](const auto& range) {
        return code_point >= range.first && code_point <= range.second;
    });
}

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (text.front() == '\t') {
            clean += ' ';
        } else if (length == 0 || is_unprintable(code_point_of(text.substr(0, length)))) {
            clean += '?';
        } else {
            clean += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::string shortened(std::string_view text, std::size_t most) {
    constexpr std::size_t kLongest = 4;  // bytes of a character
    const auto beginning = text.substr(0, kLongest * most);
    const std::string clean = printable(beginning);
    std::size_t end = 0;
    for (std::size_t shown = 0; shown < most && end < clean.size(); ++shown) {
        end += utf8_length(std::string_view(clean).substr(end));
    }
    const bool is_cut = end < clean.size() || beginning.size() < text.size();
    return clean.substr(0, end) + (is_cut ? "..." : "");
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kMost = 60;
    return '"' + shortened(text, kMost) + '"';
}

std::string printable_lines(std::string_view text, std::size_t longest) {
    std::string clean;
    for (std::size_t line = 0;;) {
        const auto end = std::min(text.find('\n', line), text.size());
        clean += without_middle(printable(text.substr(line, end - line)), longest);
        if (end == text.size()) {
            return clean;
        }
        clean += '\n';
        line = end + 1;
    }
}

}  // namespace benchhost
