#include "core/config/suite_reader.hpp"

#include "core/base/names.hpp"
#include "core/base/printable.hpp"
#include "core/config/config_key.hpp"
#include "core/config/section_reader.hpp"
#include "core/config/suite_values.hpp"
#include "core/model/gate_metric.hpp"
#include "core/model/payload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <system_error>

namespace benchhost::config {
namespace {

constexpr std::uint64_t kMostRetries = 100;
constexpr std::uint64_t kMostCpu = 4095;
constexpr std::uint64_t kLeastProcesses = 8;
constexpr std::uint64_t kLeastFiles = 64;
constexpr std::uint64_t kMostFiles = 1'073'741'816;  // the kernel's own bound (fs.nr_open)

Result<std::string> parse_suite_name(const std::string& text) {
    const auto is_allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    };
    if (text.size() > kLongestName || text.front() == '.' || text.front() == '-' ||
        !std::all_of(text.begin(), text.end(), is_allowed)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is not a name; allowed: letters, digits, \"_\", \".\" and "
                                 "\"-\", a letter or digit first, at most {} characters",
                                 in_quotes(text), kLongestName)};
    }
    return text;
}

Result<std::vector<std::string>> parse_servers(const std::string& text) {
    auto items = parse_list(text);
    if (!items) {
        return items;
    }
    const auto is_allowed = [](char c) {
        return std::islower(static_cast<unsigned char>(c)) != 0 ||
               std::isdigit(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_.-*?[]").find(c) != std::string_view::npos;
    };
    for (const auto& item : *items) {
        const auto start = item.begin() + (item.front() == '!' ? 1 : 0);
        if (start == item.end() || !std::all_of(start, item.end(), is_allowed)) {
            return Error{ErrorCode::usage,
                         fmt::format("{} is neither an id nor a glob; allowed: ids such as "
                                     "beast, globs such as python-*, and !id or !glob to leave out",
                                     in_quotes(item))};
        }
    }
    return items;
}

Error not_cpus(const std::string& text) {
    return {ErrorCode::usage, fmt::format("{} are no processors; allowed: auto, none, or "
                                          "numbers and ranges up to {}, such as 0-3,6",
                                          in_quotes(text), kMostCpu)};
}

Result<CpuChoice> parse_cpus(const std::string& text) {
    if (text == "auto") {
        return CpuChoice{true, {}};
    }
    if (text == "none") {
        return CpuChoice{false, {}};
    }
    const auto items = parse_list(text);
    if (!items) {
        return not_cpus(text);
    }
    std::set<unsigned> cpus;
    for (const auto& item : *items) {
        const auto dash = std::min(item.find('-'), item.size());
        const auto first = parse_count(item.substr(0, dash), 0, kMostCpu);
        const auto last =
            dash == item.size() ? first : parse_count(item.substr(dash + 1), 0, kMostCpu);
        if (!first || !last || *first > *last) {
            return not_cpus(text);
        }
        for (auto cpu = *first; cpu <= *last; ++cpu) {
            cpus.insert(static_cast<unsigned>(cpu));
        }
    }
    return CpuChoice{false, {cpus.begin(), cpus.end()}};
}

Result<double> parse_alpha(const std::string& text) {
    constexpr double kLeast = 0.0001;
    constexpr double kMost = 0.2;
    auto alpha = parse_fraction(text);
    if (alpha && (*alpha < kLeast || *alpha > kMost)) {
        return Error{ErrorCode::usage, fmt::format("{} is out of range; allowed: {} to {}",
                                                   in_quotes(text), kLeast, kMost)};
    }
    return alpha;
}

void read_file_payload(const SectionReader& reader, const char* key, model::PayloadSpec& payload,
                       const std::filesystem::path& folder) {
    const auto* entry = reader.find(key);
    if (entry == nullptr) {
        return;
    }
    if (parse_bytes(entry->value)) {
        reader.read(key, payload.file_size, [](const std::string& text) {
            return bytes_between(text, 1, model::kMostPayloadBytes);
        });
        return;
    }
    const auto path = (folder / entry->value).lexically_normal();
    std::error_code error;
    if (entry->value.empty() || !std::filesystem::is_regular_file(path, error)) {
        reader.tell(*entry, fmt::format("{} is neither a size such as 64KiB nor a file (looked "
                                        "for {})",
                                        in_quotes(entry->value), path.string()));
        return;
    }
    const auto size = std::filesystem::file_size(path, error);
    if (error || size == 0 || size > model::kMostPayloadBytes) {
        reader.tell(*entry, fmt::format("{} is empty, larger than {} or not readable",
                                        path.string(), format_bytes(model::kMostPayloadBytes)));
        return;
    }
    payload.file_path = path;
}

std::string join(const std::vector<std::string>& items) {
    return fmt::format("{}", fmt::join(items, ","));
}

std::vector<Key<SuiteConfig>> suite_keys() {
    return {
        key("name", &SuiteConfig::name, shape::text("letters, digits, `_ . -`", parse_suite_name),
            "names the folder of the results, with the time; a second run of the same second gets "
            "`-2`",
            "the file's name"),
        key("servers", &SuiteConfig::servers,
            Shape<std::vector<std::string>>{"ids and globs, separated by commas; `!` leaves out",
                                            parse_servers, join},
            "which servers run, of all that are found and defined. Only `!` patterns mean \"all "
            "but\". A pattern that matches nothing is an error; a server whose plugin cannot be "
            "loaded is skipped, with the reason"),
        key("repeats", &SuiteConfig::repeats, shape::count(1, kMostRounds),
            "rounds. Each runs every server under every profile once, in an order shuffled anew, "
            "each in a fresh process. To rank 2 servers takes at least 6 rounds, 5 servers 9, 10 "
            "servers 11: with fewer no test can tell them apart, and no ranks are given"),
        key("retries", &SuiteConfig::retries, shape::count(0, kMostRetries),
            "how often a trial that the machine spoilt is run again, such as by another process; "
            "both are kept and the last one counts. Over the whole suite at most a fifth of its "
            "trials, so that a machine that is never quiet is not waited for. Not where server and "
            "generator share processors"),
        key("calm", &SuiteConfig::calm, shape::duration(Nanoseconds(0), std::chrono::minutes(10)),
            "before each trial, how long to wait at most until few sockets are in TIME_WAIT and "
            "nothing else uses the processors. `0` does not wait: for suites on a machine that is "
            "never quiet, or whose figures do not matter"),
        key("seed", &SuiteConfig::seed, shape::count<std::uint64_t>(0, kMostSeed),
            "of the order, the arrivals and the think times"),
    };
}

Key<model::PayloadSpec> body_key(model::Route route, Shape<std::string> shape, std::string standard,
                                 const std::string& help = "") {
    return {{word_of(route), std::move(shape.words), std::move(standard),
             fmt::format("body of `{}`{}", model::path_of(route), help)},
            [route, parse = std::move(shape.parse)](const SectionReader& reader,
                                                    model::PayloadSpec& payload) {
                if (auto body = reader.get(word_of(route), parse)) {
                    payload.bodies[route] = std::move(*body);
                }
            }};
}

Key<model::PayloadSpec> file_key(model::Route route, const std::filesystem::path& folder) {
    return {{word_of(route),
             fmt::format("a size from {} to {}, or a path relative to the config", format_bytes(1),
                         format_bytes(model::kMostPayloadBytes)),
             "`" + format_bytes(model::PayloadSpec{}.file_size) + "`",
             fmt::format("content of `{}`. Of a size: generated, the same on every machine",
                         model::path_of(route))},
            [route, folder](const SectionReader& reader, model::PayloadSpec& payload) {
                read_file_payload(reader, word_of(route), payload, folder);
            }};
}

std::vector<Key<model::PayloadSpec>> payload_keys(const std::filesystem::path& folder) {
    const auto text =
        shape::text("any text of one line",
                    [](const std::string& given) -> Result<std::string> { return given; });
    const auto json = shape::text("a JSON object or array without blanks outside of strings",
                                  [](const std::string& given) -> Result<std::string> {
                                      const auto checked = model::check_json(given);
                                      return checked ? Result<std::string>(given) : checked.error();
                                  });
    std::vector<Key<model::PayloadSpec>> keys;
    for (const model::Route route : kAll<model::Route>) {
        const std::string standard = model::facts_of(route).body;
        switch (model::facts_of(route).form) {
            case model::RouteForm::as_it_is:
                keys.push_back(body_key(route, text, "`" + standard + "`"));
                break;
            case model::RouteForm::serialised:
                keys.push_back(body_key(
                    route, json, fmt::format("{} bytes", standard.size()),
                    ". Servers parse it once and serialise it for each request, so write numbers "
                    "and strings as JSON libraries do: `1.5`, not `1.50`"));
                break;
            case model::RouteForm::from_file:
                keys.push_back(file_key(route, folder));
                break;
            case model::RouteForm::uncompared:
            case model::RouteForm::echo:
            case model::RouteForm::upload:
            case model::RouteForm::sum:
            case model::RouteForm::wait:
            case model::RouteForm::items:
            case model::RouteForm::compressed:
                break;
        }
    }
    return keys;
}

std::vector<Key<Limits>> limits_keys() {
    const auto cpus = [](const std::string& words) {
        return Shape<CpuChoice>{words, parse_cpus, [](const CpuChoice& choice) {
                                    return std::string(choice.automatic ? "auto" : "none");
                                }};
    };
    const Shape<std::optional<std::uint64_t>> memory{
        fmt::format("{} to 1PiB, or `none`", format_bytes(kLeastMemory)), parse_memory,
        [](const std::optional<std::uint64_t>& bytes) {
            return bytes ? format_bytes(*bytes) : std::string("none");
        }};
    const auto of_server = [](auto&&... row) {
        return within(&Limits::server, key(std::forward<decltype(row)>(row)...));
    };
    return {
        key("server_cpus", &Limits::server_cpus,
            cpus("`auto`, `none`, or numbers and ranges such as `0-3,6`"),
            "processors of the server. `auto`: server and generator on disjoint ones, where there "
            "are enough, as described below; `none`: as the system schedules"),
        key("client_cpus", &Limits::client_cpus, cpus("the same"),
            "processors of the load generator"),
        of_server(
            "memory", &model::ProcessLimits::memory, memory,
            "most memory of the server's process tree; enforced where the system lets us, and the "
            "results say whether it was"),
        of_server(
            "nofile", &model::ProcessLimits::nofile,
            shape::count<std::uint64_t>(kLeastFiles, kMostFiles),
            "open files; raised as far as the system allows, and the results say how far. Some "
            "servers take memory for each file that they might open",
            fmt::format("`{}`", kUsualFiles)),
        of_server(
            "processes", &model::ProcessLimits::processes,
            shape::count<std::uint64_t>(kLeastProcesses, kMostProcesses),
            "most processes and threads of one server together, against one that forks without "
            "end; enforced where the system lets us, and the results say whether it was. A row "
            "says how often a server was refused one",
            fmt::format("{}, and one for each connection or user of the profile that has most",
                        kUsualProcesses)),
        key("user", &Limits::user, shape::text("a user of the machine", parse_user_name),
            "as whom servers and their plugins run, which takes root; they own their folder and "
            "can neither signal, trace nor look into benchhost. Plugins, payload files and the "
            "folder of the results must be open to that user",
            "as benchhost itself"),
    };
}

Key<GateSpec> tolerance_key(model::GateMetric metric, std::string help, std::string standard) {
    return {{std::string(model::name_of(metric)), "a share", std::move(standard), std::move(help)},
            [metric](const SectionReader& reader, GateSpec& gate) {
                if (const auto share = reader.get(model::name_of(metric), parse_fraction)) {
                    gate.tolerances.push_back({metric, *share});
                }
            }};
}

std::vector<Key<GateSpec>> gate_keys() {
    return {
        tolerance_key(model::GateMetric::cpu, "how much more processor time a request may cost",
                      "`5%`, when no metric is named"),
        tolerance_key(model::GateMetric::rss,
                      "how much more memory the server may hold at its peak", "not gated"),
        tolerance_key(model::GateMetric::rps, "how much lower the rate may be",
                      "`5%`, when no metric is named"),
        tolerance_key(model::GateMetric::p99, "how much longer 99 of 100 answers may take",
                      "`10%`, when no metric is named"),
        tolerance_key(model::GateMetric::p50, "the same for half of the answers", "not gated"),
        tolerance_key(model::GateMetric::failed,
                      "how much larger a share of requests or connections may be lost; `100%` lets "
                      "everything be lost, a server that is gone as well",
                      "`1%`, always gated"),
        tolerance_key(model::GateMetric::wrong,
                      "how much larger a share of the answers may be wrong; where the base has "
                      "wrong ones too, at least what `failed` lets pass",
                      "`0%`, always gated"),
        key("alpha", &GateSpec::alpha, shape::share("0.0001 to 0.2", parse_alpha),
            "the chance of a false alarm over all gated cells together", "`0.05`"),
        key_text<GateSpec>({"fail_if", "`p99>50ms`, `failed>0.1%`, `rate<20k/s`, ...", "none",
                            "a run in which a row's median over the rounds meets one of these "
                            "exits with 1: p50 to p99.9, mean and max of the response times, the "
                            "share of the requests that failed, requests/s"}),
        key("blocks", &GateSpec::blocks, shape::count(1, kMostBlocks),
            "of a paired comparison; each measures base, head and base again twice", "`10`"),
    };
}

std::vector<Key<ClusterSpec>> cluster_keys() {
    return {
        key("server_host", &ClusterSpec::server_host,
            shape::text("a host's name, as `hostname` prints it", parse_host_name),
            "its lowest rank runs the servers", "the host of rank 0"),
        key("interface", &ClusterSpec::interface,
            shape::text("a network interface of that host", parse_host_name),
            "where the servers listen; has to be given when load comes from another host",
            "loopback"),
    };
}

/// [server.<id>] has these and the options of the plugin's server.
std::vector<Key<ServerDefinition>> server_keys() {
    return {
        key("plugin", &ServerDefinition::plugin, shape::text("id of a plugin's server", parse_id),
            "which implementation this is: `[server.nginx]` with `plugin = command` is nginx, run "
            "by the `command` plugin",
            "ID"),
        key("url", &ServerDefinition::url,
            shape::text("`http://HOST`, `http://HOST:PORT` or `unix:/PATH`", parse_server_url),
            "a server that is already running and not started by us. Excludes every other key; "
            "what it spends is unknown. Of a name's addresses the first that answers is measured, "
            "and stands in the results. A link-local address names its interface: "
            "`http://[fe80::1%eth0]:8080`"),
    };
}

}  // namespace

