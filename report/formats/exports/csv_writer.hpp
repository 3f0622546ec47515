// RFC 4180 lines that a spreadsheet cannot take for formulas.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost::report::exports {

/// Collects one line after another. Text is quoted; a text that a spreadsheet would run as a
/// formula gets an apostrophe in front. Unknown numbers are empty fields.
class CsvWriter {
  public:
    CsvWriter& text(std::string_view value);
    CsvWriter& number(double value);
    CsvWriter& number(const std::optional<double>& value);
    CsvWriter& number(const std::optional<std::uint64_t>& value);
    /// A number that is formatted already.
    CsvWriter& raw(std::string_view digits);
    void end_line();
    const std::string& str() const { return out_; }

  private:
    void field(std::string_view raw);

    std::string out_;
    bool line_is_empty_ = true;
};

}  // namespace benchhost::report::exports
