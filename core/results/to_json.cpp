// Results as JSON: the keys of docs/results-schema.json, in the order of the descriptions.
#include "core/base/units.hpp"
#include "core/results/json_writer.hpp"
#include "core/results/results.hpp"

namespace benchhost::results {
namespace {

template <class Value>
bool is_empty(const Value& value) {
    if constexpr (requires { value.empty(); }) {
        return value.empty();
    } else {
        return !value;
    }
}

template <auto kMember, class Struct>
bool is_written(const Struct& object) {
    if constexpr (in_file(kMember) == InFile::unless_empty) {
        return !is_empty(object.*kMember);
    }
    return true;
}

// An ad hoc load has neither server nor profile, and then no rounds.
template <>
bool is_written<&Trial::round>(const Trial& trial) {
    return !trial.server.empty() || !trial.profile.empty();
}

template <class Value>
void write(JsonWriter& json, const std::optional<Value>& value);
template <class Item>
void write(JsonWriter& json, const std::vector<Item>& items);
template <class... Kinds>
void write(JsonWriter& json, const std::variant<Kinds...>& value);

template <class Value>
void write(JsonWriter& json, const Value& value) {
    if constexpr (DescribedStruct<Value>) {
        json.begin_object();
        if constexpr (IsLoad<Value>) {
            json.field(kModelKey, Value::kName);
        }
        for_each_member<Value>([&]<class Member>(Member member) {
            if (is_written<Member::pointer>(value)) {
                json.key(key_of(member));
                write(json, value.*Member::pointer);
            }
        });
        json.end_object();
    } else if constexpr (DescribedEnum<Value>) {
        json.value(word_of(value));
    } else if constexpr (std::is_same_v<Value, stats::StoredHistogram>) {
        json.value(value.encode());
    } else if constexpr (std::is_same_v<Value, Nanoseconds>) {
        json.value(format_duration(value));
    } else {
        json.value(value);
    }
}

template <class Value>
void write(JsonWriter& json, const std::optional<Value>& value) {
    write(json, *value);
}

template <class Item>
void write(JsonWriter& json, const std::vector<Item>& items) {
    json.begin_array();
    for (const auto& item : items) {
        write(json, item);
    }
    json.end_array();
}

template <class... Kinds>
void write(JsonWriter& json, const std::variant<Kinds...>& value) {
    std::visit([&](const auto& kind) { write(json, kind); }, value);
}

// A line of its own for each, so that the file can be read and compared line by line.
template <class Value>
void write_lines(JsonWriter& json, const Value& value) {
    write(json, value);
}

template <class Item>
void write_lines(JsonWriter& json, const std::vector<Item>& items) {
    json.begin_array();
    for (const auto& item : items) {
        json.break_line();
        write(json, item);
    }
    json.end_array();
}

}  // namespace

std::string to_json(const Trial& trial) {
    JsonWriter json;
    write(json, trial);
    return json.take();
}

std::string to_json(const ResultSet& results) {
    JsonWriter json;
    json.begin_object();
    json.break_line();
    json.field("schema", kSchema);
    for_each_member<ResultSet>([&]<class Member>(Member member) {
        if (is_written<Member::pointer>(results)) {
            json.break_line();
            json.key(key_of(member));
            write_lines(json, results.*Member::pointer);
        }
    });
    json.break_line();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::results
