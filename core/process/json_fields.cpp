#include "core/process/json_fields.hpp"

namespace benchhost::process {
namespace {

template <class T>
const T* member(const JsonObject& object, const std::string& key) {
    const auto found = object.find(key);
    return found != object.end() && found->second.is<T>() ? &found->second.get<T>() : nullptr;
}

}  // namespace

Result<JsonObject> parse_object(const std::string& text) {
    picojson::value value;
    const std::string problem = picojson::parse(value, text);
    if (!problem.empty()) {
        return Error{ErrorCode::internal, "not JSON: " + problem};
    }
    if (!value.is<JsonObject>()) {
        return Error{ErrorCode::internal, "not a JSON object"};
    }
    return value.get<JsonObject>();
}

std::optional<std::string> optional_text_of(const JsonObject& object, const std::string& key) {
    const auto* text = member<std::string>(object, key);
    return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::string text_of(const JsonObject& object, const std::string& key) {
    return optional_text_of(object, key).value_or("");
}

std::optional<double> number_of(const JsonObject& object, const std::string& key) {
    const auto* number = member<double>(object, key);
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

bool flag_of(const JsonObject& object, const std::string& key) {
    const auto* flag = member<bool>(object, key);
    return flag != nullptr && *flag;
}

picojson::array array_of(const JsonObject& object, const std::string& key) {
    const auto* array = member<picojson::array>(object, key);
    return array != nullptr ? *array : picojson::array{};
}

std::vector<std::string> texts_of(const JsonObject& object, const std::string& key) {
    std::vector<std::string> texts;
    for (const auto& element : array_of(object, key)) {
        if (element.is<std::string>()) {
            texts.push_back(element.get<std::string>());
        }
    }
    return texts;
}

std::map<std::string, std::string> text_map_of(const JsonObject& object, const std::string& key) {
    std::map<std::string, std::string> texts;
    if (const auto* members = member<JsonObject>(object, key)) {
        for (const auto& [name, value] : *members) {
            texts.emplace(name,
                          value.is<std::string>() ? value.get<std::string>() : value.serialize());
        }
    }
    return texts;
}

picojson::value to_value(const std::vector<std::string>& texts) {
    picojson::array array;
    array.reserve(texts.size());
    for (const auto& text : texts) {
        array.emplace_back(text);
    }
    return picojson::value(array);
}

picojson::value to_value(const std::map<std::string, std::string>& texts) {
    JsonObject object;
    for (const auto& [name, text] : texts) {
        object.emplace(name, picojson::value(text));
    }
    return picojson::value(object);
}

picojson::value to_value(double number) { return picojson::value(number); }

}  // namespace benchhost::process
