#include "tests/unit/results/description_check.hpp"

#include "core/results/results.hpp"

#include <set>

namespace benchhost::results {
namespace {

template <class Value>
constexpr const char* type_name() {
    return std::is_same_v<Value, bool>     ? "boolean"
           : std::is_same_v<Value, double> ? "number"
           : std::is_integral_v<Value>     ? "integer"
                                           : "string";  // a histogram too
}

class DescriptionCheck {
  public:
    explicit DescriptionCheck(const picojson::value& root) : root_(root) {}

    template <class Value>
    void check(const Value* /*type*/, const picojson::value& schema, const std::string& place) {
        const auto& rules = resolved(schema);
        if constexpr (DescribedStruct<Value>) {
            check_type(rules, "object", place);
            check_members<Value>(rules, place);
        } else if constexpr (DescribedEnum<Value>) {
            for_each_word<Value>([&](Value /*value*/, const char* word) {
                if (!holds(rules.get("enum"), word)) {
                    faults_.push_back(place + ": lacks " + word);
                }
            });
        } else if (!rules.contains("enum")) {  // a text that is always one of a few
            check_type(rules, type_name<Value>(), place);
        }
    }
    template <class Value>
    void check(const std::optional<Value>* /*type*/, const picojson::value& schema,
               const std::string& place) {
        check(static_cast<const Value*>(nullptr), schema, place);
    }
    template <class Item>
    void check(const std::vector<Item>* /*type*/, const picojson::value& schema,
               const std::string& place) {
        const auto& rules = resolved(schema);
        check_type(rules, "array", place);
        check(static_cast<const Item*>(nullptr), rules.get("items"), place + "[]");
    }
    void check(const Load* /*type*/, const picojson::value& schema, const std::string& place) {
        std::size_t kinds = 0;
        const auto check_next = [&]<class Kind>(const Kind* kind) {
            check(kind, schema.get("oneOf").get(kinds++), place);
        };
        check_next(static_cast<const std::string*>(nullptr));
        [&]<class... Models>(const std::variant<Models...>* /*type*/) {
            (check_next(static_cast<const Models*>(nullptr)), ...);
        }(static_cast<const model::TrialLoad*>(nullptr));
        if (schema.get("oneOf").contains(kinds)) {
            faults_.push_back(place + ": has more kinds in the schema");
        }
    }
    template <class Value>
    void check(const std::map<std::string, Value>* /*type*/, const picojson::value& schema,
               const std::string& place) {
        const auto& rules = resolved(schema);
        check_type(rules, "object", place);
        check(static_cast<const Value*>(nullptr), rules.get("additionalProperties"), place);
    }

    std::vector<std::string> take() { return std::move(faults_); }
    std::set<std::string> take_places() { return std::move(places_); }

  private:
    const picojson::value& resolved(const picojson::value& schema) const {
        const std::string beginning = "#/$defs/";
        return schema.contains("$ref")
                   ? root_.get("$defs").get(
                         schema.get("$ref").get<std::string>().substr(beginning.size()))
                   : schema;
    }

    static bool holds(const picojson::value& list, const std::string& wanted) {
        if (list.is<picojson::array>()) {
            for (const auto& each : list.get<picojson::array>()) {
                if (each.to_str() == wanted) {
                    return true;
                }
            }
        }
        return false;
    }

    void check_type(const picojson::value& rules, const std::string& type,
                    const std::string& place) {
        const auto told = rules.get("type").to_str();
        if (told != type) {
            faults_.push_back(place + ": should be " + type + ", not " + told);
        }
    }

    template <class Struct>
    void check_members(const picojson::value& rules, const std::string& place) {
        auto alone = rules.get("properties").get<picojson::object>();
        if constexpr (IsLoad<Struct>) {
            const auto model = alone[kModelKey].get("const").to_str();
            if (model != Struct::kName || !holds(rules.get("required"), kModelKey)) {
                faults_.push_back(place + ": should be told by its model, " +
                                  std::string(Struct::kName));
            }
            alone.erase(kModelKey);
        }
        for_each_member<Struct>([&]<class Member>(Member member) {
            const std::string key = key_of(member);
            const auto inner = place + "." + key;
            places_.insert(inner);
            const auto found = alone.find(key);
            if (found == alone.end()) {
                faults_.push_back(inner + ": is not in the schema");
                return;
            }
            const Struct* const object = nullptr;
            check(type_at(object, Member::pointer), found->second, inner);
            alone.erase(found);
            constexpr auto kStands = in_file(Member::pointer);
            const bool required = holds(rules.get("required"), key);
            if (kStands == InFile::required && !required) {
                faults_.push_back(inner + ": may be absent by the schema alone");
            } else if (kStands == InFile::unless_empty && required) {
                faults_.push_back(inner + ": may not be absent by the schema alone");
            }
        });
        for (const auto& [key, unused] : alone) {
            faults_.push_back(place + "." + key + ": is in the schema alone");
        }
    }

    template <class Struct, class Value>
    static const Value* type_at(const Struct* /*type*/, Value Struct::* /*member*/) {
        return nullptr;
    }

    const picojson::value& root_;
    std::vector<std::string> faults_;
    std::set<std::string> places_;
};

DescriptionCheck checked(const picojson::value& schema) {
    auto described = schema;  // but for the schema's name, which is no member
    described.get<picojson::object>()["properties"].get<picojson::object>().erase("schema");
    DescriptionCheck check(schema);
    check.check(static_cast<const ResultSet*>(nullptr), described, "");
    return check;
}

void collect_places(const picojson::value& json, const std::string& place,
                    std::set<std::string>& places) {
    places.insert(place);
    if (json.is<picojson::object>()) {
        for (const auto& [key, value] : json.get<picojson::object>()) {
            collect_places(value, place + "." + key, places);
        }
    } else if (json.is<picojson::array>()) {
        for (const auto& item : json.get<picojson::array>()) {
            collect_places(item, place + "[]", places);
        }
    }
}

}  // namespace

std::vector<std::string> description_faults(const picojson::value& schema) {
    return checked(schema).take();
}

std::set<std::string> described_places(const picojson::value& schema) {
    return checked(schema).take_places();
}

std::set<std::string> places_in(const picojson::value& json) {
    std::set<std::string> places;
    collect_places(json, "", places);
    return places;
}

}  // namespace benchhost::results
