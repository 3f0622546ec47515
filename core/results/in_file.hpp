// How members of the results stand in results.json, where their type and name do not say it.
#pragma once

#include "core/base/described.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace benchhost::results {

enum class InFile {
    required,      ///< always written; an error when it is absent
    always,        ///< always written; absent (an older file lacks it) is the default
    unless_empty,  ///< written when it is neither unknown nor empty nor false; absent is that
};

/// One of several loads: its object says under this key which one it is.
inline constexpr const char* kModelKey = "model";
template <class Type>
concept IsLoad = requires {
    Type::kName;
};

/// The members of a struct that are so against the rule of in_file(), to be specialised.
template <class Struct>
inline constexpr std::tuple<> kAlways{};
template <class Struct>
inline constexpr std::tuple<> kUnlessEmpty{};

template <class Type>
inline constexpr bool kMayBeEmpty = false;
template <class Type>
inline constexpr bool kMayBeEmpty<std::optional<Type>> = true;
template <class Item>
inline constexpr bool kMayBeEmpty<std::vector<Item>> = true;
template <class Type>
inline constexpr bool kMayBeEmpty<std::map<std::string, Type>> = true;

template <class Struct, class Type>
constexpr InFile in_file(Type Struct::*member) {
    if (is_among(kAlways<Struct>, member)) {
        return InFile::always;
    }
    return kMayBeEmpty<Type> || is_among(kUnlessEmpty<Struct>, member) ? InFile::unless_empty
                                                                       : InFile::required;
}

/// To be specialised for a key that no member can be named after.
template <auto kMember>
inline constexpr const char* kKey = nullptr;

/// The key of a described member.
template <class Member>
constexpr const char* key_of(Member /*type*/) {
    return kKey<Member::pointer> != nullptr ? kKey<Member::pointer> : Member::name;
}

}  // namespace benchhost::results
