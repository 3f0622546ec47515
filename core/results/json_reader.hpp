// Takes values out of parsed JSON and says by name and place what is missing or of the wrong kind.
#pragma once

#include "core/base/result.hpp"

#include <picojson.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::results {

/// `text` as JSON, or an error of code data that names the line. Bounded: more than 128 MiB or 8
/// million values are not parsed.
Result<picojson::value> parse_json(const std::string& text);

/// One object of the file. Remembers the first thing that is wrong, for all objects of the same
/// file, in `problem`; what is read after that is empty. Null counts as absent. Borrows both.
class JsonObject {
  public:
    JsonObject(const picojson::value& value, std::string place, std::optional<Error>& problem);

    std::optional<std::string> text(const char* key) const;
    std::optional<std::uint64_t> count(const char* key) const;
    std::optional<double> number(const char* key) const;
    std::optional<bool> yes_no(const char* key) const;
    std::optional<JsonObject> object(const char* key) const;
    bool holds_text(const char* key) const;

    // Absent is empty.
    std::vector<JsonObject> objects(const char* key) const;
    std::vector<std::string> texts(const char* key) const;
    std::map<std::string, std::string> text_map(const char* key) const;
    std::map<std::string, std::uint64_t> count_map(const char* key) const;

    /// Tells a problem at one of our keys.
    void fail(const std::string& key, const std::string& message) const;
    bool failed() const { return problem_->has_value(); }

  private:
    const picojson::value* find(const char* key) const;
    const picojson::array* find_array(const char* key) const;
    const picojson::object* find_object(const char* key) const;
    std::optional<std::uint64_t> as_count(const std::string& key,
                                          const picojson::value& value) const;
    std::string place_of(const std::string& key) const;

    const picojson::object* members_ = nullptr;
    std::string place_;
    std::optional<Error>* problem_;
};

}  // namespace benchhost::results
