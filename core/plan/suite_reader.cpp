#include "core/plan/suite_reader.hpp"

#include "core/base/gate_metric.hpp"
#include "core/base/http_url.hpp"
#include "core/plan/config_keys.hpp"
#include "core/plan/payload.hpp"
#include "core/plan/section_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>
#include <system_error>

namespace benchhost::plan {
namespace {

constexpr std::uint64_t kMostRounds = 1000;
constexpr std::uint64_t kMostRetries = 100;
constexpr std::uint64_t kMostBlocks = 250;
// What JSON readers keep exact; the seed stands in the results.
constexpr std::uint64_t kMostSeed = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMostCpu = 4095;
constexpr std::uint64_t kLeastMemory = std::uint64_t{1024} * 1024;
constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 50U;
constexpr std::uint64_t kLeastProcesses = 8;
constexpr std::uint64_t kLeastFiles = 64;
constexpr std::uint64_t kMostFiles = 1'073'741'816;  // the kernel's own bound (fs.nr_open)

template <std::size_t N>
std::vector<std::string> as_strings(const std::array<std::string_view, N>& keys) {
    return {keys.begin(), keys.end()};
}

Result<std::string> parse_suite_name(const std::string& text) {
    constexpr std::size_t kMost = 64;
    const auto is_allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    };
    if (text.size() > kMost || text.front() == '.' || text.front() == '-' ||
        !std::all_of(text.begin(), text.end(), is_allowed)) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is not a name; allowed: letters, digits, \"_\", \".\" and "
                                 "\"-\", a letter or digit first, at most {} characters",
                                 text, kMost)};
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
                         fmt::format("\"{}\" is neither an id nor a glob; allowed: ids such as "
                                     "beast, globs such as python-*, and !id or !glob to leave out",
                                     item)};
        }
    }
    return items;
}

Error not_cpus(const std::string& text) {
    return {ErrorCode::usage, fmt::format("\"{}\" are no processors; allowed: auto, none, or "
                                          "numbers and ranges up to {}, such as 0-3,6",
                                          text, kMostCpu)};
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

Result<std::optional<std::uint64_t>> parse_memory(const std::string& text) {
    if (text == "none") {
        return std::optional<std::uint64_t>{};
    }
    const auto bytes = bytes_between(text, kLeastMemory, kMostMemory);
    if (!bytes) {
        return Error{ErrorCode::usage, bytes.error().message + ", or none"};
    }
    return std::optional(*bytes);
}

/// Also of a network interface: what has neither spaces nor slashes.
Result<std::string> parse_host_name(const std::string& text) {
    constexpr std::size_t kMost = 253;
    const auto is_allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_.-:@").find(c) != std::string_view::npos;
    };
    if (text.size() > kMost || !std::all_of(text.begin(), text.end(), is_allowed)) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is not a name; allowed: letters, digits, \"_\", \".\", "
                                 "\"-\", \":\" and \"@\"",
                                 text)};
    }
    return text;
}

Result<double> parse_alpha(const std::string& text) {
    constexpr double kLeast = 0.0001;
    constexpr double kMost = 0.2;
    auto alpha = parse_fraction(text);
    if (alpha && (*alpha < kLeast || *alpha > kMost)) {
        return Error{ErrorCode::usage,
                     fmt::format("\"{}\" is out of range; allowed: {} to {}", text, kLeast, kMost)};
    }
    return alpha;
}

Result<std::uint32_t> parse_blocks(const std::string& text) {
    const auto blocks = parse_count(text, 1, kMostBlocks);
    return blocks ? Result<std::uint32_t>(static_cast<std::uint32_t>(*blocks)) : blocks.error();
}

Result<std::string> parse_server_url(const std::string& text) {
    const auto wrong = [](const std::string& why) {
        return Error{ErrorCode::usage,
                     why + "; allowed: http://HOST, http://HOST:PORT or unix:/PATH/TO/SOCKET"};
    };
    const auto url = parse_http_url(text);
    if (!url) {
        return wrong(url.error().message);
    }
    const bool is_unix = !url->unix_path.empty();
    if (is_unix && url->unix_path.front() != '/') {
        return wrong(fmt::format("\"{}\" names no absolute path", text));
    }
    if (!is_unix && url->path != "/") {
        return wrong(fmt::format(
            "\"{}\" has a path, but the routes are /text, /json, /file and /about", text));
    }
    return text;
}

