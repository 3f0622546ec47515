#include "core/base/json_writer.hpp"

#include "core/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace benchhost {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

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
            out_ += text.substr(0, valid);
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
