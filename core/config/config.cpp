#include "core/config/config.hpp"

#include "core/base/names.hpp"
#include "core/base/printable.hpp"
#include "core/config/ini.hpp"
#include "core/config/profile_reader.hpp"
#include "core/config/profile_requests.hpp"
#include "core/config/request_reader.hpp"
#include "core/config/section_reader.hpp"
#include "core/config/suite_reader.hpp"

#include <Poco/String.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

namespace benchhost::config {
namespace {

constexpr std::string_view kProfilePrefix = "profile.";
constexpr std::string_view kServerPrefix = "server.";
constexpr std::string_view kRequestPrefix = "request.";
constexpr std::size_t kShownName = 60;  // of a section and a key

// The part of a name that decides how a section is read: "profile" of "profile.text".
std::string kind_of(const std::string& section) { return section.substr(0, section.find('.')); }

// Where SECTION ends and KEY begins is settled by the sections that the file has: both may contain
// dots, as in [server.python.flask] env.PATH.
void split_anew(const IniFile& ini, Override& override) {
    const auto full = override.section + "." + override.key;
    std::size_t longest = 0;
    for (const auto& section : ini.sections) {
        if (section.name.size() > longest && full.size() > section.name.size() + 1 &&
            full.starts_with(section.name + ".")) {
            longest = section.name.size();
            override.section = section.name;
            override.key = full.substr(longest + 1);
        }
    }
}

Status apply_override(IniFile& ini, Override override) {
    split_anew(ini, override);
    const Location where{"--set " + shortened(override.section + "." + override.key, kShownName),
                         0};
    auto* section = ini.find(override.section);
    if (section == nullptr && (override.section.starts_with(kProfilePrefix) ||
                               override.section.starts_with(kRequestPrefix))) {
        std::vector<std::string> sections;
        for (const auto& each : ini.sections) {
            sections.push_back(each.name);
        }
        return Error{ErrorCode::usage, fmt::format("{}: the config has no [{}]{}", where.file,
                                                   shortened(override.section, kShownName),
                                                   did_you_mean(override.section, sections))};
    }
    if (section == nullptr) {
        ini.sections.push_back({override.section, where, {}});
        section = &ini.sections.back();
    }
    const auto entry = std::find_if(section->entries.begin(), section->entries.end(),
                                    [&](const IniEntry& each) { return each.key == override.key; });
    if (entry == section->entries.end()) {
        section->entries.push_back({override.key, override.value, where});
    } else {
        entry->value = override.value;
        entry->where = where;
    }
    ini.text +=
        fmt::format("{}# {} = {}\n", ini.text.empty() || ini.text.back() == '\n' ? "" : "\n",
                    where.file, override.value);
    return {};
}

void read_section(const IniSection& section, SuiteConfig& config, Problems& problems) {
    if (section.name == "suite") {
        read_suite(section, config, problems);
    } else if (section.name == "payload") {
        read_payload(section, config.path.parent_path(), config.payload, problems);
    } else if (section.name == "limits") {
        read_limits(section, config.limits, problems);
    } else if (section.name == "gate") {
        read_gate(section, config.gate, problems);
    } else if (section.name == "cluster") {
        read_cluster(section, config.cluster, problems);
    } else if (section.name.starts_with(kProfilePrefix)) {
        config.profiles.push_back(read_profile(section, problems));
    } else if (section.name.starts_with(kServerPrefix)) {
        config.definitions.push_back(read_server(section, problems));
    } else if (section.name.starts_with(kRequestPrefix)) {
        config.requests.push_back(
            read_request(section, config.path.parent_path(), config.picks, problems));
    } else {
        const auto kind = kind_of(section.name);
        auto near = nearest_name(kind, {"suite", "payload", "limits", "gate", "cluster", "profile",
                                        "request", "server"});
        if (near == "profile" || near == "request" || near == "server") {
            const auto name = section.name.substr(kind.size());
            near += name.size() > 1 ? name : ".NAME";
        }
        problems.add(section.where,
                     fmt::format("[{}] is not a section{}; allowed: [suite], [payload], [limits], "
                                 "[gate], [cluster], [profile.NAME], [request.NAME], [server.ID]",
                                 shortened(section.name, kShownName),
                                 near.empty() ? ""
                                              : fmt::format("; did you mean [{}]?",
                                                            shortened(near, kShownName))));
    }
}

// What a load opens in any case and what it may open.
std::uint64_t least_connections(const model::TrialLoad& load) {
    return std::visit(
        model::Overloaded{[](const model::LimitSearch& search) { return search.least_open(); },
                          [](const auto& each) { return std::uint64_t{each.open_at_once()}; }},
        load);
}
std::uint64_t most_connections(const model::TrialLoad& load) {
    return std::visit(
        model::Overloaded{[](const model::LimitSearch& search) { return search.most_open(); },
                          [](const auto& each) { return std::uint64_t{each.open_at_once()}; }},
        load);
}

// What no section can see alone.
void check_together(IniFile& ini, const SuiteConfig& config, Problems& problems) {
    const auto* limits = ini.find("limits");
    const auto* nofile = limits == nullptr ? nullptr : limits->find("nofile");
    std::map<std::string, Location> csv_files;
    for (const auto& profile : config.profiles) {
        const auto& section = *ini.find(std::string(kProfilePrefix) + profile.name);
        const auto connections = least_connections(profile.load);
        if (connections >= config.limits.server.nofile) {
            const auto* entry = section.find("connections");
            entry = entry == nullptr ? section.find("users") : entry;
            problems.add(
                entry == nullptr ? section.where : entry->where,
                fmt::format("{} connections need more files than nofile = {}{}", connections,
                            *config.limits.server.nofile,
                            nofile == nullptr ? "" : " (" + to_string(nofile->where) + ")"));
        }
        if (profile.csv) {
            const auto& where = section.find("csv")->where;
            const auto [before, inserted] = csv_files.emplace(*profile.csv, where);
            if (!inserted) {
                problems.add(where, fmt::format("csv = {} is already written by another profile "
                                                "({})",
                                                *profile.csv, to_string(before->second)));
            }
        }
    }
    if (config.profiles.empty()) {
        problems.add({config.path.string(), 1}, "there is no [profile.NAME]: nothing to measure");
    }
}

// Whether this machine has them is told later.
void locate_cpus(IniFile& ini, Limits& limits) {
    for (const auto& [key, choice] :
         {std::pair{"server_cpus", &limits.server_cpus}, {"client_cpus", &limits.client_cpus}}) {
        const auto* section = ini.find("limits");
        const auto* entry = section == nullptr ? nullptr : section->find(key);
        choice->where = entry == nullptr ? Location{} : entry->where;
    }
}

// The suite's name when the config gives none: the file's, as far as it may be a name.
std::string name_from(const std::filesystem::path& path) {
    auto name = path.stem().string().substr(0, kLongestName);
    for (auto& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '.') {
            c = '-';
        }
    }
    const auto start = name.find_first_not_of(".-");
    return start == std::string::npos ? "suite" : name.substr(start);
}

}  // namespace

