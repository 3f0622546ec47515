#include "tests/unit/results/schema_validator.hpp"

#include <algorithm>
#include <set>

namespace benchhost::results {
namespace {

class Validator {
  public:
    explicit Validator(const picojson::value& root) : root_(root) {}

    std::string check(const picojson::value& value, const picojson::value& schema,
                      const std::string& place) const {
        const auto& rules = schema.get<picojson::object>();
        // The other keywords take it for granted.
        if (const auto type = rules.find("type");
            type != rules.end() && !is_of_type(value, type->second.to_str())) {
            return place + ": not " + type->second.to_str();
        }
        for (const auto& [keyword, rule] : rules) {
            const auto fault = check_keyword(value, rules, keyword, rule, place);
            if (!fault.empty()) {
                return fault;
            }
        }
        return "";
    }

  private:
    std::string check_keyword(const picojson::value& value, const picojson::object& rules,
                              const std::string& keyword, const picojson::value& rule,
                              const std::string& place) const {
        static const std::set<std::string> kSaysNothing{"$schema", "$id",         "$defs",
                                                        "title",   "description", "type"};
        if (kSaysNothing.count(keyword) > 0 ||
            (keyword == "additionalProperties" && rules.count("properties") > 0)) {
            return "";  // the latter is checked with the properties
        }
        if (keyword == "$ref") {
            const auto name = rule.get<std::string>().substr(std::string("#/$defs/").size());
            return check(value, root_.get("$defs").get(name), place);
        }
        if (keyword == "const") {
            return value == rule ? "" : place + ": not " + rule.to_str();
        }
        if (keyword == "enum") {
            const auto& words = rule.get<picojson::array>();
            return std::find(words.begin(), words.end(), value) != words.end()
                       ? ""
                       : place + ": " + value.to_str() + " is not in the enum";
        }
        if (keyword == "minimum") {
            // Copies: get<double>() makes a whole number a fraction where it stands.
            return picojson::value(value).get<double>() >= picojson::value(rule).get<double>()
                       ? ""
                       : place + ": too small";
        }
        if (keyword == "required") {
            for (const auto& name : rule.get<picojson::array>()) {
                if (!value.contains(name.get<std::string>())) {
                    return place + ": lacks " + name.to_str();
                }
            }
            return "";
        }
        if (keyword == "oneOf") {
            const auto& kinds = rule.get<picojson::array>();
            const auto right = std::count_if(kinds.begin(), kinds.end(), [&](const auto& kind) {
                return check(value, kind, place).empty();
            });
            return right == 1 ? "" : place + ": is " + std::to_string(right) + " of the kinds";
        }
        if (keyword == "items") {
            return check_items(value, rule, place);
        }
        if (keyword == "properties" || keyword == "additionalProperties") {
            return check_members(value, rules, place);
        }
        return "the schema has an unknown keyword " + keyword;
    }

    static bool is_of_type(const picojson::value& value, const std::string& type) {
        return type == "object"    ? value.is<picojson::object>()
               : type == "array"   ? value.is<picojson::array>()
               : type == "string"  ? value.is<std::string>()
               : type == "boolean" ? value.is<bool>()
               : type == "integer" ? value.is<std::int64_t>()
               : type == "number"  ? value.is<double>()
                                   : false;
    }

    std::string check_items(const picojson::value& value, const picojson::value& schema,
                            const std::string& place) const {
        for (const auto& item : value.get<picojson::array>()) {
            const auto fault = check(item, schema, place + "[]");
            if (!fault.empty()) {
                return fault;
            }
        }
        return "";
    }

    std::string check_members(const picojson::value& value, const picojson::object& rules,
                              const std::string& place) const {
        static const picojson::value kNone(picojson::object{});
        const auto known = rules.find("properties");
        const auto& properties = known == rules.end() ? kNone : known->second;
        const auto others = rules.find("additionalProperties");
        for (const auto& [name, member] : value.get<picojson::object>()) {
            const auto inner = place + "." + name;
            std::string fault;
            if (properties.contains(name)) {
                fault = check(member, properties.get(name), inner);
            } else if (others != rules.end() && others->second.is<picojson::object>()) {
                fault = check(member, others->second, inner);
            } else if (others != rules.end() && !others->second.get<bool>()) {
                fault = inner + ": is not in the schema";
            }
            if (!fault.empty()) {
                return fault;
            }
        }
        return "";
    }

    const picojson::value& root_;
};

}  // namespace

std::string schema_fault(const picojson::value& value, const picojson::value& schema) {
    return Validator(schema).check(value, schema, "");
}

}  // namespace benchhost::results
