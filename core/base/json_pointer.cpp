#include "core/base/json_pointer.hpp"

#include "core/base/json_reader.hpp"
#include "core/base/units.hpp"

#include <algorithm>
#include <limits>

namespace benchhost {
namespace {

// RFC 6901, section 4: "~1" is a slash, "~0" a tilde.
std::string unescaped(std::string_view step) {
    std::string name;
    for (std::size_t i = 0; i < step.size(); ++i) {
        const bool escaped = step[i] == '~' && i + 1 < step.size();
        name += !escaped ? step[i] : step[++i] == '1' ? '/' : '~';
    }
    return name;
}

const picojson::value* member_of(const picojson::value& value, const std::string& name) {
    if (value.is<picojson::object>()) {
        const auto& members = value.get<picojson::object>();
        const auto found = members.find(name);
        return found == members.end() ? nullptr : &found->second;
    }
    if (value.is<picojson::array>()) {
        const auto& items = value.get<picojson::array>();
        const auto index = parse_count(name, 0, std::numeric_limits<std::uint32_t>::max());
        return index && *index < items.size() ? &items[static_cast<std::size_t>(*index)] : nullptr;
    }
    return nullptr;
}

}  // namespace

std::optional<std::string> value_at(const std::string& document, std::string_view pointer) {
    const auto parsed = parse_json(document);
    if (!parsed) {
        return std::nullopt;
    }
    const picojson::value* value = &*parsed;
    while (value != nullptr && !pointer.empty()) {
        pointer.remove_prefix(1);  // its slash
        const auto end = std::min(pointer.find('/'), pointer.size());
        value = member_of(*value, unescaped(pointer.substr(0, end)));
        pointer.remove_prefix(end);
    }
    if (value == nullptr || value->is<picojson::object>() || value->is<picojson::array>()) {
        return std::nullopt;
    }
    return value->is<std::string>() ? value->get<std::string>() : value->serialize();
}

}  // namespace benchhost
