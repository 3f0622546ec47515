#include "core/results/rules.hpp"

namespace benchhost::results {
namespace {

template <class... Models>
bool read_model(const JsonValue& json, const std::string& model, std::variant<Models...>& load) {
    const auto read_as = [&]<class Model>(Model found) {
        read_json<InFileRules>(json, found);
        load = std::move(found);
        return true;
    };
    return ((model == Models::kName && read_as(Models())) || ...);
}

}  // namespace

void InFileRules::read(const JsonValue& json, Nanoseconds& duration) {
    if (const auto* text = json.text()) {
        const auto parsed = parse_duration(*text);
        if (parsed) {
            duration = *parsed;
        } else {
            json.fail(parsed.error().message);
        }
    }
}

void InFileRules::write(JsonWriter& json, const Load& load) {
    std::visit(model::Overloaded{[&](const std::string& name) { json.value(name); },
                                 [&](const model::TrialLoad& known) {
                                     std::visit(
                                         [&](const auto& model) {
                                             json.begin_object();
                                             json.field(kModelKey, model.kName);
                                             write_members<InFileRules>(json, model);
                                             json.end_object();
                                         },
                                         known);
                                 }},
               load);
}

// An older file has no more than the name.
void InFileRules::read(const JsonValue& json, Load& load) {
    if (json.is_text()) {
        load = *json.text();
        return;
    }
    const auto model = json.member(kModelKey);
    const auto* name = model ? model->text() : nullptr;
    if (name == nullptr || !read_model(json, *name, load.emplace<model::TrialLoad>())) {
        json.fail(kModelKey, "the name of a load is expected, such as \"closed\"");
    }
}

}  // namespace benchhost::results
