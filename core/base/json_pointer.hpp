// A value in a JSON document by its path.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace benchhost {

/// What `pointer` (RFC 6901: "/items/0/id") leads to in the document: the text of a string, or a
/// number, true, false or null as JSON spells it. Nothing when it is no JSON, when there is no such
/// value, or when it is an object or an array.
std::optional<std::string> value_at(const std::string& document, std::string_view pointer);

}  // namespace benchhost
