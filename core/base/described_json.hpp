// Described structs as JSON and back, member by member: what is written and read follows from the
// description.
#pragma once

#include "core/base/described.hpp"
#include "core/base/json_reader.hpp"
#include "core/base/json_writer.hpp"
#include "core/base/printable.hpp"
#include "core/base/units.hpp"

#include <fmt/format.h>

#include <concepts>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchhost {

template <class Type, template <class...> class Template>
inline constexpr bool kIsA = false;
template <template <class...> class Template, class... Types>
inline constexpr bool kIsA<Template<Types...>, Template> = true;

/// How the members of a struct stand in its object: each by its own name, and only what is unknown
/// is absent. A format with other rules has a struct like this one; where a type stands otherwise
/// in it, that has `write(JsonWriter&, const Type&)` and `read(const JsonValue&, Type&)`.
struct EveryMember {
    template <class Member>
    static constexpr const char* key() {
        return Member::name;
    }
    template <class Member, class Struct>
    static bool is_written(const Struct& object) {
        if constexpr (may_be_absent<Member, Struct>()) {
            return (object.*Member::pointer).has_value();
        }
        return true;
    }
    template <class Member, class Struct>
    static constexpr bool may_be_absent() {
        return kIsA<std::remove_cvref_t<decltype(std::declval<Struct&>().*Member::pointer)>,
                    std::optional>;
    }
};

template <class Rules = EveryMember, class Value>
void write_json(JsonWriter& json, const Value& value);

/// Into an object that has begun.
template <class Rules, class Struct>
void write_members(JsonWriter& json, const Struct& object) {
    for_each_member<Struct>([&]<class Member>(Member /*type*/) {
        if (Rules::template is_written<Member>(object)) {
            json.key(Rules::template key<Member>());
            write_json<Rules>(json, object.*Member::pointer);
        }
    });
}

template <class Rules, class Value>
void write_json(JsonWriter& json, const Value& value) {
    if constexpr (requires { Rules::write(json, value); }) {
        Rules::write(json, value);
    } else if constexpr (DescribedStruct<Value>) {
        json.begin_object();
        write_members<Rules>(json, value);
        json.end_object();
    } else if constexpr (DescribedEnum<Value>) {
        json.value(word_of(value));
    } else if constexpr (kIsA<Value, std::optional>) {
        write_json<Rules>(json, *value);
    } else if constexpr (kIsA<Value, std::vector>) {
        json.begin_array();
        for (const auto& item : value) {
            write_json<Rules>(json, item);
        }
        json.end_array();
    } else if constexpr (kIsA<Value, std::map>) {
        json.begin_object();
        for (const auto& [name, item] : value) {
            json.key(name);
            write_json<Rules>(json, item);
        }
        json.end_object();
    } else if constexpr (kIsA<Value, std::pair>) {
        json.begin_array();
        write_json<Rules>(json, value.first);
        write_json<Rules>(json, value.second);
        json.end_array();
    } else if constexpr (std::same_as<Value, std::filesystem::path>) {
        json.value(value.string());
    } else if constexpr (std::same_as<Value, Nanoseconds>) {
        json.value(static_cast<std::uint64_t>(value.count()));
    } else if constexpr (std::integral<Value> && !std::same_as<Value, bool>) {
        json.value(static_cast<std::uint64_t>(value));
    } else if constexpr (requires { value.encode(); }) {
        json.value(value.encode());
    } else {
        json.value(value);
    }
}

/// What is wrong is told to `json`; `value` is then not to be used.
template <class Rules = EveryMember, class Value>
void read_json(const JsonValue& json, Value& value);