void read_suite(const IniSection& section, SuiteConfig& config, Problems& problems) {
    const SectionReader reader(section, problems);
    read_keys(reader, suite_keys(), config);
    if (const auto* servers = reader.find("servers")) {
        config.servers_where = servers->where;
    }
}

void read_payload(const IniSection& section, const std::filesystem::path& folder,
                  model::PayloadSpec& payload, Problems& problems) {
    read_keys(SectionReader(section, problems), payload_keys(folder), payload);
}

void read_limits(const IniSection& section, Limits& limits, Problems& problems) {
    const SectionReader reader(section, problems);
    read_keys(reader, limits_keys(), limits);
    if (const auto* user = reader.find("user")) {
        limits.user_where = user->where;
    }
}

void read_gate(const IniSection& section, GateSpec& gate, Problems& problems) {
    const SectionReader reader(section, problems);
    read_keys(reader, gate_keys(), gate);
    const auto conditions = reader.get("fail_if", parse_list);
    for (const auto& text : conditions.value_or(std::vector<std::string>())) {
        auto condition = model::parse_fail_condition(text);
        if (condition) {
            gate.fail_if.push_back(std::move(*condition));
        } else {
            reader.tell(*reader.find("fail_if"), condition.error().message);
        }
    }
}

void read_cluster(const IniSection& section, ClusterSpec& cluster, Problems& problems) {
    read_keys(SectionReader(section, problems), cluster_keys(), cluster);
}

