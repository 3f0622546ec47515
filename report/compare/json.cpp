#include "core/base/json_writer.hpp"
#include "report/compare/render.hpp"
#include "report/table/over_rounds_json.hpp"

namespace benchhost::compare {
namespace {

void write_cell(JsonWriter& json, const ComparedCell& cell) {
    json.break_line();
    json.begin_object();
    json.field("profile", cell.profile);
    json.field("server", cell.server);
    json.field("metric", model::name_of(cell.metric));
    json.field("gated", cell.is_gated());
    json.field("tolerance", cell.tolerance);
    report::write_over_rounds(json, "base", cell.base);
    report::write_over_rounds(json, "head", cell.head);
    json.field("change", cell.change);
    json.field("change_low", cell.change_low);
    json.field("change_high", cell.change_high);
    if (cell.confidence > 0) {
        json.field("confidence", cell.confidence);
    }
    json.field("base_share", cell.base_share);
    json.field("head_share", cell.head_share);
    json.field("p", cell.p);
    json.field("adjusted_p", cell.adjusted_p);
    json.field("verdict", to_string(cell.verdict));
    if (!cell.why.empty()) {
        json.field("why", cell.why);
    }
    json.field("detectable", cell.detectable);
    if (cell.rounds_needed) {
        json.field("rounds_needed", std::uint64_t{*cell.rounds_needed});
    }
    json.field("noise", cell.noise);
    json.field("noise_low", cell.noise_low);
    json.field("noise_high", cell.noise_high);
    json.end_object();
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
    JsonWriter json;
    json.begin_object();
    json.field("schema", "benchhost.comparison/1");
    json.field("base", comparison.base_name);
    json.field("head", comparison.head_name);
    json.field("paired", comparison.paired);
    json.field("alpha", comparison.alpha);
    json.field("decision", to_string(decide(comparison)));
    json.field("noise_floor", noise_floor(comparison));
    if (!comparison.design_warning.empty()) {
        json.field("design_warning", comparison.design_warning);
    }
    json.break_line();
    json.key("cells");
    json.begin_array();
    for (const ComparedCell& cell : comparison.cells) {
        write_cell(json, cell);
    }
    json.break_line();
    json.end_array();
    json.break_line();
    json.key("warnings");
    json.begin_array();
    for (const std::string& warning : comparison.warnings) {
        json.value(warning);
    }
    json.break_line();
    json.end_array();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::compare
