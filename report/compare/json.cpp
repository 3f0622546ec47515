#include "report/compare/render.hpp"
#include "report/json_writer.hpp"

namespace benchhost::report {
namespace {

void write_cell(JsonWriter& json, const ComparedCell& cell) {
    json.begin_object();
    json.text("profile", cell.profile);
    json.text("server", cell.server);
    json.text("metric", short_name(cell.metric));
    json.boolean("gated", cell.is_gated());
    json.number("tolerance", cell.tolerance);
    json.over_rounds("base", cell.base);
    json.over_rounds("head", cell.head);
    json.number("change", cell.change);
    json.number("change_low", cell.change_low);
    json.number("change_high", cell.change_high);
    if (cell.confidence > 0) {
        json.number("confidence", cell.confidence);
    }
    json.number("p", cell.p);
    json.number("adjusted_p", cell.adjusted_p);
    json.text("verdict", to_string(cell.verdict));
    if (!cell.why.empty()) {
        json.text("why", cell.why);
    }
    json.number("detectable", cell.detectable);
    if (cell.rounds_needed) {
        json.number("rounds_needed", std::uint64_t{*cell.rounds_needed});
    }
    json.number("noise", cell.noise);
    json.number("noise_low", cell.noise_low);
    json.number("noise_high", cell.noise_high);
    json.end_object();
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
    JsonWriter json;
    json.begin_object();
    json.text("schema", "benchhost.comparison/1");
    json.text("base", comparison.base_name);
    json.text("head", comparison.head_name);
    json.boolean("paired", comparison.paired);
    json.number("alpha", comparison.alpha);
    json.text("decision", to_string(decide(comparison)));
    json.number("noise_floor", noise_floor(comparison));
    json.begin_array("cells");
    for (const ComparedCell& cell : comparison.cells) {
        write_cell(json, cell);
    }
    json.end_array();
    json.begin_array("warnings");
    for (const std::string& warning : comparison.warnings) {
        json.text({}, warning);
    }
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace benchhost::report
