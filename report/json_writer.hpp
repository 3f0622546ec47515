// JSON for other tools: the shortest decimals that read back, safe inside HTML, unknown left out.
#pragma once

#include "report/table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::report {

/// Writes one document from front to back, two spaces a level. Names and values of any bytes.
class JsonWriter {
  public:
    void begin_object(std::string_view name = {});
    void end_object();
    void begin_array(std::string_view name = {});
    void end_array();

    /// Members of an object when `name` is given, else elements of an array.
    void text(std::string_view name, std::string_view value);
    void number(std::string_view name, double value);  ///< left out when not finite
    void number(std::string_view name, std::uint64_t value);
    void boolean(std::string_view name, bool value);
    void number(std::string_view name, const std::optional<double>& value);
    void number(std::string_view name, const std::optional<std::uint64_t>& value);
    /// {"median":..,"least":..,"most":..,"rounds":..}
    void over_rounds(std::string_view name, const std::optional<OverRounds>& value);

    std::string take();  ///< the document, with a line break at its end

  private:
    void begin_value(std::string_view name);
    void open(std::string_view name, char bracket);
    void close(char bracket);

    std::string out_;
    std::vector<bool> has_members_;  // one entry a level
};

}  // namespace benchhost::report
