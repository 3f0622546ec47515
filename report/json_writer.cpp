#include "report/json_writer.hpp"

#include "report/number.hpp"
#include "report/text.hpp"

#include <cmath>
#include <utility>

namespace benchhost::report {

void JsonWriter::begin_value(std::string_view name) {
    if (!has_members_.empty()) {
        out_ += has_members_.back() ? ",\n" : "\n";
        has_members_.back() = true;
        out_.append(has_members_.size() * 2, ' ');
    }
    if (!name.empty()) {
        out_ += json_quoted(name) + ": ";
    }
}

void JsonWriter::open(std::string_view name, char bracket) {
    begin_value(name);
    out_ += bracket;
    has_members_.push_back(false);
}

void JsonWriter::close(char bracket) {
    const bool had_members = has_members_.back();
    has_members_.pop_back();
    if (had_members) {
        out_ += '\n';
        out_.append(has_members_.size() * 2, ' ');
    }
    out_ += bracket;
}

void JsonWriter::begin_object(std::string_view name) { open(name, '{'); }
void JsonWriter::end_object() { close('}'); }
void JsonWriter::begin_array(std::string_view name) { open(name, '['); }
void JsonWriter::end_array() { close(']'); }

void JsonWriter::text(std::string_view name, std::string_view value) {
    begin_value(name);
    out_ += json_quoted(value);
}

void JsonWriter::number(std::string_view name, double value) {
    if (std::isfinite(value)) {
        begin_value(name);
        out_ += exact(value);
    }
}

void JsonWriter::number(std::string_view name, std::uint64_t value) {
    begin_value(name);
    out_ += std::to_string(value);
}

void JsonWriter::boolean(std::string_view name, bool value) {
    begin_value(name);
    out_ += value ? "true" : "false";
}

void JsonWriter::number(std::string_view name, const std::optional<double>& value) {
    if (value) {
        number(name, *value);
    }
}

void JsonWriter::number(std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) {
        number(name, *value);
    }
}

void JsonWriter::over_rounds(std::string_view name, const std::optional<OverRounds>& value) {
    if (value) {
        begin_object(name);
        number("median", value->median);
        number("least", value->least);
        number("most", value->most);
        number("rounds", std::uint64_t{value->rounds});
        end_object();
    }
}

std::string JsonWriter::take() { return std::exchange(out_, {}) + "\n"; }

}  // namespace benchhost::report
