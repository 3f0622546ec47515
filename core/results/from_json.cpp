// JSON as results: the way back from to_json.cpp, for files that anyone may have touched. Keys that
// are not known are ignored, so that a later benchhost may add some.
#include "core/base/units.hpp"
#include "core/results/json_reader.hpp"
#include "core/results/results.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <utility>

namespace benchhost::results {
namespace {

template <class Enum>
std::optional<Enum> as_word(const JsonObject& json, const char* key, const std::string& word) {
    const auto value = from_word<Enum>(word);
    if (!value) {
        std::string allowed;
        for_each_word<Enum>([&](Enum /*value*/, const char* each) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(each);
        });
        json.fail(key, fmt::format("one of {} is expected, not \"{}\"", allowed, word));
    }
    return value;
}

std::optional<std::uint32_t> as_small_count(const JsonObject& json, const char* key,
                                            std::uint64_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max()) {
        json.fail(key, fmt::format("{} is too large", count));
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(count);
}

std::optional<stats::StoredHistogram> as_histogram(const JsonObject& json, const char* key,
                                                   const std::string& text) {
    auto histogram = stats::StoredHistogram::decode(text);
    if (!histogram) {
        json.fail(key, histogram.error().message);
        return std::nullopt;
    }
    return std::move(*histogram);
}

std::optional<Nanoseconds> as_duration(const JsonObject& json, const char* key,
                                       const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) {
        json.fail(key, duration.error().message);
        return std::nullopt;
    }
    return *duration;
}

// All of these: false when nothing is at `key`, or when it is wrong, which `json` has then been
// told.
template <DescribedStruct Struct>
bool read(const JsonObject& json, const char* key, Struct& object);
template <class Value>
bool read(const JsonObject& json, const char* key, std::optional<Value>& value);
template <class Item>
bool read(const JsonObject& json, const char* key, std::vector<Item>& items);
bool read(const JsonObject& json, const char* key, Load& load);

template <class Value>
bool assign(Value& value, std::optional<Value> found) {
    if (found) {
        value = std::move(*found);
    }
    return found.has_value();
}

bool read(const JsonObject& json, const char* key, std::string& text) {
    return assign(text, json.text(key));
}

bool read(const JsonObject& json, const char* key, std::uint64_t& count) {
    return assign(count, json.count(key));
}

bool read(const JsonObject& json, const char* key, std::uint32_t& small_count) {
    const auto count = json.count(key);
    return count && assign(small_count, as_small_count(json, key, *count));
}

bool read(const JsonObject& json, const char* key, double& number) {
    return assign(number, json.number(key));
}

bool read(const JsonObject& json, const char* key, bool& truth) {
    return assign(truth, json.yes_no(key));
}

bool read(const JsonObject& json, const char* key, stats::StoredHistogram& histogram) {
    const auto text = json.text(key);
    return text && assign(histogram, as_histogram(json, key, *text));
}

bool read(const JsonObject& json, const char* key, std::vector<std::string>& texts) {
    texts = json.texts(key);
    return !texts.empty();
}

bool read(const JsonObject& json, const char* key, std::map<std::string, std::string>& texts) {
    texts = json.text_map(key);
    return !texts.empty();
}

bool read(const JsonObject& json, const char* key, std::map<std::string, std::uint64_t>& counts) {
    counts = json.count_map(key);
    return !counts.empty();
}

bool read(const JsonObject& json, const char* key, Nanoseconds& duration) {
    const auto text = json.text(key);
    return text && assign(duration, as_duration(json, key, *text));
}

template <DescribedEnum Enum>
bool read(const JsonObject& json, const char* key, Enum& value) {
    const auto word = json.text(key);
    return word && assign(value, as_word<Enum>(json, key, *word));
}

template <DescribedStruct Struct>
void read_members(const JsonObject& json, Struct& object) {
    for_each_member<Struct>([&]<class Member>(Member member) {
        const char* const key = key_of(member);
        if (!read(json, key, object.*Member::pointer) &&
            in_file(Member::pointer) == InFile::required) {
            json.fail(key, "is missing");
        }
    });
}

