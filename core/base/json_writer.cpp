#include "core/base/json_writer.hpp"

#include "core/base/printable.hpp"
#include "core/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace benchhost {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Well-formed, as it may stand in JSON.
void append_visible(std::string& out, std::string_view character) {
    const char32_t code_point = character.size() > 1 ? code_point_of(character) : 0;
    if (character.size() > 1 && is_unprintable(code_point)) {
        out += json_escape(code_point);
    } else {
        out += character;
    }
}

}  // namespace

std::string json_escape(char32_t code_point) {
    const auto unit = [](char32_t value) {
        return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(value));
    };
    constexpr char32_t kOneUnit = 0x10000;
    if (code_point < kOneUnit) {
        return unit(code_point);
    }
    // RFC 8259, section 7.
    const char32_t rest = code_point - kOneUnit;
    return unit(0xD800 + (rest >> 10U)) + unit(0xDC00 + (rest & 0x3FFU));
}

std::string visible_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const std::size_t length = utf8_length(json);
        if (length == 0) {
            out += kReplacement;
        } else {
            append_visible(out, json.substr(0, length));
        }
        json.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

void JsonWriter::begin(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
}

void JsonWriter::end(char bracket) {
    if (line_break_) {
        out_ += '\n';
        line_break_ = false;
    }
    out_ += bracket;
    first_ = false;
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (!first_) {
        out_ += ',';
    }
    if (line_break_) {
        out_ += '\n';
        line_break_ = false;
    }
    first_ = false;
}

void JsonWriter::key(std::string_view name) {
    separate();
    quote(name);
    out_ += ':';
    after_key_ = true;
}

void JsonWriter::quote(std::string_view text) {
    const auto needs_no_care = [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f &&
               c != '"' && c != '\\';
    };
    out_ += '"';
    while (!text.empty()) {
        const auto* const special = std::find_if_not(text.begin(), text.end(), needs_no_care);
        const auto plain = static_cast<std::size_t>(special - text.begin());
        out_ += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) {
            break;
        }
        const char c = text.front();
        std::size_t length = 1;
        if (c == '"' || c == '\\') {
            out_ += '\\';
            out_ += c;
        } else if (c == '\n') {
            out_ += "\\n";
        } else if (c == '\t') {
            out_ += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(c));
        } else if (bytes_ == Bytes::exact) {
            out_ += c;
        } else if (const auto valid = utf8_length(text); valid > 0) {
            length = valid;
            append_visible(out_, text.substr(0, valid));
        } else {
            out_ += kReplacement;
        }
        text.remove_prefix(length);
    }
    out_ += '"';
}

void JsonWriter::value(std::string_view text) {
    separate();
    quote(text);
}

void JsonWriter::value(bool truth) {
    separate();
    out_ += truth ? "true" : "false";
}

void JsonWriter::value(std::uint64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonWriter::value(double number) {
    separate();
    if (std::isfinite(number)) {
        // "-0" is a whole number to its reader, and that 0.
        fmt::format_to(std::back_inserter(out_), "{}", number == 0 ? 0.0 : number);
    } else {
        out_ += "null";
    }
}

void JsonWriter::value(const std::map<std::string, std::string>& texts) {
    begin_object();
    for (const auto& [name, text] : texts) {
        field(name, text);
    }
    end_object();
}

void JsonWriter::value(const std::map<std::string, std::uint64_t>& counts) {
    begin_object();
    for (const auto& [name, count] : counts) {
        field(name, count);
    }
    end_object();
}

void JsonWriter::value(const std::vector<std::string>& texts) {
    begin_array();
    for (const auto& text : texts) {
        value(text);
    }
    end_array();
}

}  // namespace benchhost
