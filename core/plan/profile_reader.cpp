#include "core/plan/profile_reader.hpp"

#include "core/plan/config_keys.hpp"
#include "core/plan/profile_values.hpp"
#include "core/plan/section_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace benchhost::plan {
namespace {

// Tells that the chosen load cannot do without `key`.
void tell_missing(const SectionReader& reader, std::string_view key, std::string_view example) {
    if (reader.find(key) == nullptr) {
        const auto* load = reader.find("load");
        reader.problems().add(
            load->where, fmt::format("load = {} needs {}, such as {}", load->value, key, example));
    }
}

ClosedLoop read_closed(const SectionReader& reader, LoadProfile& profile) {
    ClosedLoop load;
    reader.read("connections", load.connections, parse_connections);
    reader.read("pipeline", profile.pipeline, parse_pipeline);
    if (!profile.keep_alive && profile.pipeline > 1) {
        reader.tell_contradiction(*reader.find("pipeline"), *reader.find("keep_alive"),
                                  "only a connection that is kept can be pipelined");
    }
    return load;
}

VirtualUsers read_users(const SectionReader& reader) {
    VirtualUsers load;
    tell_missing(reader, "users", "users = 4000");
    reader.read("users", load.users, parse_connections);
    reader.read("spawn_rate", load.spawn_rate, parse_request_rate);
    reader.read("think_time", load.think_time, parse_think_time);
    return load;
}

TrialLoad read_rate(const SectionReader& reader, LoadProfile& profile) {
    OpenLoop load;
    reader.read("connections", load.connections, parse_connections);
    reader.read("arrivals", load.arrivals, parse_arrivals);
    const auto rate = reader.get("rate", parse_request_rate);
    const auto stages = reader.get("stages", parse_stages);
    if (const auto* rates = reader.find("rates")) {
        for (const auto* other : {reader.find("rate"), reader.find("stages")}) {
            if (other != nullptr) {
                reader.tell_contradiction(*rates, *other, "one load is one or the other");
            }
        }
        RateSweep sweep{{}, load.arrivals, load.connections};
        reader.read("rates", sweep.rates, parse_sweep);
        return sweep;
    }
    if (reader.find("stages") == nullptr) {
        tell_missing(reader, "rate", "rate = 20k/s");
        load.rate = rate.value_or(0);
        if (rate && *rate * to_seconds(profile.duration) < 1) {
            reader.tell(*reader.find("rate"), fmt::format("{} in {} is not one request", *rate,
                                                          format_duration(profile.duration)));
        }
        return load;
    }
    if (const auto* duration = reader.find("duration")) {
        reader.tell_contradiction(*duration, *reader.find("stages"),
                                  "with stages their durations add up to the profile's");
    }
    if (stages) {
        load.stages = *stages;
        load.rate = rate.value_or(stages->front().rate);
        profile.duration = Nanoseconds(0);
        for (const auto& stage : *stages) {
            profile.duration += stage.duration;
        }
    }
    return load;
}

LimitSearch read_limit(const SectionReader& reader, LimitSearch::Of of, LoadProfile& profile) {
    LimitSearch load;
    load.of = of;
    const auto parse_load = of == LimitSearch::Of::users ? parse_load_of_users : parse_request_rate;
    tell_missing(reader, "start", of == LimitSearch::Of::users ? "start = 500" : "start = 1k/s");
    reader.read("start", load.start, parse_load);
    load.step = load.start;
    reader.read("step", load.step, parse_load);
    load.most = reader.get("most", parse_load);
    if (load.most && *load.most < load.start && reader.find("start") != nullptr) {
        reader.tell_contradiction(*reader.find("most"), *reader.find("start"),
                                  "the search may not even begin");
    }
    reader.read("step_duration", load.step_duration, parse_window);
    reader.read("resolution", load.resolution, parse_resolution);
    load.search_time = reader.get("search_time", parse_window);
    reader.read("fail_above", load.fail_above, parse_pass_share);
    load.slo_p99 = reader.get("slo_p99", parse_latency);
    reader.read("spawn_rate", load.spawn_rate, parse_request_rate);
    reader.read("think_time", load.think_time, parse_think_time);
    reader.read("arrivals", load.arrivals, parse_arrivals);
    reader.read("connections", load.connections, parse_connections);
    profile.duration = load.step_duration;
    if (load.slo_p99 && *load.slo_p99 > profile.timeout) {
        constexpr std::string_view kWhy = "no answer is waited for that long";
        if (const auto* timeout = reader.find("timeout")) {
            reader.tell_contradiction(*reader.find("slo_p99"), *timeout, kWhy);
        } else {
            reader.tell(
                *reader.find("slo_p99"),
                fmt::format("{} contradicts timeout = {} (its default): {}",
                            reader.find("slo_p99")->value, format_duration(profile.timeout), kWhy));
        }
    }
    return load;
}

void read_common(const SectionReader& reader, LoadProfile& profile) {
    reader.read("route", profile.route,
                parse_enum<Route>({"text", "json", "file", "about"},
                                  {Route::text, Route::json, Route::file, Route::about}));
    reader.read("duration", profile.duration, parse_window);
    reader.read("warmup", profile.warmup, parse_warmup);
    reader.read("timeout", profile.timeout, parse_latency);
    reader.read("keep_alive", profile.keep_alive,
                [](const std::string& text) { return parse_yes_no(text); });
    reader.read("verify", profile.verify,
                parse_enum<Verify>({"full", "length", "status"},
                                   {Verify::full, Verify::length, Verify::status}));
    profile.csv = reader.get("csv", parse_file_name);
}

// The load as one of LoadSet; nothing when it is wrong, which is then told.
std::optional<LoadSet> read_load_kind(const SectionReader& reader) {
    if (reader.find("load") == nullptr) {
        return kClosed;
    }
    const auto load = reader.get("load", [](const std::string& text) {
        return parse_word(text, {"closed", "users", "rate", "limit"});
    });
    if (!load || *load < 3) {
        constexpr std::array<LoadSet, 3> kKinds{kClosed, kUsers, kRate};
        return load ? std::optional(kKinds.at(*load)) : std::nullopt;
    }
    if (reader.find("of") == nullptr) {
        return kLimitOfUsers;
    }
    return reader.get("of", parse_enum<LoadSet>({"users", "rate"}, {kLimitOfUsers, kLimitOfRate}));
}

std::string describe_load(const SectionReader& reader, LoadSet kind) {
    const auto* load = reader.find("load");
    const auto* of = (kind & kLimit) != 0 ? reader.find("of") : nullptr;
    std::string text = names_of(kind);
    if (load == nullptr || (of == nullptr && kind == kLimitOfUsers)) {
        text += " (the default)";
    } else {
        text += fmt::format(" ({})", to_string((of != nullptr ? of : load)->where));
    }
    return text;
}

void reject_keys_of_other_loads(const SectionReader& reader, LoadSet kind) {
    for (const auto& entry : reader.section().entries) {
        const auto* known =
            std::find_if(kProfileKeys.begin(), kProfileKeys.end(),
                         [&](const ProfileKey& key) { return key.name == entry.key; });
        if (known != kProfileKeys.end() && (known->loads & kind) == 0) {
            reader.tell(entry, fmt::format("does not go with {}; it belongs to {}",
                                           describe_load(reader, kind), names_of(known->loads)));
        }
    }
}

}  // namespace

