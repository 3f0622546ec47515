// JSON as results: the way back from to_json.cpp, for files that anyone may have touched. Keys that
// are not known are ignored, so that a later benchhost may add some.
#include "core/base/described_json.hpp"
#include "core/results/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace benchhost::results {
namespace {

constexpr std::size_t kMostBytes = std::size_t{128} * 1024 * 1024;
constexpr std::ptrdiff_t kMostValues = 8'000'000;

Result<picojson::value> parse_bounded(const std::string& text) {
    if (text.size() > kMostBytes) {
        return Error{ErrorCode::data, fmt::format("it is larger than {}, the most that is read",
                                                  format_bytes(kMostBytes))};
    }
    // Each value but the first follows one of these.
    if (std::count_if(text.begin(), text.end(),
                      [](char c) { return c == ',' || c == '[' || c == '{'; }) > kMostValues) {
        return Error{
            ErrorCode::data,
            fmt::format("it has more than {} values, the most that are read", kMostValues)};
    }
    return parse_json(text);
}

// Another major schema would be misread; say which benchhost can read it.
void check_schema(const JsonValue& json) {
    const auto member = json.member("schema");
    const auto* schema = member ? member->text() : nullptr;
    if (schema == nullptr) {
        json.fail("schema", "is missing");
    } else if (*schema != kSchema) {
        const bool ours = schema->starts_with("benchhost.results/");
        json.fail("schema",
                  ours ? fmt::format("\"{}\" was written by another version of benchhost; this one "
                                     "reads \"{}\"",
                                     *schema, kSchema)
                       : fmt::format("\"{}\" is not a results file of benchhost", *schema));
    }
}

// A trial alone may be of an ad hoc load, which has neither.
void check_names(const JsonValue& json, const std::vector<Trial>& trials) {
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (trials[i].server.empty() || trials[i].profile.empty()) {
            json.fail(
                fmt::format("trials[{}].{}", i, trials[i].server.empty() ? "server" : "profile"),
                "is missing");
        }
    }
}

}  // namespace

Result<Trial> parse_trial(const std::string& json) {
    const auto document = parse_bounded(json);
    if (!document) {
        return document.error();
    }
    std::optional<Error> problem;
    Trial trial;
    read_json<InFileRules>(JsonValue(*document, problem), trial);
    if (problem) {
        return *problem;
    }
    return trial;
}

Result<ResultSet> parse_results(const std::string& json) {
    const auto document = parse_bounded(json);
    if (!document) {
        return document.error();
    }
    std::optional<Error> problem;
    ResultSet results;
    const JsonValue object(*document, problem);
    check_schema(object);
    read_json<InFileRules>(object, results);
    check_names(object, results.trials);
    if (problem) {
        return *problem;
    }
    return results;
}

}  // namespace benchhost::results
