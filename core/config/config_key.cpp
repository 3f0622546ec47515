#include "core/config/config_key.hpp"

#include "core/config/profile_reader.hpp"
#include "core/config/request_reader.hpp"
#include "core/config/suite_reader.hpp"

#include <cmath>

namespace benchhost::config {
namespace shape {
namespace {

std::string spell_rate(double rate) {
    constexpr double kMillion = 1e6;
    return rate >= kMillion && std::fmod(rate, kMillion) == 0
               ? fmt::format("{}M/s", rate / kMillion)
               : fmt::format("{}/s", rate);
}

}  // namespace

Shape<Nanoseconds> duration(Nanoseconds least, Nanoseconds most) {
    return {fmt::format("{} to {}", format_bound(least), format_bound(most)),
            [=](const std::string& text) { return duration_between(text, least, most); },
            [](const Nanoseconds& value) { return format_duration(value); }};
}

Shape<double> rate(double least, double most) {
    return {fmt::format("{} to {}", spell_rate(least), spell_rate(most)),
            [=](const std::string& text) { return rate_between(text, least, most); },
            [](const double& value) { return spell_rate(value); }};
}

Shape<double> share(std::string words, std::function<Result<double>(const std::string&)> parse) {
    return {std::move(words), std::move(parse),
            [](const double& value) { return fmt::format("{:.6g}%", value * 100); }};
}

Shape<bool> yes_no() {
    return {"yes or no", [](const std::string& text) { return parse_yes_no(text); },
            [](const bool& value) { return std::string(value ? "yes" : "no"); }};
}

Shape<std::string> text(std::string words,
                        std::function<Result<std::string>(const std::string&)> parse) {
    return {std::move(words), std::move(parse), [](const std::string& value) { return value; }};
}

}  // namespace shape

std::vector<KeyTable> key_tables() {
    auto tables = suite_tables();
    for (auto& table : profile_tables()) {
        tables.push_back(std::move(table));
    }
    tables.push_back(request_table());
    return tables;
}

}  // namespace benchhost::config
