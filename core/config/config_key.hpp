// A key of the config, said once: its name, what it may be, what it is by default and where its
// value goes. The readers, their messages and the tables of docs/configuration.md follow from it.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/config/section_reader.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchhost::config {

/// How a value is spelled.
template <class Value>
struct Shape {
    std::string words;  ///< what is allowed, for people
    std::function<Result<Value>(const std::string&)> parse;
    std::function<std::string(const Value&)> spell;
};

namespace shape {

template <class Number = std::uint32_t>
Shape<Number> count(std::uint64_t least, std::uint64_t most) {
    return {fmt::format("{} to {}", least, most),
            [=](const std::string& text) -> Result<Number> {
                const auto parsed = parse_count(text, least, most);
                return parsed ? Result<Number>(static_cast<Number>(*parsed)) : parsed.error();
            },
            [](const Number& value) { return std::to_string(value); }};
}
Shape<Nanoseconds> duration(Nanoseconds least, Nanoseconds most);
Shape<double> rate(double least, double most);
Shape<double> share(std::string words, std::function<Result<double>(const std::string&)> parse);
Shape<bool> yes_no();
Shape<std::string> text(std::string words,
                        std::function<Result<std::string>(const std::string&)> parse);

/// The words of an enum that is described.
template <class Enum>
Shape<Enum> word() {
    std::vector<std::pair<std::string, Enum>> known;
    for_each_word<Enum>([&](Enum value, const char* name) { known.emplace_back(name, value); });
    std::string words;
    for (const auto& [name, value] : known) {
        words += fmt::format("{}`{}`", words.empty() ? "" : " ", name);
    }
    return {words,
            [known](const std::string& text) -> Result<Enum> {
                std::vector<std::string> names;
                for (const auto& each : known) {
                    names.push_back(each.first);
                }
                const auto index = parse_word(text, names);
                return index ? Result<Enum>(known[*index].second) : index.error();
            },
            [known](const Enum& wanted) {
                for (const auto& [name, value] : known) {
                    if (value == wanted) {
                        return name;
                    }
                }
                return std::string();
            }};
}

}  // namespace shape

/// What the reference says of a key.
struct KeyText {
    std::string name;
    std::string words;     ///< what it may be
    std::string standard;  ///< what it is when it is not given
    std::string help;
};

template <class Target>
struct Key : KeyText {
    std::function<void(const SectionReader&, Target&)> read;
};

/// The key that sets `member`. Its default is that of the struct, or `standard`.
template <class Target, class Member, class Value>
Key<Target> key(std::string name, Member Target::*member, Shape<Value> shape, std::string help,
                std::string standard = "") {
    if (standard.empty()) {
        const auto value = Target{}.*member;
        if constexpr (std::is_same_v<Member, Value>) {
            standard = "`" + shape.spell(value) + "`";
        } else {
            standard = value ? "`" + shape.spell(*value) + "`" : "none";
        }
    }
    const auto read = [name, member, parse = std::move(shape.parse)](const SectionReader& reader,
                                                                     Target& target) {
        reader.read(name, target.*member, parse);
    };
    return {{std::move(name), std::move(shape.words), std::move(standard), std::move(help)}, read};
}

/// A key of a struct that is a member of the section's.
template <class Target, class Part>
Key<Target> within(Part Target::*part, Key<Part> key) {
    return {std::move(static_cast<KeyText&>(key)),
            [part, read = std::move(key.read)](const SectionReader& reader, Target& target) {
                read(reader, target.*part);
            }};
}

/// A key that the section's reader looks for itself.
template <class Target>
Key<Target> key_text(KeyText text) {
    return {std::move(text), [](const SectionReader&, Target&) {}};
}

/// Reads a section that has these keys and no other.
template <class Target>
void read_keys(const SectionReader& reader, const std::vector<Key<Target>>& keys, Target& target) {
    std::vector<std::string> known;
    for (const auto& each : keys) {
        known.push_back(each.name);
    }
    reader.reject_unknown(known);
    for (const auto& each : keys) {
        each.read(reader, target);
    }
}

/// The keys of a section, or of the profiles with one load, as the reference has them.
struct KeyTable {
    std::string title;
    std::vector<KeyText> keys;
};

template <class Target>
KeyTable table_of(std::string title, const std::vector<Key<Target>>& keys) {
    return {std::move(title), {keys.begin(), keys.end()}};
}

/// All keys there are.
std::vector<KeyTable> key_tables();

}  // namespace benchhost::config
