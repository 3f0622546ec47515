#include "core/config/profile_reader.hpp"

#include "core/base/printable.hpp"
#include "core/config/profile_requests.hpp"
#include "core/config/profile_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace benchhost::config {
namespace {

using Of = model::LimitSearch::Of;
using Keys = std::vector<Key<LoadProfile>>;

/// A load that a profile may have, and the keys that go with it besides those of any load.
struct LoadKind {
    std::string_view load;
    std::string_view of;  ///< of a search: what it raises; else empty
    model::TrialLoad standard;
    Keys keys;
    /// Once the keys are read: what they mean together.
    void (*finish)(const SectionReader&, LoadProfile&);  ///< null: the keys say all
};

template <class Model>
Key<LoadProfile> of_load(Key<Model> key) {
    return {KeyText(key),
            [read = std::move(key.read)](const SectionReader& reader, LoadProfile& profile) {
                read(reader, std::get<Model>(profile.load));
            }};
}

template <class Model>
Key<LoadProfile> connections_key() {
    return of_load(key("connections", &Model::connections, shape::count(1, model::kMostConnections),
                       "open at once. Fewer than `nofile`"));
}

template <class Model>
Key<LoadProfile> arrivals_key() {
    return of_load(key("arrivals", &Model::arrivals, shape::word<model::Arrivals>(),
                       "evenly spaced, or at random as independent people come"));
}

template <class Model>
Keys keys_of_users() {
    return {of_load(key("spawn_rate", &Model::spawn_rate, request_rate(),
                        "users started a second, before the warm-up")),
            of_load(key("think_time", &Model::think_time, think_time(),
                        "drawn evenly from the range after each answer"))};
}

Key<LoadProfile> duration_key() {
    return key("duration", &LoadProfile::duration, window(),
               "of the measured window. Not with `stages`");
}

// Tells that the chosen load cannot do without `key`.
void tell_missing(const SectionReader& reader, std::string_view key, std::string_view example) {
    if (reader.find(key) == nullptr) {
        const auto* load = reader.find("load");
        reader.problems().add(
            load->where, fmt::format("load = {} needs {}, such as {}", load->value, key, example));
    }
}

Keys closed_keys() {
    return {duration_key(), connections_key<model::ClosedLoop>(),
            key("pipeline", &LoadProfile::pipeline, shape::count(1, kMostPipeline),
                "requests under way on each connection; needs `keep_alive = yes`")};
}

void finish_closed(const SectionReader& reader, LoadProfile& profile) {
    if (profile.connection_requests && profile.pipeline > 1) {
        reader.tell_contradiction(*reader.find("pipeline"), *reader.find("connection_requests"),
                                  "whoever counts waits for each answer");
    }
    if (profile.keeps_cookies && profile.pipeline > 1) {
        reader.tell_contradiction(*reader.find("pipeline"), *reader.find("cookies"),
                                  "what an answer sets goes with the next request");
    }
    if (!profile.keep_alive && profile.pipeline > 1) {
        reader.tell_contradiction(*reader.find("pipeline"), *reader.find("keep_alive"),
                                  "only a connection that is kept can be pipelined");
    }
}

Keys users_keys() {
    auto keys = keys_of_users<model::VirtualUsers>();
    keys.insert(keys.begin(), {duration_key(), of_load(key("users", &model::VirtualUsers::users,
                                                           shape::count(1, model::kMostConnections),
                                                           "users at once", "must be given"))});
    return keys;
}

void finish_users(const SectionReader& reader, LoadProfile& /*profile*/) {
    tell_missing(reader, "users", "users = 4000");
}

Keys rate_keys() {
    return {duration_key(),
            of_load(key("rate", &model::OpenLoop::rate, request_rate(),
                        "requests a second; with `stages`, the rate before the first",
                        "must be given without `stages` and `rates`")),
            key_text<LoadProfile>(
                {"rates", sweep().words, "none",
                 "one after the other on the same server, each with its own warm-up and "
                 "`duration`: `1k/s, 5k/s` asks all servers for the same; `20%, 80%` asks each for "
                 "shares of what it reached in a closed loop just before. Instead of `rate`"}),
            arrivals_key<model::OpenLoop>(),
            of_load(key("stages", &model::OpenLoop::stages, stages(),
                        "each goes in a line from the rate before it to its own. Instead of "
                        "`duration`. Without `rate` the first stage is level",
                        "none")),
            connections_key<model::OpenLoop>()};
}

void finish_sweep(const SectionReader& reader, const IniEntry& rates, LoadProfile& profile) {
    for (const auto* other : {reader.find("rate"), reader.find("stages")}) {
        if (other != nullptr) {
            reader.tell_contradiction(rates, *other, "one load is one or the other");
        }
    }
    const auto& open = std::get<model::OpenLoop>(profile.load);
    model::RateSweep load{{}, open.arrivals, open.connections};
    reader.read("rates", load.rates, sweep().parse);
    profile.load = load;
}

void finish_rate(const SectionReader& reader, LoadProfile& profile) {
    if (const auto* rates = reader.find("rates")) {
        finish_sweep(reader, *rates, profile);
        return;
    }
    auto& load = std::get<model::OpenLoop>(profile.load);
    const auto* rate = reader.find("rate");
    const auto* stages = reader.find("stages");
    if (stages == nullptr) {
        tell_missing(reader, "rate", "rate = 20k/s");
        if (load.rate > 0 && load.rate * to_seconds(profile.duration) < 1) {
            reader.tell(*rate, fmt::format("{} in {} is not one request", load.rate,
                                           format_duration(profile.duration)));
        }
        return;
    }
    if (const auto* duration = reader.find("duration")) {
        reader.tell_contradiction(*duration, *stages,
                                  "with stages their durations add up to the profile's");
    }
    if (!load.stages.empty()) {
        load.rate = rate == nullptr ? load.stages.front().rate : load.rate;
        profile.duration = Nanoseconds(0);
        for (const auto& stage : load.stages) {
            profile.duration += stage.duration;
        }
    }
}

Keys limit_keys(Of of) {
    const auto load = load_of_search(of);
    const auto key_of_search = [](auto&&... parts) {
        return of_load(key(std::forward<decltype(parts)>(parts)...));
    };
    Keys keys{
        key_text<LoadProfile>(
            {"of", "`users` `rate`", "`users`", "what is raised; the keys of that load apply"}),
        key_of_search("start", &model::LimitSearch::start, load, "the first step", "must be given"),
        key_of_search("step", &model::LimitSearch::step, load,
                      "the first increase; doubled as long as the load is borne",
                      "the value of `start`"),
        key_of_search("most", &model::LimitSearch::most, load,
                      "not below `start`; nothing above it is tried, and a server that bears it "
                      "\"bears at least\" that"),
        key_of_search("step_duration", &model::LimitSearch::step_duration, window(),
                      "the measured window of each step"),
        key_of_search("resolution", &model::LimitSearch::resolution, resolution(),
                      "the border is near enough when its two sides differ by this share of the "
                      "load, or by a tenth of `step`"),
        key_of_search("search_time", &model::LimitSearch::search_time, window(),
                      "afterwards no other load is tried, and the border that was found is "
                      "confirmed"),
        key_of_search("fail_above", &model::LimitSearch::fail_above, pass_share(),
                      "of requests that may fail in a step that still passes"),
        key_of_search("slo_p99", &model::LimitSearch::slo_p99, latency(),
                      "the objective: 99 of 100 answers within this time, which is not above "
                      "`timeout`")};
    auto others = of == Of::users ? keys_of_users<model::LimitSearch>()
                                  : Keys{arrivals_key<model::LimitSearch>(),
                                         connections_key<model::LimitSearch>()};
    keys.insert(keys.end(), others.begin(), others.end());
    return keys;
}

void finish_limit(const SectionReader& reader, LoadProfile& profile) {
    auto& load = std::get<model::LimitSearch>(profile.load);
    tell_missing(reader, "start", load.of == Of::users ? "start = 500" : "start = 1k/s");
    if (reader.find("step") == nullptr) {
        load.step = load.start;
    }
    if (load.most && *load.most < load.start && reader.find("start") != nullptr) {
        reader.tell_contradiction(*reader.find("most"), *reader.find("start"),
                                  "the search may not even begin");
    }
    profile.duration = load.step_duration;
    if (load.slo_p99 && *load.slo_p99 > profile.timeout) {
        constexpr std::string_view kWhy = "no answer is waited for that long";
        const auto* objective = reader.find("slo_p99");
        if (const auto* timeout = reader.find("timeout")) {
            reader.tell_contradiction(*objective, *timeout, kWhy);
        } else {
            reader.tell(*objective,
                        fmt::format("{} contradicts timeout = {} (its default): {}",
                                    objective->value, format_duration(profile.timeout), kWhy));
        }
    }
}

std::vector<LoadKind> load_kinds() {
    model::LimitSearch of_rate;
    of_rate.of = Of::rate;
    return {{model::ClosedLoop::kName, "", model::ClosedLoop{}, closed_keys(), finish_closed},
            {model::VirtualUsers::kName, "", model::VirtualUsers{}, users_keys(), finish_users},
            {model::OpenLoop::kName, "", model::OpenLoop{}, rate_keys(), finish_rate},
            {model::LimitSearch::kName, "users", model::LimitSearch{}, limit_keys(Of::users),
             finish_limit},
            {model::LimitSearch::kName, "rate", of_rate, limit_keys(Of::rate), finish_limit}};
}

Keys common_keys(const std::vector<LoadKind>& kinds) {
    std::string loads;
    std::string_view last;
    for (const auto& kind : kinds) {
        if (kind.load != last) {
            loads += fmt::format("{}`{}`", loads.empty() ? "" : " ", kind.load);
        }
        last = kind.load;
    }
    return {
        key("route", &LoadProfile::route, usual_route(),
            "what is asked for, by a GET. What else servers answer is asked by `requests`"),
        key_text<LoadProfile>(mix_key()),
        key_text<LoadProfile>(flow_key()),
        key("cookies", &LoadProfile::keeps_cookies, shape::yes_no(),
            "`yes`: each connection, which is a user, sends back the cookies that it was given"),
        key_text<LoadProfile>({"load", loads, fmt::format("`{}`", kinds.front().load),
                               "who decides when the next request goes; see below"}),
        key("warmup", &LoadProfile::warmup, warmup(), "before the window, not counted"),
        key("timeout", &LoadProfile::timeout, latency(),
            "a request without its whole answer by then has failed; its connection is closed"),
        key("keep_alive", &LoadProfile::keep_alive, shape::yes_no(),
            "`no`: a new connection for each request"),
        key("connection_requests", &LoadProfile::connection_requests,
            shape::count(1, kMostConnectionRequests),
            "a connection is closed after so many answers; without `pipeline`"),
        key("verify", &LoadProfile::verify, shape::word<model::Verify>(),
            "how closely each answer is compared: every byte, the number of bytes, the status "
            "only"),
        key("csv", &LoadProfile::csv, file_name(),
            "the seconds of this profile's trials also as CSV, in the folder of the results")};
}

bool has(const Keys& keys, const std::string& name) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const auto& each) { return each.name == name; });
}

