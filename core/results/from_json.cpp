// JSON as results: the way back from to_json.cpp, for files that anyone may have touched. Keys that
// are not known are ignored, so that a later benchhost may add some.
#include "core/results/json_reader.hpp"
#include "core/results/results.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace benchhost::results {
namespace {

template <class Enum>
std::optional<Enum> read_word(const JsonObject& json, const char* key,
                              std::initializer_list<Enum> values) {
    const auto word = json.optional_text(key);
    if (!word) {
        return std::nullopt;
    }
    std::string allowed;
    for (const auto value : values) {
        if (*word == to_string(value)) {
            return value;
        }
        allowed += (allowed.empty() ? "" : ", ") + std::string(to_string(value));
    }
    json.fail(key, fmt::format("one of {} is expected, not \"{}\"", allowed, *word));
    return std::nullopt;
}

std::uint32_t small_count(const JsonObject& json, const char* key, std::uint64_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max()) {
        json.fail(key, fmt::format("{} is too large", count));
        return 0;
    }
    return static_cast<std::uint32_t>(count);
}

std::optional<stats::StoredHistogram> read_histogram(const JsonObject& json, const char* key) {
    const auto text = json.optional_text(key);
    if (!text) {
        return std::nullopt;
    }
    auto histogram = stats::StoredHistogram::decode(*text);
    if (!histogram) {
        json.fail(key, histogram.error().message);
        return std::nullopt;
    }
    return std::move(*histogram);
}

void read(const JsonObject& json, Requests& requests) {
    requests.planned = json.count("planned");
    requests.sent = json.count("sent");
    requests.ok = json.count("ok");
    requests.failed = json.count_map("failed");
    requests.shed = json.count("shed");
    requests.unsent = json.optional_count("unsent").value_or(0);
    requests.unfinished = json.count("unfinished");
}

void read(const JsonObject& json, LatencySummary& latency) {
    latency.mean = json.number("mean");
    latency.p50 = json.number("p50");
    latency.p75 = json.number("p75");
    latency.p90 = json.number("p90");
    latency.p95 = json.number("p95");
    latency.p99 = json.number("p99");
    latency.p99_9 = json.number("p99.9");
    latency.max = json.number("max");
}

void read(const JsonObject& json, SeriesPoint& point) {
    point.t = small_count(json, "t", json.count("t"));
    point.ok = json.count("ok");
    point.failed = json.count("failed");
    point.p50_ms = json.optional_number("p50_ms");
    point.p99_ms = json.optional_number("p99_ms");
    point.rss_bytes = json.optional_count("rss_bytes");
    point.cpu_s = json.optional_number("cpu_s");
}

void read(const JsonObject& json, WarmupPoint& point) {
    point.t = json.number("t");
    point.requests_per_s = json.number("requests_per_s");
    point.p99_ms = json.optional_number("p99_ms");
}

void read(const JsonObject& json, Connections& connections) {
    connections.opened = json.count("opened");
    connections.reused_requests = json.count("reused_requests");
    connections.closed_by_server = json.count("closed_by_server");
}

void read(const JsonObject& json, Bytes& bytes) {
    bytes.received = json.count("received");
    bytes.body = json.count("body");
}

void read(const JsonObject& json, ProbedAnswer& probed) {
    probed.body_bytes = json.count("body_bytes");
    probed.wire_bytes = json.count("wire_bytes");
    probed.http_version = json.text("http_version");
    probed.keeps_alive = json.yes_no("keeps_alive");
}

void read(const JsonObject& json, ServerUsage& usage) {
    usage.cpu_s = json.optional_number("cpu_s");
    usage.cpu_us_per_request = json.optional_number("cpu_us_per_request");
    usage.rss_idle_bytes = json.optional_count("rss_idle_bytes");
    usage.rss_peak_bytes = json.optional_count("rss_peak_bytes");
    usage.rss_after_bytes = json.optional_count("rss_after_bytes");
    usage.pss_peak_bytes = json.optional_count("pss_peak_bytes");
    usage.processes = json.optional_count("processes");
    usage.threads = json.optional_count("threads");
    usage.voluntary_switches = json.optional_count("voluntary_switches");
    usage.involuntary_switches = json.optional_count("involuntary_switches");
    usage.open_files = json.optional_count("open_files");
    usage.least_busy_thread = json.optional_number("least_busy_thread");
    usage.busiest_thread = json.optional_number("busiest_thread");
}