void read_file_payload(const SectionReader& reader, const std::filesystem::path& folder,
                       PayloadSpec& payload) {
    const auto* entry = reader.find("file");
    if (entry == nullptr) {
        return;
    }
    if (parse_bytes(entry->value)) {
        reader.read("file", payload.file_size, [](const std::string& text) {
            return bytes_between(text, 1, kMostPayloadBytes);
        });
        return;
    }
    const auto path = (folder / entry->value).lexically_normal();
    std::error_code error;
    if (entry->value.empty() || !std::filesystem::is_regular_file(path, error)) {
        reader.tell(*entry, fmt::format("\"{}\" is neither a size such as 64KiB nor a file (looked "
                                        "for {})",
                                        entry->value, path.string()));
        return;
    }
    const auto size = std::filesystem::file_size(path, error);
    if (error || size == 0 || size > kMostPayloadBytes) {
        reader.tell(*entry, fmt::format("{} is empty, larger than {} or not readable",
                                        path.string(), format_bytes(kMostPayloadBytes)));
        return;
    }
    payload.file_path = path;
}

}  // namespace

void read_suite(const IniSection& section, SuiteConfig& config, Problems& problems) {
    const SectionReader reader(section, problems);
    reader.reject_unknown(as_strings(kSuiteKeys));
    reader.read("name", config.name, parse_suite_name);
    reader.read("servers", config.servers, parse_servers);
    if (const auto* servers = reader.find("servers")) {
        config.servers_where = servers->where;
    }
    if (const auto repeats = reader.get(
            "repeats", [](const std::string& text) { return parse_count(text, 1, kMostRounds); })) {
        config.repeats = static_cast<std::uint32_t>(*repeats);
    }
    if (const auto retries = reader.get("retries", [](const std::string& text) {
            return parse_count(text, 0, kMostRetries);
        })) {
        config.retries = static_cast<std::uint32_t>(*retries);
    }
    reader.read("calm", config.calm, [](const std::string& text) {
        return duration_between(text, Nanoseconds(0), std::chrono::minutes(10));
    });
    reader.read("seed", config.seed,
                [](const std::string& text) { return parse_count(text, 0, kMostSeed); });
}

void read_payload(const IniSection& section, const std::filesystem::path& folder,
                  PayloadSpec& payload, Problems& problems) {
    const SectionReader reader(section, problems);
    reader.reject_unknown(as_strings(kPayloadKeys));
    reader.read("text", payload.text,
                [](const std::string& text) -> Result<std::string> { return text; });
    reader.read("json", payload.json, [](const std::string& text) -> Result<std::string> {
        const auto checked = check_json(text);
        return checked ? Result<std::string>(text) : checked.error();
    });
    read_file_payload(reader, folder, payload);
}

void read_limits(const IniSection& section, Limits& limits, Problems& problems) {
    const SectionReader reader(section, problems);
    reader.reject_unknown(as_strings(kLimitsKeys));
    reader.read("server_cpus", limits.server_cpus, parse_cpus);
    reader.read("client_cpus", limits.client_cpus, parse_cpus);
    reader.read("memory", limits.memory, parse_memory);
    reader.read("nofile", limits.nofile,
                [](const std::string& text) { return parse_count(text, kLeastFiles, kMostFiles); });
    reader.read("processes", limits.processes, [](const std::string& text) {
        return parse_count(text, kLeastProcesses, kMostProcesses);
    });
}

void read_gate(const IniSection& section, GateSpec& gate, Problems& problems) {
    const SectionReader reader(section, problems);
    std::vector<std::string> known;
    for (const auto& [metric, name] : kGateMetrics) {
        known.emplace_back(name);
        if (const auto share = reader.get(name, parse_fraction)) {
            gate.tolerances.push_back({metric, *share});
        }
    }
    known.insert(known.end(), kGateKeys.begin(), kGateKeys.end());
    reader.reject_unknown(known);
    gate.alpha = reader.get("alpha", parse_alpha);
    gate.blocks = reader.get("blocks", parse_blocks);
}

void read_cluster(const IniSection& section, ClusterSpec& cluster, Problems& problems) {
    const SectionReader reader(section, problems);
    reader.reject_unknown(as_strings(kClusterKeys));
    cluster.server_host = reader.get("server_host", parse_host_name);
    cluster.interface = reader.get("interface", parse_host_name);
}

ServerDefinition read_server(const IniSection& section, Problems& problems) {
    const SectionReader reader(section, problems);
    ServerDefinition server;
    server.where = section.where;
    const auto id = parse_id(section.name.substr(std::string_view("server.").size()));
    if (id) {
        server.id = *id;
    } else {
        problems.add(section.where, "[" + section.name + "]: " + id.error().message);
    }
    server.plugin = reader.get("plugin", parse_id);
    server.url = reader.get("url", parse_server_url);
    const auto* url = reader.find("url");
    for (const auto& entry : section.entries) {
        if (url != nullptr && entry.key != "url") {
            reader.tell_contradiction(entry, *url,
                                      "a server with a URL is already running, not started by us");
        }
        if (entry.key != "url" && entry.key != "plugin") {
            server.options.push_back({entry.key, entry.value, entry.where});
        }
    }
    return server;
}

}  // namespace benchhost::plan
