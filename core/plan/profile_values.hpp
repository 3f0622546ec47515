// How the values of [profile.<name>] are spelled and how large they may be.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/plan/load_model.hpp"
#include "core/plan/section_reader.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::plan {

Result<Nanoseconds> parse_window(const std::string& text);   ///< 1ms to 24h
Result<Nanoseconds> parse_warmup(const std::string& text);   ///< 0 to 24h
Result<Nanoseconds> parse_latency(const std::string& text);  ///< 1us to 1h: the histogram's end
Result<double> parse_request_rate(const std::string& text);  ///< 0.01/s to 10M/s
Result<std::uint32_t> parse_connections(const std::string& text);  ///< 1 to a million
Result<std::uint32_t> parse_pipeline(const std::string& text);     ///< 1 to 64
Result<DurationRange> parse_think_time(const std::string& text);   ///< up to an hour
Result<double> parse_pass_share(const std::string& text);          ///< less than 100 %
Result<double> parse_resolution(const std::string& text);          ///< above 0, up to 100 %
Result<std::string> parse_file_name(const std::string& text);      ///< without a folder
Result<Arrivals> parse_arrivals(const std::string& text);
/// "1k/s:10s, 5k/s:20s"
Result<std::vector<RateStage>> parse_stages(const std::string& text);
Result<std::vector<SweepRate>> parse_sweep(const std::string& text);
/// A number of users as a load of LimitSearch.
Result<double> parse_load_of_users(const std::string& text);

/// A parser of `words` that stand for `values`.
template <class Enum>
auto parse_enum(std::vector<std::string> words, std::vector<Enum> values) {
    return [words = std::move(words),
            values = std::move(values)](const std::string& text) -> Result<Enum> {
        const auto index = parse_word(text, words);
        if (!index) {
            return index.error();
        }
        return values[*index];
    };
}

}  // namespace benchhost::plan
