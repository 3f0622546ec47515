#include "report/formats/reproduce.hpp"

#include "report/table/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#include <vector>

namespace benchhost::report {
namespace {

std::string in_quotes(const std::string& text) {
    std::string word = "'";
    for (const char c : one_line(text)) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

std::size_t profiles_of(const std::string& config) {
    std::istringstream lines(config);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
        count += line.starts_with("[profile.") ? 1 : 0;
    }
    return count;
}

}  // namespace

std::string reproducing_command(const results::ResultSet& results) {
    const std::string file = results.config.file.empty() ? "suite.ini" : results.config.file;
    std::string command = "benchhost --config " + in_quotes(file);
    if (results.quick.value_or(false)) {
        command += " --quick";
    }
    if (!results.profiles.empty() && results.profiles.size() < profiles_of(results.config.text)) {
        std::vector<std::string> names;
        for (const auto& profile : results.profiles) {
            names.push_back(profile.name);
        }
        command += " --profiles " + in_quotes(fmt::format("{}", fmt::join(names, ",")));
    }
    command += fmt::format(" --repeats {}", results.rounds);
    for (const auto& override : results.overrides) {
        command += " --set " + in_quotes(override);
    }
    // After whatever of them set another one.
    return command + fmt::format(" --set suite.seed={}", results.seed);
}

}  // namespace benchhost::report
