#include "core/base/json_reader.hpp"

#include "core/base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace benchhost {
namespace {

/// The line on which `text` nests deeper; nothing when it does nowhere.
std::optional<std::size_t> line_too_deep(const std::string& text) {
    std::size_t depth = 0;
    std::size_t line = 1;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            ++line;
        } else if (in_string && c == '\\') {
            ++i;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '[' || c == '{') && ++depth > kMostNested) {
            return line;
        } else if (!in_string && (c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return std::nullopt;
}

// picojson quotes all of the line, and a trial is one line of many KB.
std::string shown(std::string_view problem) {
    constexpr std::size_t kMost = 100;
    return shortened(problem.substr(0, problem.find_last_not_of('\n') + 1), kMost);
}

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

// Each value but the first follows one of these.
bool has_too_many(const std::string& text) {
    const auto separators = std::count_if(text.begin(), text.end(),
                                          [](char c) { return c == ',' || c == '[' || c == '{'; });
    return static_cast<std::size_t>(separators) > kMostValues;
}

using ShowItem = std::function<void(const picojson::value& item, std::size_t place)>;

/// Shows the items of a list instead of keeping them.
class ShownItems : public picojson::default_parse_context {
  public:
    ShownItems(picojson::value* list, std::size_t depths, const ShowItem& show)
        : default_parse_context(list, depths), show_(show) {}

    template <class Iterator>
    bool parse_array_item(picojson::input<Iterator>& in, std::size_t place) {
        picojson::value item;
        default_parse_context context(&item, depths_);
        if (!picojson::_parse(context, in)) {
            return false;
        }
        show_(item, place);
        return true;
    }

  private:
    const ShowItem& show_;
};

/// Keeps a document but for the items of one list of its outermost object.
class ListApart : public picojson::default_parse_context {
  public:
    ListApart(picojson::value* document, std::string_view list, const ShowItem& show)
        : default_parse_context(document), list_(list), show_(show) {}

    template <class Iterator>
    bool parse_object_item(picojson::input<Iterator>& in, const std::string& key) {
        if (key != list_) {
            return default_parse_context::parse_object_item(in, key);
        }
        if (std::exchange(seen_, true)) {
            return false;
        }
        ShownItems items(&out_->get<picojson::object>()[key], depths_, show_);
        return picojson::_parse(items, in);
    }

  private:
    std::string_view list_;
    const ShowItem& show_;
    bool seen_ = false;
};

/// Into `context`; what it made is `value`.
template <class Context>
Result<picojson::value> parse_into(Context& context, picojson::value& value,
                                   const std::string& text, std::string::const_iterator& end) {
    if (const auto line = line_too_deep(text)) {
        return Error{ErrorCode::data,
                     fmt::format("line {}: lists and objects are nested more than {} deep", *line,
                                 kMostNested)};
    }
    if (has_too_many(text)) {
        return Error{
            ErrorCode::data,
            fmt::format("it has more than {} values, the most that are read", kMostValues)};
    }
    std::string problem;
    try {
        end = picojson::_parse(context, text.begin(), text.end(), &problem);
    } catch (const std::overflow_error&) {
        return Error{ErrorCode::data, "a number in it is too large"};
    }
    if (!problem.empty()) {
        return Error{ErrorCode::data, "it is not JSON, or cut off: " + shown(problem)};
    }
    return std::move(value);
}

/// The whole of it.
template <class Context>
Result<picojson::value> parse_whole(Context& context, picojson::value& value,
                                    const std::string& text) {
    auto end = text.cbegin();
    auto parsed = parse_into(context, value, text, end);
    const auto rest = std::find_if(
        end, text.end(), [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
    if (parsed && rest != text.end()) {
        return Error{ErrorCode::data,
                     fmt::format("something follows the end of the JSON on line {}",
                                 1 + std::count(text.begin(), rest, '\n'))};
    }
    return parsed;
}

}  // namespace

Result<picojson::value> parse_leading_json(const std::string& text) {
    picojson::value value;
    picojson::default_parse_context context(&value);
    auto end = text.cbegin();
    return parse_into(context, value, text, end);
}

Result<picojson::value> parse_json(const std::string& text) {
    picojson::value value;
    picojson::default_parse_context context(&value);
    return parse_whole(context, value, text);
}

Result<picojson::value> parse_json(const std::string& text, std::string_view list,
                                   const ShowItem& show) {
    picojson::value value;
    ListApart context(&value, list, show);
    return parse_whole(context, value, text);
}

std::string JsonValue::place() const {
    if (outer_ == nullptr) {
        return "";
    }
    const auto before = outer_->place();
    return key_.empty()     ? fmt::format("{}[{}]", before, index_)
           : before.empty() ? std::string(key_)
                            : fmt::format("{}.{}", before, key_);
}

void JsonValue::fail(const std::string& message) const {
    if (!failed()) {
        *problem_ =
            Error{ErrorCode::data,
                  fmt::format("{}: {}", outer_ == nullptr ? "the whole" : place(), message)};
    }
}

void JsonValue::fail(std::string_view key, const std::string& message) const {
    JsonValue(*value_, *this, key, 0).fail(message);
}

template <class Kind>
const Kind* JsonValue::as(const char* expected) const {
    if (failed()) {
        return nullptr;
    }
    if (!value_->is<Kind>()) {
        fail(fmt::format("{}, not {}", expected, kind_of(*value_)));
        return nullptr;
    }
    return &value_->get<Kind>();
}
template const picojson::array* JsonValue::as<picojson::array>(const char* expected) const;
template const picojson::object* JsonValue::as<picojson::object>(const char* expected) const;

const std::string* JsonValue::text() const { return as<std::string>("a text is expected"); }

std::optional<std::uint64_t> JsonValue::count() const {
    if (!value_->is<std::int64_t>() || value_->get<std::int64_t>() < 0) {
        fail(fmt::format("a whole number from 0 to {} is expected, not {}",
                         std::numeric_limits<std::int64_t>::max(), kind_of(*value_)));
    }
    return failed() ? std::nullopt
                    : std::optional(static_cast<std::uint64_t>(value_->get<std::int64_t>()));
}

std::optional<double> JsonValue::number() const {
    // Of a whole number picojson's own get<double>() would make another kind of value for good.
    if (value_->is<std::int64_t>()) {
        return static_cast<double>(value_->get<std::int64_t>());
    }
    const auto* number = as<double>("a number is expected");
    return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<bool> JsonValue::yes_no() const {
    const auto* truth = as<bool>("true or false is expected");
    return truth == nullptr ? std::nullopt : std::optional(*truth);
}

std::optional<JsonValue> JsonValue::member(std::string_view key) const {
    const auto* members = as<picojson::object>("an object is expected");
    if (members == nullptr) {
        return std::nullopt;
    }
    const auto found = members->find(std::string(key));
    return found == members->end() || found->second.is<picojson::null>()
               ? std::nullopt
               : std::optional(JsonValue(found->second, *this, key, 0));
}

}  // namespace benchhost
