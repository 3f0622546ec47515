// Writes JSON in the order it is told: keys as the contract lists them, integers exact, doubles in
// the shortest form that reads back the same. picojson, which reads it, could do neither.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost {

/// A character as JSON escapes it: four hexadecimal digits, twice above U+FFFF.
std::string json_escape(char32_t code_point);
/// JSON as others write it, with an escape for each character in it that does not show and U+FFFD
/// for what is not UTF-8: the same to its reader, and nothing to a terminal.
std::string visible_json(std::string_view json);

/// The caller balances begin and end and gives each value in an object a key. One thread.
class JsonWriter {
  public:
    /// What becomes of bytes that are not UTF-8, for a server's log may hold anything: U+FFFD, or
    /// they stay, which is no JSON to anyone but json_reader.hpp.
    enum class Bytes { replaced, exact };
    explicit JsonWriter(Bytes bytes = Bytes::replaced) : bytes_(bytes) {}

    void begin_object() { begin('{'); }
    void end_object() { end('}'); }
    void begin_array() { begin('['); }
    void end_array() { end(']'); }
    /// Before the next key or value: a line of its own.
    void break_line() { line_break_ = true; }

    void key(std::string_view name);

    void value(std::string_view text);
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool truth);
    void value(std::uint64_t number);
    void value(std::uint32_t number) { value(std::uint64_t{number}); }
    void value(double number);  ///< null when it is not finite
    void value(const std::map<std::string, std::string>& texts);
    void value(const std::map<std::string, std::uint64_t>& counts);
    void value(const std::vector<std::string>& texts);

    template <class Value>
    void field(std::string_view name, const Value& content) {
        key(name);
        value(content);
    }
    /// Unknown is left out.
    template <class Value>
    void field(std::string_view name, const std::optional<Value>& content) {
        if (content) {
            field(name, *content);
        }
    }
    /// What is empty is left out.
    template <class Container>
    void field_unless_empty(std::string_view name, const Container& content) {
        if (!content.empty()) {
            field(name, content);
        }
    }

    std::string take() { return std::move(out_); }

  private:
    void begin(char bracket);
    void end(char bracket);
    void separate();
    void quote(std::string_view text);

    Bytes bytes_;
    std::string out_;
    bool first_ = true;  // nothing yet in the innermost object or array
    bool after_key_ = false;
    bool line_break_ = false;
};

}  // namespace benchhost