namespace json_detail {

template <class Rules, class Struct>
void members(const JsonValue& json, Struct& object) {
    for_each_member<Struct>([&]<class Member>(Member /*type*/) {
        const char* const key = Rules::template key<Member>();
        if (const auto member = json.member(key)) {
            read_json<Rules>(*member, object.*Member::pointer);
        } else if (!Rules::template may_be_absent<Member, Struct>()) {
            json.fail(key, "is missing");
        }
    });
}

template <class Enum>
void word(const JsonValue& json, Enum& value) {
    const auto* word = json.text();
    const auto known = word != nullptr ? from_word<Enum>(*word) : std::nullopt;
    if (known) {
        value = *known;
    } else if (word != nullptr) {
        std::string allowed;
        for_each_word<Enum>([&](Enum /*value*/, const char* each) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(each);
        });
        json.fail(fmt::format("one of {} is expected, not {}", allowed, in_quotes(*word)));
    }
}

template <class Number>
void whole(const JsonValue& json, Number& value) {
    const auto count = json.count();
    if (count && std::in_range<Number>(*count)) {
        value = static_cast<Number>(*count);
    } else if (count) {
        json.fail(fmt::format("{} is too large", *count));
    }
}

template <class Rules, class First, class Second>
void pair(const JsonValue& json, std::pair<First, Second>& value) {
    std::size_t items = 0;
    json.for_each_item([&](const JsonValue& item) {
        if (items == 0) {
            read_json<Rules>(item, value.first);
        } else if (items == 1) {
            read_json<Rules>(item, value.second);
        }
        ++items;
    });
    if (items != 2) {
        json.fail(fmt::format("a list of 2 is expected, not of {}", items));
    }
}

template <class Text>
void decoded(const JsonValue& json, Text& value) {
    if (const auto* text = json.text()) {
        auto read = Text::decode(*text);
        if (read) {
            value = std::move(*read);
        } else {
            json.fail(read.error().message);
        }
    }
}

template <class Value>
void assign(Value& value, std::optional<Value> found) {
    if (found) {
        value = *found;
    }
}

}  // namespace json_detail

template <class Rules, class Value>
void read_json(const JsonValue& json, Value& value) {
    if constexpr (requires { Rules::read(json, value); }) {
        Rules::read(json, value);
    } else if constexpr (DescribedStruct<Value>) {
        json_detail::members<Rules>(json, value);
    } else if constexpr (DescribedEnum<Value>) {
        json_detail::word(json, value);
    } else if constexpr (kIsA<Value, std::optional>) {
        read_json<Rules>(json, value.emplace());
    } else if constexpr (kIsA<Value, std::vector>) {
        json.for_each_item(
            [&](const JsonValue& item) { read_json<Rules>(item, value.emplace_back()); });
    } else if constexpr (kIsA<Value, std::map>) {
        json.for_each_member([&](const std::string& name, const JsonValue& item) {
            read_json<Rules>(item, value[name]);
        });
    } else if constexpr (kIsA<Value, std::pair>) {
        json_detail::pair<Rules>(json, value);
    } else if constexpr (std::same_as<Value, std::string> ||
                         std::same_as<Value, std::filesystem::path>) {
        if (const auto* text = json.text()) {
            value = *text;
        }
    } else if constexpr (std::same_as<Value, Nanoseconds>) {
        std::int64_t count = 0;
        json_detail::whole(json, count);
        value = Nanoseconds(count);
    } else if constexpr (std::same_as<Value, bool>) {
        json_detail::assign(value, json.yes_no());
    } else if constexpr (std::same_as<Value, double>) {
        json_detail::assign(value, json.number());
    } else if constexpr (std::integral<Value>) {
        json_detail::whole(json, value);
    } else {
        json_detail::decoded(json, value);
    }
}

template <class Value>
std::string as_json(const Value& value, JsonWriter::Bytes bytes = JsonWriter::Bytes::replaced) {
    JsonWriter json(bytes);
    write_json(json, value);
    return json.take();
}

/// The error (code data) names the first member that is missing, or wrong.
template <class Value, class Rules = EveryMember>
Result<Value> from_json(const std::string& text) {
    const auto document = parse_json(text);
    if (!document) {
        return document.error();
    }
    std::optional<Error> problem;
    Value value;
    read_json<Rules>(JsonValue(*document, problem), value);
    return problem ? Result<Value>(std::move(*problem)) : Result<Value>(std::move(value));
}

}  // namespace benchhost
