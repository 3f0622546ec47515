// A JSON document that keeps the order of its members, for the route /json of native plugins:
// parsed once by picojson, serialised compactly for each request. picojson's own value keeps
// objects sorted by key and would answer other bytes than the ones every server has to send.
// Needs picojson.h; nothing else of the SDK does.
#pragma once

#if defined(picojson_h) && !defined(PICOJSON_USE_INT64)
#error "include <benchhost/json.hpp> before picojson.h: whole numbers have to stay whole numbers"
#endif
#ifndef PICOJSON_USE_INT64
#define PICOJSON_USE_INT64
#endif
#include <picojson.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace benchhost::sdk {

/// One JSON value. Reading it is safe from any number of threads.
struct JsonValue {
    using Array = std::vector<JsonValue>;
    using Object = std::vector<std::pair<std::string, JsonValue>>;  ///< in the order given
    using Storage =
        std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object>;

    /// Throws std::invalid_argument when `text` is not exactly one JSON value.
    static JsonValue parse(std::string_view text);

    /// Appends the value to `out`: no spaces, members in their order, UTF-8 as it is.
    void append_to(std::string& out) const;

    /// The same for an array of the `count` values from `first` on.
    static void append_array(std::string& out, const JsonValue* first, std::size_t count);

    Storage storage = nullptr;
};

namespace detail {

/// picojson's parser calls this for what it meets; nested values get a context of their own.
class JsonContext {
  public:
    explicit JsonContext(JsonValue& out, int depth = 0) : out_(out), depth_(depth) {}

    bool set_null() { return set(nullptr); }
    bool set_bool(bool value) { return set(value); }
    bool set_int64(std::int64_t value) { return set(value); }
    bool set_number(double value) { return set(value); }

    template <class Iterator>
    bool parse_string(picojson::input<Iterator>& in) {
        return picojson::_parse_string(out_.storage.emplace<std::string>(), in);
    }
    bool parse_array_start() {
        out_.storage.emplace<JsonValue::Array>();
        return depth_ < kDeepest;
    }
    template <class Iterator>
    bool parse_array_item(picojson::input<Iterator>& in, std::size_t /*index*/) {
        return parse_into(std::get<JsonValue::Array>(out_.storage).emplace_back(), in);
    }
    bool parse_array_stop(std::size_t /*count*/) { return true; }
    bool parse_object_start() {
        out_.storage.emplace<JsonValue::Object>();
        return depth_ < kDeepest;
    }
    template <class Iterator>
    bool parse_object_item(picojson::input<Iterator>& in, const std::string& key) {
        auto& members = std::get<JsonValue::Object>(out_.storage);
        return parse_into(members.emplace_back(key, JsonValue{}).second, in);
    }
    bool parse_object_stop() { return true; }

  private:
    static constexpr int kDeepest = 100;

    template <class Value>
    bool set(Value value) {
        out_.storage = value;
        return true;
    }
    template <class Iterator>
    bool parse_into(JsonValue& value, picojson::input<Iterator>& in) {
        JsonContext nested(value, depth_ + 1);
        return picojson::_parse(nested, in);
    }

    JsonValue& out_;
    int depth_;
};

inline void append_json_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        switch (letter) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (code < 0x20) {
                    out += {'\\', 'u', '0', '0', kHex[code >> 4U], kHex[code & 0xfU]};
                } else {
                    out += letter;
                }
        }
    }
    out += '"';
}

template <class Number>
void append_json_number(std::string& out, Number number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out += text;
    if (std::is_floating_point_v<Number> && text.find_first_of(".e") == std::string_view::npos) {
        out += ".0";  // stays a fraction, as it was written
    }
}

}  // namespace detail

inline JsonValue JsonValue::parse(std::string_view text) {
    JsonValue value;
    detail::JsonContext context(value);
    std::string error;
    const char* const end = text.data() + text.size();
    const char* rest = picojson::_parse(context, text.data(), end, &error);
    while (rest != end && std::isspace(static_cast<unsigned char>(*rest)) != 0) {
        ++rest;
    }
    if (error.empty() && rest != end) {
        error = "more text after the value";
    }
    if (!error.empty()) {
        throw std::invalid_argument("not JSON: " + error);
    }
    return value;
}

inline void JsonValue::append_to(std::string& out) const {
    if (const auto* flag = std::get_if<bool>(&storage)) {
        out += *flag ? "true" : "false";
    } else if (const auto* whole = std::get_if<std::int64_t>(&storage)) {
        detail::append_json_number(out, *whole);
    } else if (const auto* number = std::get_if<double>(&storage)) {
        detail::append_json_number(out, *number);
    } else if (const auto* string = std::get_if<std::string>(&storage)) {
        detail::append_json_string(out, *string);
    } else if (const auto* items = std::get_if<Array>(&storage)) {
        append_array(out, items->data(), items->size());
    } else if (const auto* members = std::get_if<Object>(&storage)) {
        out += '{';
        for (const auto& member : *members) {
            if (&member != members->data()) {
                out += ',';
            }
            detail::append_json_string(out, member.first);
            out += ':';
            member.second.append_to(out);
        }
        out += '}';
    } else {
        out += "null";
    }
}

inline void JsonValue::append_array(std::string& out, const JsonValue* first, std::size_t count) {
    out += '[';
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) {
            out += ',';
        }
        first[i].append_to(out);
    }
    out += ']';
}

}  // namespace benchhost::sdk
