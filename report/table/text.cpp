#include "report/table/text.hpp"

#include "core/base/printable.hpp"
#include "core/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace benchhost::report {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
    char32_t code_point;
    std::size_t length;
};

// A malformed sequence costs one byte and becomes one U+FFFD.
Decoded decode_first(std::string_view text) {
    const std::size_t length = utf8_length(text);
    return length == 0 ? Decoded{kReplacement, 1}
                       : Decoded{code_point_of(text.substr(0, length)), length};
}

struct CodePoints {
    char32_t from;
    char32_t to;
};

template <std::size_t N>
bool is_in(char32_t code_point, const std::array<CodePoints, N>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const CodePoints& range) {
        return code_point >= range.from && code_point <= range.to;
    });
}

constexpr std::array<CodePoints, 6> kCombining{{{0x0300, 0x036F},
                                                {0x1AB0, 0x1AFF},
                                                {0x1DC0, 0x1DFF},
                                                {0x20D0, 0x20FF},
                                                {0xFE00, 0xFE0F},
                                                {0xFE20, 0xFE2F}}};
constexpr std::array<CodePoints, 11> kWide{{{0x1100, 0x115F},
                                            {0x2E80, 0x303E},
                                            {0x3041, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0xFFE0, 0xFFE6},
                                            {0x1F300, 0x1F64F},
                                            {0x1F900, 0x1F9FF},
                                            {0x20000, 0x3FFFD}}};

std::string cleaned(std::string_view text, bool keep_lines) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto [code_point, length] = decode_first(text);
        const bool line_break = code_point == '\n' || code_point == '\r';
        const bool crlf = code_point == '\r' && text.size() > 1 && text[1] == '\n';
        if (line_break) {
            if (!crlf) {
                out += keep_lines ? '\n' : ' ';
            }
        } else if (code_point == '\t') {
            out += keep_lines ? '\t' : ' ';
        } else if (code_point == kReplacement || is_unprintable(code_point)) {
            out += "\xEF\xBF\xBD";
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return out;
}

bool is_inside_word(std::string_view text, std::size_t at) {
    const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    return at > 0 && at + 1 < text.size() && is_letter(text[at - 1]) && is_letter(text[at + 1]);
}

}  // namespace

std::string one_line(std::string_view text) { return cleaned(text, false); }

std::string clean_lines(std::string_view text) { return cleaned(text, true); }

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto [code_point, length] = decode_first(text);
        if (!is_in(code_point, kCombining)) {
            width += is_in(code_point, kWide) ? 2 : 1;
        }
        text.remove_prefix(length);
    }
    return width;
}

std::string markdown_escaped(std::string_view text) {
    const std::string line = one_line(text);
    std::string out;
    out.reserve(line.size() + 8);
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const std::string_view rest = std::string_view(line).substr(i + 1);
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '\\':
            case '|':
            case '`':
            case '*':
            case '[':
            case ']':
            case '~':
            case '$':
                out += '\\';
                out += c;
                break;
            case '_':  // Inside a word it is no markup.
                if (!is_inside_word(line, i)) {
                    out += '\\';
                }
                out += c;
                break;
            case '@':  // The empty comment keeps a name from being notified,
            case '#':  // and a number from becoming a link to an issue.
                out += c;
                out += "<!-- -->";
                break;
            case ':':
                out += rest.starts_with("//") ? "&#58;" : ":";
                break;
            case '.':
                out += (i >= 3 && line.compare(i - 3, 3, "www") == 0) ? "&#46;" : ".";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string markdown_code_block(std::string_view text, std::string_view language) {
    const std::string content = clean_lines(text);
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : content) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
    const char* const last_break = content.empty() || content.back() == '\n' ? "" : "\n";
    return fmt::format("{}{}\n{}{}{}\n", fence, language, content, last_break, fence);
}

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : clean_lines(text)) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace benchhost::report
