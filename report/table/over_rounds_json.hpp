// Statistics over the rounds as JSON, the same in every document.
#pragma once

#include "core/base/json_writer.hpp"
#include "report/table/table.hpp"

#include <string_view>

namespace benchhost::report {

/// "name":{"median":..,"least":..,"most":..,"rounds":..}, and "at_least":true when the median is a
/// lower bound; nothing when unknown.
inline void write_over_rounds(JsonWriter& json, std::string_view name,
                              const std::optional<OverRounds>& value) {
    if (!value) {
        return;
    }
    json.key(name);
    json.begin_object();
    json.field("median", value->median);
    json.field("least", value->least);
    json.field("most", value->most);
    json.field("rounds", std::uint64_t{value->rounds});
    if (value->at_least) {
        json.field("at_least", true);
    }
    json.end_object();
}

}  // namespace benchhost::report
