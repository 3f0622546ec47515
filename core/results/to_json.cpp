// Results as JSON: the keys of docs/results-schema.json, in the order of the descriptions.
#include "core/base/described_json.hpp"
#include "core/results/rules.hpp"

namespace benchhost::results {
namespace {

// A line of its own for each, so that the file can be read and compared line by line.
template <class Value>
void write_lines(JsonWriter& json, const Value& value) {
    if constexpr (kIsA<Value, std::vector>) {
        json.begin_array();
        for (const auto& item : value) {
            json.break_line();
            write_json<InFileRules>(json, item);
        }
        json.end_array();
    } else {
        write_json<InFileRules>(json, value);
    }
}

}  // namespace

std::string to_json(const Trial& trial) {
    JsonWriter json;
    write_json<InFileRules>(json, trial);
    return json.take();
}

std::string to_json(const ResultSet& results) {
    JsonWriter json;
    json.begin_object();
    json.break_line();
    json.field("schema", kSchema);
    for_each_member<ResultSet>([&]<class Member>(Member /*type*/) {
        if (InFileRules::is_written<Member>(results)) {
            json.break_line();
            json.key(InFileRules::key<Member>());
            write_lines(json, results.*Member::pointer);
        }
    });
    json.break_line();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::results