void read(const JsonObject& json, ClientUsage& usage) {
    usage.cpu_s = json.optional_number("cpu_s");
    usage.cpu_us_per_request = json.optional_number("cpu_us_per_request");
    usage.max_thread_utilisation = json.optional_number("max_thread_utilisation");
    usage.ceiling_per_s = json.optional_number("ceiling_per_s");
}

void read(const JsonObject& json, LoadStep& step) {
    step.load = json.number("load");
    step.passed = json.yes_no("passed");
    step.requests_per_s = json.number("requests_per_s");
    step.failed = json.count("failed");
    step.share = json.optional_number("share");
    step.p50_ms = json.optional_number("p50_ms");
    step.p99_ms = json.optional_number("p99_ms");
    step.cpu_us_per_request = json.optional_number("cpu_us_per_request");
    step.rss_bytes = json.optional_count("rss_bytes");
    step.why = json.optional_text("why").value_or("");
}

void read(const JsonObject& json, QuotaStop& stop) {
    stop.group = json.text("group");
    stop.of = json.text("of");
    stop.cpus = json.number("cpus");
    stop.share = json.optional_number("share");
    stop.stopped_s = json.number("stopped_s");
}

void read(const JsonObject& json, LoadPart& part);
void read(const JsonObject& json, LimitFound& limit);
void read(const JsonObject& json, Sweep& sweep);
void read(const JsonObject& json, ProfileInfo& profile);

template <class Item>
void read_list(const JsonObject& json, const char* key, std::vector<Item>& items) {
    for (const auto& object : json.objects(key)) {
        read(object, items.emplace_back());
    }
}

void read(const JsonObject& json, MachineHealth& health) {
    health.steal = json.optional_number("steal");
    health.others = json.optional_number("others");
    health.mhz_begin = json.optional_number("mhz_begin");
    health.mhz_end = json.optional_number("mhz_end");
    health.throttled = json.optional_count("throttled");
    health.steal_of = json.optional_text("steal_of");
    health.others_of = json.optional_text("others_of");
    read_list(json, "quota_stops", health.quota_stops);
    health.listen_overflows = json.optional_count("listen_overflows");
    health.conntrack = json.optional_number("conntrack");
}

template <class Part>
void read_part(const JsonObject& json, const char* key, std::optional<Part>& part) {
    if (const auto object = json.optional_object(key)) {
        read(*object, part.emplace());
    }
}

std::optional<Verdict> read_verdict(const JsonObject& json) {
    return read_word(json, "verdict",
                     {Verdict::server_bound, Verdict::client_bound, Verdict::machine_bound,
                      Verdict::load_limited, Verdict::invalid});
}

void read(const JsonObject& json, LoadPart& part) {
    part.rank = small_count(json, "rank", json.count("rank"));
    part.host = json.text("host");
    part.first_thread = small_count(json, "first_thread", json.count("first_thread"));
    part.threads = small_count(json, "threads", json.count("threads"));
    part.connections = json.count("connections");
    part.seed = json.count("seed");
    part.clock_offset_us = json.optional_number("clock_offset_us");
    part.clock_uncertainty_us = json.optional_number("clock_uncertainty_us");
    part.duration_s = json.number("duration_s");
    if (const auto requests = json.optional_object("requests")) {
        read(*requests, part.requests);
    } else {
        json.fail("requests", "is missing");
    }
    part.requests_per_s = json.optional_number("requests_per_s");
    read_part(json, "response_time_ms", part.response_time_ms);
    read_part(json, "send_lag_ms", part.send_lag_ms);
    part.histogram = read_histogram(json, "histogram");
    if (const auto usage = json.optional_object("client_usage")) {
        read(*usage, part.client_usage);
    }
    read_part(json, "machine", part.machine);
    part.verdict = read_verdict(json);
    part.verdict_why = json.optional_text("verdict_why");
}

void read(const JsonObject& json, LimitFound& limit) {
    limit.of = json.text("of");
    limit.highest_ok = json.optional_number("highest_ok");
    limit.first_failed = json.optional_number("first_failed");
    limit.why = json.optional_text("why").value_or("");
    read_list(json, "steps", limit.steps);
}

void read(const JsonObject& json, Sweep& sweep) {
    sweep.capacity_per_s = json.optional_number("capacity_per_s");
    read_list(json, "steps", sweep.steps);
}

