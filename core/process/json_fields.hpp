// Reading single members of a JSON object whose sender may be anything: absent or of another type
// is an empty answer, never an exception. Used for the control channel and for plugins' answers.
#pragma once

#include "core/base/result.hpp"

#include <picojson.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::process {

using JsonObject = picojson::object;

/// The object `text` is. The error (code internal) says what is wrong with it.
Result<JsonObject> parse_object(const std::string& text);

std::string text_of(const JsonObject& object, const std::string& key);
std::optional<std::string> optional_text_of(const JsonObject& object, const std::string& key);
std::optional<double> number_of(const JsonObject& object, const std::string& key);
bool flag_of(const JsonObject& object, const std::string& key);
std::vector<std::string> texts_of(const JsonObject& object, const std::string& key);
std::map<std::string, std::string> text_map_of(const JsonObject& object, const std::string& key);
picojson::array array_of(const JsonObject& object, const std::string& key);

picojson::value to_value(const std::vector<std::string>& texts);
picojson::value to_value(const std::map<std::string, std::string>& texts);
picojson::value to_value(double number);

}  // namespace benchhost::process
