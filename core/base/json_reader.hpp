// Takes values out of parsed JSON and says by name and place what is missing or of the wrong kind.
#pragma once

#include "core/base/result.hpp"

#include <picojson.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost {

/// How deep lists and objects may stand in each other: far more than anybody writes, and far less
/// than a stack holds, since picojson follows objects however deep they are.
inline constexpr std::size_t kMostNested = 64;
/// Values of one document: what is read takes memory by their number, not by its length.
inline constexpr std::size_t kMostValues = 8'000'000;

/// `text` as JSON, or an error of code data that says on which line, as far as that is known: no
/// JSON, nested deeper than kMostNested, or of more than kMostValues.
Result<picojson::value> parse_json(const std::string& text);
/// The same, but what is returned has nothing in the list `list` of the outermost object: each item
/// of it is shown, with its place, and forgotten before the next one is read. A second list of the
/// name is an error.
Result<picojson::value> parse_json(
    const std::string& text, std::string_view list,
    const std::function<void(const picojson::value& item, std::size_t place)>& show);
/// `text` as JSON, which may go on after it.
Result<picojson::value> parse_leading_json(const std::string& text);

/// A value and its place in the document. The first thing that is wrong anywhere in the document
/// is kept in `problem`; what is read after it is nothing. Borrows all of it, and the value that it
/// is inside of.
class JsonValue {
  public:
    JsonValue(const picojson::value& document, std::optional<Error>& problem)
        : value_(&document), problem_(&problem) {}

    // Nothing, and told, when it is of another kind.
    const std::string* text() const;
    std::optional<std::uint64_t> count() const;
    std::optional<double> number() const;
    std::optional<bool> yes_no() const;

    bool is_text() const { return value_->is<std::string>(); }

    /// Nothing when it is absent or null.
    std::optional<JsonValue> member(std::string_view key) const;

    /// visit(value) for each of a list.
    template <class Visit>
    void for_each_item(Visit visit) const {
        if (const auto* items = as<picojson::array>("a list is expected")) {
            for (std::size_t i = 0; i < items->size() && !failed(); ++i) {
                visit(JsonValue((*items)[i], *this, {}, i));
            }
        }
    }
    /// visit(name, value) for each of an object.
    template <class Visit>
    void for_each_member(Visit visit) const {
        if (const auto* members = as<picojson::object>("an object is expected")) {
            for (const auto& [name, value] : *members) {
                visit(name, JsonValue(value, *this, name, 0));
            }
        }
    }

    /// `value`, of which it is told that it stands in this one.
    JsonValue at(std::string_view key, const picojson::value& value) const {
        return {value, *this, key, 0};
    }
    JsonValue at(std::size_t index, const picojson::value& value) const {
        return {value, *this, {}, index};
    }

    void fail(const std::string& message) const;
    /// Tells a problem at a member, which may be absent.
    void fail(std::string_view key, const std::string& message) const;
    bool failed() const { return problem_->has_value(); }

  private:
    JsonValue(const picojson::value& value, const JsonValue& outer, std::string_view key,
              std::size_t index)
        : value_(&value), problem_(outer.problem_), outer_(&outer), key_(key), index_(index) {}

    template <class Kind>
    const Kind* as(const char* expected) const;
    std::string place() const;

    const picojson::value* value_;
    std::optional<Error>* problem_;
    const JsonValue* outer_ = nullptr;
    std::string_view key_;  // in `outer_`; empty in a list
    std::size_t index_ = 0;
};

}  // namespace benchhost
