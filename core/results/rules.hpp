// What in_file.hpp says, as core/base/described_json.hpp asks for it.
#pragma once

#include "core/base/described_json.hpp"
#include "core/results/results.hpp"

#include <variant>

namespace benchhost::results {

struct InFileRules {
    template <class Member>
    static constexpr const char* key() {
        return key_of(Member());
    }
    template <class Member, class Struct>
    static bool is_written(const Struct& object) {
        if constexpr (std::is_same_v<Struct, Trial>) {
            // An ad hoc load has neither server nor profile, and then no rounds.
            if (is_among(std::tuple(&Trial::round), Member::pointer)) {
                return !object.server.empty() || !object.profile.empty();
            }
        }
        if constexpr (in_file(Member::pointer) == InFile::unless_empty) {
            const auto& value = object.*Member::pointer;
            if constexpr (requires { value.empty(); }) {
                return !value.empty();
            } else {
                return static_cast<bool>(value);
            }
        }
        return true;
    }
    template <class Member, class Struct>
    static constexpr bool may_be_absent() {
        return in_file(Member::pointer) != InFile::required;
    }

    static void write(JsonWriter& json, const Nanoseconds& duration) {
        json.value(format_duration(duration));
    }
    static void read(const JsonValue& json, Nanoseconds& duration);
    static void write(JsonWriter& json, const Load& load);
    static void read(const JsonValue& json, Load& load);
};

}  // namespace benchhost::results