ServerDefinition read_server(const IniSection& section, Problems& problems) {
    const SectionReader reader(section, problems);
    ServerDefinition server;
    server.where = section.where;
    const auto id = parse_id(section.name.substr(std::string_view("server.").size()));
    if (id) {
        server.id = *id;
    } else {
        problems.add(section.where, "[" + shortened(section.name, 60) + "]: " + id.error().message);
    }
    const auto keys = server_keys();
    for (const auto& each : keys) {
        each.read(reader, server);
    }
    const auto* url = reader.find("url");
    for (const auto& entry : section.entries) {
        if (url != nullptr && entry.key != "url") {
            reader.tell_contradiction(entry, *url,
                                      "a server with a URL is already running, not started by us");
        }
        if (std::none_of(keys.begin(), keys.end(),
                         [&](const auto& each) { return each.name == entry.key; })) {
            server.options.push_back({entry.key, entry.value, entry.where});
        }
    }
    return server;
}

std::vector<KeyTable> suite_tables() {
    return {table_of("[suite]", suite_keys()),     table_of("[payload]", payload_keys("")),
            table_of("[limits]", limits_keys()),   table_of("[gate]", gate_keys()),
            table_of("[cluster]", cluster_keys()), table_of("[server.ID]", server_keys())};
}

}  // namespace benchhost::config