template <DescribedStruct Struct>
bool read(const JsonObject& json, const char* key, Struct& object) {
    const auto found = json.object(key);
    if (found) {
        read_members(*found, object);
    }
    return found.has_value();
}

template <class Value>
bool read(const JsonObject& json, const char* key, std::optional<Value>& value) {
    const bool found = read(json, key, value.emplace());
    if (!found) {
        value.reset();
    }
    return found;
}

template <class Item>
bool read(const JsonObject& json, const char* key, std::vector<Item>& items) {
    for (const auto& object : json.objects(key)) {
        read_members(object, items.emplace_back());
    }
    return !items.empty();
}

template <class... Models>
bool read_model(const JsonObject& json, std::variant<Models...>& load) {
    const auto model = json.text(kModelKey);
    const auto read_as = [&]<class Model>(Model found) {
        read_members(json, found);
        load = std::move(found);
        return true;
    };
    return ((model == Models::kName && read_as(Models())) || ...);
}

bool read(const JsonObject& json, const char* key, Load& load) {
    if (json.holds_text(key)) {
        load = json.text(key).value_or("");
        return true;
    }
    const auto found = json.object(key);
    if (found && !read_model(*found, load.emplace<plan::TrialLoad>())) {
        found->fail(kModelKey, "the name of a load is expected, such as \"closed\"");
    }
    return found.has_value();
}

// Another major schema would be misread; say which benchhost can read it.
void check_schema(const JsonObject& json) {
    const auto schema = json.text("schema");
    if (!schema) {
        json.fail("schema", "is missing");
    } else if (schema != kSchema && schema != kSchemaBefore) {
        const bool ours = schema->starts_with("benchhost.results/");
        json.fail("schema",
                  ours ? fmt::format("\"{}\" was written by another version of benchhost; this one "
                                     "reads \"{}\" and \"{}\"",
                                     *schema, kSchema, kSchemaBefore)
                       : fmt::format("\"{}\" is not a results file of benchhost", *schema));
    }
}

// A trial alone may be of an ad hoc load, which has neither.
void check_names(const JsonObject& json, const std::vector<Trial>& trials) {
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

// In the order of their first trials.
void gather_servers(const JsonObject& json, ResultSet& results) {
    const auto trials = json.objects("trials");
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < trials.size() && !json.failed(); ++i) {
        auto& trial = results.trials[i];
        const auto [place, is_new] = places.try_emplace(trial.server, results.servers.size());
        if (is_new) {
            results.servers.push_back({trial.server});
        }
        RepeatedServer repeated;
        read_members(trials[i], repeated);
        add_repeated(results.servers[place->second], trial, std::move(repeated));
    }
}

void check_servers(const JsonObject& json, const ResultSet& results) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < results.servers.size(); ++i) {
        const auto& id = results.servers[i].id;
        if (const auto [first, is_new] = places.emplace(id, i); !is_new) {
            json.fail(fmt::format("servers[{}].id", i),
                      fmt::format("\"{}\" is the id of servers[{}] already", id, first->second));
        }
    }
    for (std::size_t i = 0; i < results.trials.size(); ++i) {
        if (const auto& id = results.trials[i].server; places.count(id) == 0) {
            json.fail(fmt::format("trials[{}].server", i),
                      fmt::format("\"{}\" is the id of none of the servers", id));
        }
    }
}

}  // namespace

Result<Trial> parse_trial(const std::string& json) {
    const auto value = parse_json(json);
    if (!value) {
        return value.error();
    }
    std::optional<Error> problem;
    Trial trial;
    read_members(JsonObject(*value, "", problem), trial);
    if (problem) {
        return *problem;
    }
    return trial;
}

Result<ResultSet> parse_results(const std::string& json) {
    const auto value = parse_json(json);
    if (!value) {
        return value.error();
    }
    std::optional<Error> problem;
    ResultSet results;
    const JsonObject object(*value, "", problem);
    check_schema(object);
    read_members(object, results);
    check_names(object, results.trials);
    if (object.text("schema") == kSchemaBefore) {
        gather_servers(object, results);
    } else {
        check_servers(object, results);
    }
    if (problem) {
        return *problem;
    }
    return results;
}

}  // namespace benchhost::results