std::string to_string(const Location& location) {
    return location.line == 0 ? location.file : fmt::format("{}:{}", location.file, location.line);
}

Result<Override> parse_override(const std::string& text) {
    if (!is_line_of_text(text)) {
        return Error{ErrorCode::usage,
                     fmt::format("--set: {} is not UTF-8 text of one line", in_quotes(text))};
    }
    const auto equals = text.find('=');
    const auto name = Poco::trim(text.substr(0, equals));
    // The options of a server may have dots, as in server.flask.env.PATH.
    const auto first_dot = name.find('.');
    const auto environment = name.find(".env.", first_dot + 1);
    const auto dot = name.starts_with(kServerPrefix) && environment != std::string::npos
                         ? environment
                         : name.rfind('.');
    if (equals == std::string::npos || dot == std::string::npos || dot == 0 ||
        dot + 1 == name.size()) {
        return Error{ErrorCode::usage, fmt::format("--set: {} is not SECTION.KEY=VALUE, such as "
                                                   "profile.text.duration=1s",
                                                   in_quotes(text))};
    }
    return Override{name.substr(0, dot), name.substr(dot + 1), Poco::trim(text.substr(equals + 1))};
}

Result<SuiteConfig> read_config(const std::filesystem::path& path,
                                const std::vector<Override>& overrides) {
    auto ini = read_ini(path);
    if (!ini) {
        return ini.error();
    }
    for (const auto& override : overrides) {
        if (const auto applied = apply_override(*ini, override); !applied) {
            return applied.error();
        }
    }
    SuiteConfig config;
    config.path = path;
    config.name = name_from(path);
    config.servers_where = {path.string(), 1};
    Problems problems;
    for (const auto& section : ini->sections) {
        read_section(section, config, problems);
    }
    for (auto& profile : config.profiles) {
        if (const auto* section = ini->find(std::string(kProfilePrefix) + profile.name)) {
            profile.requests = read_mix(*section, config.requests, problems);
            if (auto steps = read_flow(*section, config.requests, problems); !steps.empty()) {
                profile.is_flow = true;
                profile.requests = std::move(steps);
            }
            profile.picks = config.picks;
        }
    }
    locate_cpus(*ini, config.limits);
    if (problems.empty()) {
        check_together(*ini, config, problems);
    }
    if (!problems.empty()) {
        return problems.error();
    }
    config.text = std::move(ini->text);
    return config;
}

std::uint64_t process_limit(const SuiteConfig& config) {
    std::uint64_t most = 0;
    for (const auto& profile : config.profiles) {
        most = std::max(most, most_connections(profile.load));
    }
    return config.limits.server.processes.value_or(
        std::min(kUsualProcesses + most, kMostProcesses));
}

SuiteConfig quick(SuiteConfig config) {
    constexpr Nanoseconds kMostDuration = std::chrono::seconds(2);
    constexpr Nanoseconds kMostWarmup = std::chrono::milliseconds(500);
    constexpr Nanoseconds kMostTimeout = std::chrono::seconds(1);  // shorter than the windows
    config.repeats = 1;
    config.retries = 0;
    for (auto& profile : config.profiles) {
        const auto asked = profile.duration;
        profile.duration = std::min(asked, kMostDuration);
        profile.warmup = std::min(profile.warmup, kMostWarmup);
        const auto* search = std::get_if<model::LimitSearch>(&profile.load);
        const auto objective = search != nullptr ? search->slo_p99 : std::nullopt;
        profile.timeout =
            std::min(profile.timeout, std::max(kMostTimeout, objective.value_or(kMostTimeout)));
        const double share = to_seconds(profile.duration) / to_seconds(asked);
        std::visit([&](auto& load) { load.make_quick(share); }, profile.load);
    }
    return config;
}

}  // namespace benchhost::config