std::string names_of(unsigned loads) {
    std::vector<std::string> names;
    for (const auto& [set, name] :
         {std::pair(unsigned{kClosed}, "closed"), std::pair(unsigned{kUsers}, "users"),
          std::pair(unsigned{kRate}, "rate")}) {
        if ((loads & set) != 0) {
            names.emplace_back(name);
        }
    }
    if ((loads & kLimit) != 0) {
        names.emplace_back((loads & kLimit) == kLimit     ? "limit"
                           : (loads & kLimitOfUsers) != 0 ? "limit with of = users"
                                                          : "limit with of = rate");
    }
    std::string text = "load = ";
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    }
    return text;
}

LoadProfile read_profile(const IniSection& section, Problems& problems) {
    const SectionReader reader(section, problems);
    LoadProfile profile;
    profile.where = section.where;
    const auto name = parse_id(section.name.substr(std::string_view("profile.").size()));
    if (name) {
        profile.name = *name;
    } else {
        problems.add(section.where, "[" + section.name + "]: " + name.error().message);
    }
    std::vector<std::string> known;
    known.reserve(kProfileKeys.size());
    for (const auto& key : kProfileKeys) {
        known.emplace_back(key.name);
    }
    reader.reject_unknown(known);
    read_common(reader, profile);
    const auto kind = read_load_kind(reader);
    if (!kind) {
        return profile;
    }
    reject_keys_of_other_loads(reader, *kind);
    switch (*kind) {
        case kUsers:
            profile.load = read_users(reader);
            break;
        case kRate:
            profile.load = read_rate(reader, profile);
            break;
        case kLimitOfUsers:
            profile.load = read_limit(reader, LimitSearch::Of::users, profile);
            break;
        case kLimitOfRate:
            profile.load = read_limit(reader, LimitSearch::Of::rate, profile);
            break;
        default:
            profile.load = read_closed(reader, profile);
    }
    return profile;
}

}  // namespace benchhost::plan
