#include "report/formats/exports/csv_writer.hpp"

#include "report/table/number.hpp"
#include "report/table/text.hpp"

namespace benchhost::report::exports {

void CsvWriter::field(std::string_view raw) {
    if (!line_is_empty_) {
        out_ += ',';
    }
    line_is_empty_ = false;
    out_ += raw;
}

CsvWriter& CsvWriter::text(std::string_view value) {
    const std::string line = one_line(value);
    // A formula also runs behind leading spaces in some spreadsheets.
    const auto first = line.find_first_not_of(' ');
    const bool formula = first != std::string::npos &&
                         std::string_view("=+-@").find(line[first]) != std::string::npos;
    std::string quoted = formula ? "\"'" : "\"";
    for (const char c : line) {
        quoted += c;
        if (c == '"') {
            quoted += '"';
        }
    }
    field(quoted + "\"");
    return *this;
}

CsvWriter& CsvWriter::number(double value) {
    field(exact(value));
    return *this;
}

CsvWriter& CsvWriter::number(const std::optional<double>& value) {
    field(value ? exact(*value) : "");
    return *this;
}

CsvWriter& CsvWriter::number(const std::optional<std::uint64_t>& value) {
    field(value ? std::to_string(*value) : "");
    return *this;
}

CsvWriter& CsvWriter::raw(std::string_view digits) {
    field(digits);
    return *this;
}

void CsvWriter::end_line() {
    out_ += '\n';
    line_is_empty_ = true;
}

}  // namespace benchhost::report::exports