/// For messages: the loads of `kinds` that `belongs` holds for, such as "load = users or limit".
template <class Belongs>
std::string names_of(const std::vector<LoadKind>& kinds, Belongs belongs) {
    std::vector<std::string> names;
    for (const auto& kind : kinds) {
        const auto is_other = [&](const LoadKind& each) {
            return each.load == kind.load && belongs(each) != belongs(kind);
        };
        if (belongs(kind) && std::any_of(kinds.begin(), kinds.end(), is_other)) {
            names.push_back(fmt::format("{} with of = {}", kind.load, kind.of));
        } else if (belongs(kind) && (names.empty() || names.back() != kind.load)) {
            names.emplace_back(kind.load);
        }
    }
    std::string text = "load = ";
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    }
    return text;
}

// One of the kinds; null when it is wrong, which is then told.
const LoadKind* read_kind(const SectionReader& reader, const std::vector<LoadKind>& kinds) {
    const auto choose = [&](std::string_view key, std::string_view LoadKind::*name,
                            const std::vector<const LoadKind*>& from) -> const LoadKind* {
        std::vector<std::string> words;
        for (const auto* kind : from) {
            if (words.empty() || words.back() != kind->*name) {
                words.emplace_back(kind->*name);
            }
        }
        if (reader.find(key) == nullptr || words.size() == 1) {
            return from.front();
        }
        const auto index =
            reader.get(key, [&](const std::string& text) { return parse_word(text, words); });
        const auto found = std::find_if(from.begin(), from.end(), [&](const LoadKind* kind) {
            return index && kind->*name == words[*index];
        });
        return found == from.end() ? nullptr : *found;
    };
    std::vector<const LoadKind*> from;
    for (const auto& kind : kinds) {
        from.push_back(&kind);
    }
    const auto* first = choose("load", &LoadKind::load, from);
    if (first == nullptr) {
        return nullptr;
    }
    from.erase(std::remove_if(from.begin(), from.end(),
                              [&](const LoadKind* kind) { return kind->load != first->load; }),
               from.end());
    return choose("of", &LoadKind::of, from);
}

