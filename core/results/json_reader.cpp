#include "core/results/json_reader.hpp"

#include "core/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace benchhost::results {
namespace {

constexpr std::size_t kMostBytes = std::size_t{128} * 1024 * 1024;
constexpr std::ptrdiff_t kMostValues = 8'000'000;

std::string kind_of(const picojson::value& value) {
    if (value.is<std::string>()) {
        return "a text";
    }
    if (value.is<bool>()) {
        return value.get<bool>() ? "true" : "false";
    }
    if (value.is<picojson::array>()) {
        return "a list";
    }
    if (value.is<picojson::object>()) {
        return "an object";
    }
    const bool is_fraction = value.is<double>() && !value.is<std::int64_t>();
    return is_fraction ? fmt::format("{}", value.get<double>()) : value.to_str();
}

}  // namespace

Result<picojson::value> parse_json(const std::string& text) {
    if (text.size() > kMostBytes) {
        return Error{ErrorCode::data, fmt::format("it is larger than {}, the most that is read",
                                                  format_bytes(kMostBytes))};
    }
    // Each value but the first follows one of these.
    if (std::count_if(text.begin(), text.end(),
                      [](char c) { return c == ',' || c == '[' || c == '{'; }) > kMostValues) {
        return Error{
            ErrorCode::data,
            fmt::format("it has more than {} values, the most that are read", kMostValues)};
    }
    picojson::value value;
    std::string problem;
    std::string::const_iterator end;
    try {
        end = picojson::parse(value, text.begin(), text.end(), &problem);
    } catch (const std::overflow_error&) {
        return Error{ErrorCode::data, "a number in it is too large"};
    }
    if (!problem.empty()) {
        while (!problem.empty() && problem.back() == '\n') {
            problem.pop_back();
        }
        return Error{ErrorCode::data, "it is not JSON, or cut off: " + problem};
    }
    const auto rest = std::find_if(
        end, text.end(), [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
    if (rest != text.end()) {
        return Error{ErrorCode::data,
                     fmt::format("something follows the end of the JSON on line {}",
                                 1 + std::count(text.begin(), rest, '\n'))};
    }
    return value;
}

JsonObject::JsonObject(const picojson::value& value, std::string place,
                       std::optional<Error>& problem)
    : place_(std::move(place)), problem_(&problem) {
    if (value.is<picojson::object>()) {
        members_ = &value.get<picojson::object>();
    } else if (!*problem_) {
        *problem_ = Error{ErrorCode::data,
                          fmt::format("{}: an object is expected, not {}",
                                      place_.empty() ? "the whole" : place_, kind_of(value))};
    }
}

std::string JsonObject::place_of(const std::string& key) const {
    return place_.empty() ? key : place_ + "." + key;
}

void JsonObject::fail(const std::string& key, const std::string& message) const {
    if (!*problem_) {
        *problem_ = Error{ErrorCode::data, place_of(key) + ": " + message};
    }
}

const picojson::value* JsonObject::find(const char* key) const {
    if (failed() || members_ == nullptr) {
        return nullptr;
    }
    const auto found = members_->find(key);
    return found == members_->end() || found->second.is<picojson::null>() ? nullptr
                                                                          : &found->second;
}

const picojson::array* JsonObject::find_array(const char* key) const {
    const auto* value = find(key);
    if (value != nullptr && !value->is<picojson::array>()) {
        fail(key, "a list is expected, not " + kind_of(*value));
        return nullptr;
    }
    return value == nullptr ? nullptr : &value->get<picojson::array>();
}

const picojson::object* JsonObject::find_object(const char* key) const {
    const auto* value = find(key);
    if (value != nullptr && !value->is<picojson::object>()) {
        fail(key, "an object is expected, not " + kind_of(*value));
        return nullptr;
    }
    return value == nullptr ? nullptr : &value->get<picojson::object>();
}

std::optional<std::uint64_t> JsonObject::as_count(const std::string& key,
                                                  const picojson::value& value) const {
    if (!value.is<std::int64_t>() || value.get<std::int64_t>() < 0) {
        fail(key, fmt::format("a whole number from 0 to {} is expected, not {}",
                              std::numeric_limits<std::int64_t>::max(), kind_of(value)));
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(value.get<std::int64_t>());
}

std::optional<std::string> JsonObject::text(const char* key) const {
    const auto* value = find(key);
    if (value != nullptr && !value->is<std::string>()) {
        fail(key, "a text is expected, not " + kind_of(*value));
        return std::nullopt;
    }
    return value == nullptr ? std::nullopt : std::optional(value->get<std::string>());
}

std::optional<std::uint64_t> JsonObject::count(const char* key) const {
    const auto* value = find(key);
    return value == nullptr ? std::nullopt : as_count(key, *value);
}

std::optional<double> JsonObject::number(const char* key) const {
    const auto* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (value->is<std::int64_t>()) {
        return static_cast<double>(value->get<std::int64_t>());
    }
    if (!value->is<double>()) {
        fail(key, "a number is expected, not " + kind_of(*value));
        return std::nullopt;
    }
    return value->get<double>();
}

std::optional<bool> JsonObject::yes_no(const char* key) const {
    const auto* value = find(key);
    if (value != nullptr && !value->is<bool>()) {
        fail(key, "true or false is expected, not " + kind_of(*value));
        return std::nullopt;
    }
    return value == nullptr ? std::nullopt : std::optional(value->get<bool>());
}

std::optional<JsonObject> JsonObject::object(const char* key) const {
    const auto* value = find(key);
    return value == nullptr ? std::nullopt
                            : std::optional(JsonObject(*value, place_of(key), *problem_));
}

bool JsonObject::holds_text(const char* key) const {
    const auto* value = find(key);
    return value != nullptr && value->is<std::string>();
}

std::vector<JsonObject> JsonObject::objects(const char* key) const {
    std::vector<JsonObject> found;
    if (const auto* array = find_array(key)) {
        found.reserve(array->size());
        for (std::size_t i = 0; i < array->size() && !failed(); ++i) {
            found.emplace_back((*array)[i], fmt::format("{}[{}]", place_of(key), i), *problem_);
        }
    }
    return found;
}

std::vector<std::string> JsonObject::texts(const char* key) const {
    std::vector<std::string> found;
    if (const auto* array = find_array(key)) {
        for (const auto& value : *array) {
            if (!value.is<std::string>()) {
                fail(fmt::format("{}[{}]", key, found.size()),
                     "a text is expected, not " + kind_of(value));
                return {};
            }
            found.push_back(value.get<std::string>());
        }
    }
    return found;
}

std::map<std::string, std::string> JsonObject::text_map(const char* key) const {
    std::map<std::string, std::string> found;
    if (const auto* object = find_object(key)) {
        for (const auto& [name, value] : *object) {
            if (!value.is<std::string>()) {
                fail(std::string(key) + "." + name, "a text is expected, not " + kind_of(value));
                return {};
            }
            found.emplace(name, value.get<std::string>());
        }
    }
    return found;
}

std::map<std::string, std::uint64_t> JsonObject::count_map(const char* key) const {
    std::map<std::string, std::uint64_t> found;
    if (const auto* object = find_object(key)) {
        for (const auto& [name, value] : *object) {
            found.emplace(name, as_count(std::string(key) + "." + name, value).value_or(0));
        }
    }
    return found;
}

}  // namespace benchhost::results
