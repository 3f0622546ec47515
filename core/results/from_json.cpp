// JSON as results: the way back from to_json.cpp, for files that anyone may have touched. Keys that
// are not known are ignored, so that a later benchhost may add some.
#include "core/base/described_json.hpp"
#include "core/base/printable.hpp"
#include "core/base/utf8.hpp"
#include "core/results/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace benchhost::results {
namespace {

Status check_bounds(const std::string& text) {
    if (text.size() > kMostBytes) {
        return Error{ErrorCode::data, fmt::format("it is larger than {}, the most that is read",
                                                  format_bytes(kMostBytes))};
    }
    if (const auto valid = utf8_prefix(text); valid != text.size()) {
        return Error{ErrorCode::data,
                     fmt::format("line {}: it is not UTF-8, as JSON is, or cut off",
                                 1 + std::count(text.data(), text.data() + valid, '\n'))};
    }
    return {};
}

// Another major schema would be misread; say which benchhost can read it.
void check_schema(const JsonValue& json) {
    const auto member = json.member("schema");
    const auto* schema = member ? member->text() : nullptr;
    if (schema == nullptr) {
        json.fail("schema", "is missing");
    } else if (*schema != kSchema && *schema != kSchemaBefore) {
        const bool ours = schema->starts_with("benchhost.results/");
        json.fail("schema",
                  ours ? fmt::format("{} was written by another version of benchhost; this one "
                                     "reads \"{}\" and \"{}\"",
                                     in_quotes(*schema), kSchema, kSchemaBefore)
                       : fmt::format("{} is not a results file of benchhost", in_quotes(*schema)));
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

/// What a trial of kSchemaBefore says of its server.
struct RepeatedServer {
    std::optional<std::string> server_name, server_version;
    std::map<std::string, std::string> server_details;
};
BOOST_DESCRIBE_STRUCT(RepeatedServer, (), (server_name, server_version, server_details))

void add_repeated(ServerInfo& server, Trial& trial, RepeatedServer repeated) {
    constexpr std::string_view kOption = "option ";
    server.name = repeated.server_name ? std::move(repeated.server_name) : server.name;
    server.version = repeated.server_version ? std::move(repeated.server_version) : server.version;
    for (auto& [key, value] : repeated.server_details) {
        if (key == "address") {
            trial.address = std::move(value);
        } else if (key.starts_with(kOption)) {
            server.options.emplace(key.substr(kOption.size()), std::move(value));
        } else {
            server.details.emplace(key, std::move(value));
        }
    }
}

constexpr std::string_view kTrials = "trials";

/// The trials of a document, each taken when it has been read: as JSON all of them together take
/// several times the memory of what is kept.
class TrialsTaken {
  public:
    void take(const picojson::value& item, std::size_t place) {
        if (problem_) {
            return;
        }
        read(item, place, trials_.emplace_back(), problem_);
        read(item, place, repeated_.emplace_back(), problem_of_repeated_);
    }
    const std::optional<Error>& problem() const { return problem_; }

    /// What trials of kSchemaBefore say of their servers makes the table of these, in the order of
    /// their first trials.
    void gather_servers(ResultSet& results, std::optional<Error>& problem) {
        if (problem_of_repeated_) {
            problem = problem_of_repeated_;
            return;
        }
        results.servers.clear();  // a table came later: whoever wrote one here is not heard
        std::map<std::string, std::size_t> places;
        for (std::size_t i = 0; i < trials_.size(); ++i) {
            const auto [place, is_new] =
                places.try_emplace(trials_[i].server, results.servers.size());
            if (is_new) {
                results.servers.push_back({trials_[i].server});
            }
            add_repeated(results.servers[place->second], trials_[i], std::move(repeated_[i]));
        }
    }
    std::vector<Trial> release() { return std::move(trials_); }
    const std::vector<Trial>& trials() const { return trials_; }

  private:
    template <class Struct>
    static void read(const picojson::value& item, std::size_t place, Struct& into,
                     std::optional<Error>& problem) {
        if (!problem) {
            const JsonValue document(item, problem);
            const JsonValue list = document.at(kTrials, item);
            read_json<InFileRules>(list.at(place, item), into);
        }
    }

    std::vector<Trial> trials_;
    std::vector<RepeatedServer> repeated_;
    std::optional<Error> problem_;
    std::optional<Error> problem_of_repeated_;
};

void check_servers(const JsonValue& json, const ResultSet& results) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < results.servers.size(); ++i) {
        const auto& id = results.servers[i].id;
        if (const auto [first, is_new] = places.emplace(id, i); !is_new) {
            json.fail(
                fmt::format("servers[{}].id", i),
                fmt::format("{} is the id of servers[{}] already", in_quotes(id), first->second));
        }
    }
    for (std::size_t i = 0; i < results.trials.size(); ++i) {
        if (const auto& id = results.trials[i].server; places.count(id) == 0) {
            json.fail(fmt::format("trials[{}].server", i),
                      fmt::format("{} is the id of none of the servers", in_quotes(id)));
        }
    }
}

}  // namespace

Result<Trial> parse_trial(const std::string& json) {
    if (const auto bounded = check_bounds(json); !bounded) {
        return bounded.error();
    }
    const auto document = parse_json(json);
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
    if (const auto bounded = check_bounds(json); !bounded) {
        return bounded.error();
    }
    TrialsTaken taken;
    const auto document = parse_json(
        json, kTrials,
        [&](const picojson::value& item, std::size_t place) { taken.take(item, place); });
    if (!document) {
        return document.error();
    }
    std::optional<Error> problem;
    ResultSet results;
    const JsonValue object(*document, problem);
    check_schema(object);
    read_json<InFileRules>(object, results);
    if (!problem) {
        problem = taken.problem();
    }
    check_names(object, taken.trials());
    if (!problem && *object.member("schema")->text() == kSchemaBefore) {
        taken.gather_servers(results, problem);
        results.trials = taken.release();
    } else {
        results.trials = taken.release();
        check_servers(object, results);
    }
    if (problem) {
        return *problem;
    }
    return results;
}

}  // namespace benchhost::results