void reject_keys_of_other_loads(const SectionReader& reader, const std::vector<LoadKind>& kinds,
                                const LoadKind& kind, const Keys& common) {
    const auto* chosen = reader.find(kind.of.empty() ? "load" : "of");
    const auto own =
        names_of(kinds, [&](const LoadKind& each) { return &each == &kind; }) +
        (chosen == nullptr ? " (the default)" : fmt::format(" ({})", to_string(chosen->where)));
    for (const auto& entry : reader.section().entries) {
        const auto belongs = [&](const LoadKind& each) { return has(each.keys, entry.key); };
        if (!has(common, entry.key) && !belongs(kind) &&
            std::any_of(kinds.begin(), kinds.end(), belongs)) {
            reader.tell(entry, fmt::format("does not go with {}; it belongs to {}", own,
                                           names_of(kinds, belongs)));
        }
    }
}

}  // namespace

LoadProfile read_profile(const IniSection& section, Problems& problems) {
    const SectionReader reader(section, problems);
    LoadProfile profile;
    profile.where = section.where;
    const auto name = parse_id(section.name.substr(std::string_view("profile.").size()));
    if (name) {
        profile.name = *name;
    } else {
        problems.add(section.where,
                     "[" + shortened(section.name, 60) + "]: " + name.error().message);
    }
    const auto kinds = load_kinds();
    const auto common = common_keys(kinds);
    std::vector<std::string> known;
    for (const auto& table : profile_tables()) {
        for (const auto& key : table.keys) {
            known.push_back(key.name);
        }
    }
    reader.reject_unknown(known);
    for (const auto& key : common) {
        key.read(reader, profile);
    }
    if (const auto* kind = read_kind(reader, kinds)) {
        reject_keys_of_other_loads(reader, kinds, *kind, common);
        profile.load = kind->standard;
        for (const auto& key : kind->keys) {
            key.read(reader, profile);
        }
        if (kind->finish != nullptr) {
            kind->finish(reader, profile);
        }
    }
    return profile;
}

std::vector<KeyTable> profile_tables() {
    const auto kinds = load_kinds();
    std::vector<KeyTable> tables{table_of("[profile.NAME]", common_keys(kinds))};
    std::set<std::string> told;
    for (const auto& kind : kinds) {
        if (tables.back().title != fmt::format("load = {}", kind.load)) {
            tables.push_back({fmt::format("load = {}", kind.load), {}});
        }
        for (const auto& key : kind.keys) {
            if (told.insert(key.name).second) {
                tables.back().keys.push_back(key);
                const auto others = [&](const LoadKind& each) {
                    return each.load != kind.load && has(each.keys, key.name);
                };
                if (std::any_of(kinds.begin(), kinds.end(), others)) {
                    tables.back().keys.back().help +=
                        fmt::format(". Also with `{}`", names_of(kinds, others));
                }
            }
        }
    }
    return tables;
}

}  // namespace benchhost::config
