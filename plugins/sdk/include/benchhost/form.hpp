// The fields of a query or of a form (application/x-www-form-urlencoded), for libraries that leave
// them to their users.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace benchhost::sdk {

namespace detail {

/// `text` without its escapes: + is a blank, %41 an A. A % that begins none stays.
inline std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char code = 0;
        const char* const digits = text.data() + i + 1;
        if (text[i] == '%' && text.size() - i > 2 &&
            std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
            plain += static_cast<char>(code);
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

/// `text` is a whole number from 0 on, and nothing else.
inline std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end) {
        return std::nullopt;
    }
    return number;
}

}  // namespace detail

/// The value of the first field of that name in "a=1&b=2".
inline std::optional<std::string> form_value(std::string_view fields, std::string_view name) {
    while (!fields.empty()) {
        const std::string_view field = fields.substr(0, fields.find('&'));
        fields.remove_prefix(field.size() < fields.size() ? field.size() + 1 : field.size());
        const std::size_t equals = field.find('=');
        if (detail::unescaped(field.substr(0, equals)) == name) {
            return equals == std::string_view::npos ? std::string()
                                                    : detail::unescaped(field.substr(equals + 1));
        }
    }
    return std::nullopt;
}

/// a + b as a library has parsed them; nothing when one is no whole number up to 2^52.
inline std::optional<std::uint64_t> sum_of(std::string_view a, std::string_view b) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 52U;
    const std::optional<std::uint64_t> first = detail::whole_number(a);
    const std::optional<std::uint64_t> second = detail::whole_number(b);
    if (!first || !second || *first > kMost || *second > kMost) {
        return std::nullopt;
    }
    return *first + *second;
}

/// a + b of "a=1&b=2"; nothing when one is missing, or as above.
inline std::optional<std::uint64_t> sum_of(std::string_view fields) {
    const std::optional<std::string> a = form_value(fields, "a");
    const std::optional<std::string> b = form_value(fields, "b");
    return a && b ? sum_of(*a, *b) : std::nullopt;
}

}  // namespace benchhost::sdk
