// What Boost.Describe was told of a struct or an enum, for whoever writes, reads, sends or adds up
// any of them: each is described once, beside its definition.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace benchhost {

template <class Type>
concept DescribedStruct =
    std::is_class_v<Type> && boost::describe::has_describe_members<Type>::value;

template <class Type>
concept DescribedEnum = boost::describe::has_describe_enumerators<Type>::value;

/// Calls visit(member) for each member, in the order of the description; a member's type holds its
/// `name` and `pointer`. A struct with a member that is not described does not compile.
template <DescribedStruct Struct, class Visit>
constexpr void for_each_member(Visit visit) {
    using Members = boost::describe::describe_members<Struct, boost::describe::mod_public>;
    static_assert(boost::mp11::mp_size<Members>::value == boost::pfr::tuple_size_v<Struct>,
                  "the description of the struct lacks a member");
    boost::mp11::mp_for_each<Members>(visit);
}

/// Whether `wanted` is one of the pointers to members.
template <class Members, class Wanted>
constexpr bool is_among(const Members& members, Wanted wanted) {
    const auto same = [&](auto member) {
        if constexpr (std::is_same_v<decltype(member), Wanted>) {
            return member == wanted;
        }
        return false;
    };
    return std::apply([&](auto... member) { return (same(member) || ...); }, members);
}

template <DescribedEnum Enum>
inline constexpr std::size_t kEnumerators =
    boost::mp11::mp_size<boost::describe::describe_enumerators<Enum>>::value;

/// All of them, in the order of the description.
template <DescribedEnum Enum>
inline constexpr auto kAll = [] {
    std::array<Enum, kEnumerators<Enum>> all{};
    std::size_t next = 0;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
        [&](auto enumerator) { all[next++] = enumerator.value; });
    return all;
}();

/// The enumerator's name with hyphens: "server-bound" for server_bound.
template <class Enumerator>
inline constexpr auto kWord = [] {
    std::array<char, std::string_view(Enumerator::name).size() + 1> word{};
    for (std::size_t i = 0; Enumerator::name[i] != '\0'; ++i) {
        word[i] = Enumerator::name[i] == '_' ? '-' : Enumerator::name[i];
    }
    return word;
}();

/// Calls visit(value, word) for each enumerator.
template <DescribedEnum Enum, class Visit>
constexpr void for_each_word(Visit visit) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
        [&]<class Enumerator>(Enumerator /*type*/) {
            visit(Enumerator::value, kWord<Enumerator>.data());
        });
}

template <DescribedEnum Enum>
constexpr const char* word_of(Enum value) {
    const char* word = "";
    for_each_word<Enum>([&](Enum each, const char* its) { word = each == value ? its : word; });
    return word;
}

template <DescribedEnum Enum>
constexpr std::optional<Enum> from_word(std::string_view word) {
    std::optional<Enum> value;
    for_each_word<Enum>([&](Enum each, const char* its) {
        if (word == its) {
            value = each;
        }
    });
    return value;
}

}  // namespace benchhost