void read(const JsonObject& json, Trial& trial) {
    trial.server = json.optional_text("server").value_or("");
    trial.server_name = json.optional_text("server_name");
    trial.server_version = json.optional_text("server_version");
    trial.server_details = json.text_map("server_details");
    trial.profile = json.optional_text("profile").value_or("");
    trial.round = small_count(json, "round", json.optional_count("round").value_or(1));
    trial.superseded = json.optional_yes_no("superseded").value_or(false);
    const auto outcome =
        read_word(json, "outcome", {Outcome::ok, Outcome::failed, Outcome::skipped});
    if (!outcome) {
        json.fail("outcome", "is missing");
    }
    trial.outcome = outcome.value_or(Outcome::skipped);
    trial.stage = json.optional_text("stage");
    trial.reason = json.optional_text("reason");
    trial.log_tail = json.texts("log_tail");
    trial.verdict = read_verdict(json);
    trial.verdict_why = json.optional_text("verdict_why");
    trial.started_at = json.optional_text("started_at");
    trial.ready_ms = json.optional_number("ready_ms");
    trial.stop_ms = json.optional_number("stop_ms");
    trial.took_s = json.optional_number("took_s");
    trial.calm_s = json.optional_number("calm_s");
    trial.duration_s = json.optional_number("duration_s");
    read_part(json, "requests", trial.requests);
    trial.first_failures = json.text_map("first_failures");
    trial.requests_per_s = json.optional_number("requests_per_s");
    trial.offered_per_s = json.optional_number("offered_per_s");
    read_part(json, "response_time_ms", trial.response_time_ms);
    read_part(json, "service_time_ms", trial.service_time_ms);
    read_part(json, "send_lag_ms", trial.send_lag_ms);
    trial.histogram = read_histogram(json, "histogram");
    trial.service_histogram = read_histogram(json, "service_histogram");
    read_list(json, "warmup", trial.warmup);
    read_list(json, "series", trial.series);
    read_part(json, "connections", trial.connections);
    read_part(json, "bytes", trial.bytes);
    read_part(json, "probed", trial.probed);
    read_part(json, "server_usage", trial.server_usage);
    read_part(json, "client_usage", trial.client_usage);
    read_part(json, "machine", trial.machine);
    trial.effective_limits = json.text_map("effective_limits");
    read_part(json, "limit", trial.limit);
    read_part(json, "sweep", trial.sweep);
    read_list(json, "parts", trial.parts);
    trial.notes = json.texts("notes");
}

void read(const JsonObject& json, ProfileInfo& profile) {
    profile.name = json.text("name");
    profile.route = json.text("route");
    profile.load = json.text("load");
    profile.description = json.text("description");
}

// Another major schema would be misread; say which benchhost can read it.
void check_schema(const JsonObject& json) {
    const auto schema = json.text("schema");
    if (schema == kSchema) {
        return;
    }
    const bool ours = schema.starts_with("benchhost.results/");
    json.fail("schema",
              ours ? fmt::format("\"{}\" was written by another version of benchhost; this one "
                                 "reads \"{}\"",
                                 schema, kSchema)
                   : fmt::format("\"{}\" is not a results file of benchhost", schema));
}

void read_suite(const JsonObject& json, ResultSet& results) {
    results.suite = json.text("suite");
    results.benchhost_version = json.optional_text("benchhost_version").value_or("");
    results.created_at = json.optional_text("created_at").value_or("");
    results.environment = json.text_map("environment");
    if (const auto config = json.optional_object("config")) {
        results.config_file = config->optional_text("file").value_or("");
        results.config_text = config->optional_text("text").value_or("");
    }
    results.seed = json.optional_count("seed").value_or(0);
    results.rounds = small_count(json, "rounds", json.optional_count("rounds").value_or(1));
    results.interrupted = json.optional_yes_no("interrupted").value_or(false);
    read_list(json, "profiles", results.profiles);
    for (const auto& object : json.objects("trials")) {
        auto& trial = results.trials.emplace_back();
        read(object, trial);
        if (trial.server.empty() || trial.profile.empty()) {
            object.fail(trial.server.empty() ? "server" : "profile", "is missing");
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
    read(JsonObject(*value, "", problem), trial);
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
    read_suite(object, results);
    if (problem) {
        return *problem;
    }
    return results;
}

}  // namespace benchhost::results
