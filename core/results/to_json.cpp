// Results as JSON: the keys of docs/results-schema.json, in its order.
#include "core/results/json_writer.hpp"
#include "core/results/results.hpp"

namespace benchhost::results {
namespace {

void write(JsonWriter& json, const Requests& requests) {
    json.begin_object();
    json.field("planned", requests.planned);
    json.field("sent", requests.sent);
    json.field("ok", requests.ok);
    json.field("failed", requests.failed);
    json.field("shed", requests.shed);
    json.field("unsent", requests.unsent);
    json.field("unfinished", requests.unfinished);
    json.end_object();
}

void write(JsonWriter& json, const LatencySummary& latency) {
    json.begin_object();
    json.field("mean", latency.mean);
    json.field("p50", latency.p50);
    json.field("p75", latency.p75);
    json.field("p90", latency.p90);
    json.field("p95", latency.p95);
    json.field("p99", latency.p99);
    json.field("p99.9", latency.p99_9);
    json.field("max", latency.max);
    json.end_object();
}

void write(JsonWriter& json, const SeriesPoint& point) {
    json.begin_object();
    json.field("t", point.t);
    json.field("ok", point.ok);
    json.field("failed", point.failed);
    json.field("p50_ms", point.p50_ms);
    json.field("p99_ms", point.p99_ms);
    json.field("rss_bytes", point.rss_bytes);
    json.field("cpu_s", point.cpu_s);
    json.end_object();
}

void write(JsonWriter& json, const WarmupPoint& point) {
    json.begin_object();
    json.field("t", point.t);
    json.field("requests_per_s", point.requests_per_s);
    json.field("p99_ms", point.p99_ms);
    json.end_object();
}

void write(JsonWriter& json, const Connections& connections) {
    json.begin_object();
    json.field("opened", connections.opened);
    json.field("reused_requests", connections.reused_requests);
    json.field("closed_by_server", connections.closed_by_server);
    json.end_object();
}

void write(JsonWriter& json, const Bytes& bytes) {
    json.begin_object();
    json.field("received", bytes.received);
    json.field("body", bytes.body);
    json.end_object();
}

void write(JsonWriter& json, const ProbedAnswer& probed) {
    json.begin_object();
    json.field("body_bytes", probed.body_bytes);
    json.field("wire_bytes", probed.wire_bytes);
    json.field("http_version", probed.http_version);
    json.field("keeps_alive", probed.keeps_alive);
    json.end_object();
}

void write(JsonWriter& json, const ServerUsage& usage) {
    json.begin_object();
    json.field("cpu_s", usage.cpu_s);
    json.field("cpu_us_per_request", usage.cpu_us_per_request);
    json.field("rss_idle_bytes", usage.rss_idle_bytes);
    json.field("rss_peak_bytes", usage.rss_peak_bytes);
    json.field("rss_after_bytes", usage.rss_after_bytes);
    json.field("pss_peak_bytes", usage.pss_peak_bytes);
    json.field("processes", usage.processes);
    json.field("threads", usage.threads);
    json.field("voluntary_switches", usage.voluntary_switches);
    json.field("involuntary_switches", usage.involuntary_switches);
    json.field("open_files", usage.open_files);
    json.field("least_busy_thread", usage.least_busy_thread);
    json.field("busiest_thread", usage.busiest_thread);
    json.end_object();
}

void write(JsonWriter& json, const ClientUsage& usage) {
    json.begin_object();
    json.field("cpu_s", usage.cpu_s);
    json.field("cpu_us_per_request", usage.cpu_us_per_request);
    json.field("max_thread_utilisation", usage.max_thread_utilisation);
    json.field("ceiling_per_s", usage.ceiling_per_s);
    json.end_object();
}

void write(JsonWriter& json, const LoadStep& step) {
    json.begin_object();
    json.field("load", step.load);
    json.field("share", step.share);
    json.field("passed", step.passed);
    json.field("requests_per_s", step.requests_per_s);
    json.field("failed", step.failed);
    json.field("p50_ms", step.p50_ms);
    json.field("p99_ms", step.p99_ms);
    json.field("cpu_us_per_request", step.cpu_us_per_request);
    json.field("rss_bytes", step.rss_bytes);
    json.field_unless_empty("why", step.why);
    json.end_object();
}

void write(JsonWriter& json, const QuotaStop& stop) {
    json.begin_object();
    json.field("group", stop.group);
    json.field("of", stop.of);
    json.field("cpus", stop.cpus);
    json.field("share", stop.share);
    json.field("stopped_s", stop.stopped_s);
    json.end_object();
}

void write(JsonWriter& json, const LoadPart& part);
void write(JsonWriter& json, const LimitFound& limit);
void write(JsonWriter& json, const Sweep& sweep);

template <class Item>
void write_list(JsonWriter& json, const char* key, const std::vector<Item>& items) {
    if (!items.empty()) {
        json.key(key);
        json.begin_array();
        for (const auto& item : items) {
            write(json, item);
        }
        json.end_array();
    }
}

void write(JsonWriter& json, const MachineHealth& health) {
    json.begin_object();
    json.field("steal", health.steal);
    json.field("others", health.others);
    json.field("mhz_begin", health.mhz_begin);
    json.field("mhz_end", health.mhz_end);
    json.field("throttled", health.throttled);
    json.field("steal_of", health.steal_of);
    json.field("others_of", health.others_of);
    write_list(json, "quota_stops", health.quota_stops);
    json.field("listen_overflows", health.listen_overflows);
    json.field("conntrack", health.conntrack);
    json.end_object();
}

template <class Part>
void write_part(JsonWriter& json, const char* key, const std::optional<Part>& part) {
    if (part) {
        json.key(key);
        write(json, *part);
    }
}

void write(JsonWriter& json, const LoadPart& part) {
    json.begin_object();
    json.field("rank", part.rank);
    json.field("host", part.host);
    json.field("first_thread", part.first_thread);
    json.field("threads", part.threads);
    json.field("connections", part.connections);
    json.field("seed", part.seed);
    json.field("clock_offset_us", part.clock_offset_us);
    json.field("clock_uncertainty_us", part.clock_uncertainty_us);
    json.field("duration_s", part.duration_s);
    json.key("requests");
    write(json, part.requests);
    json.field("requests_per_s", part.requests_per_s);
    write_part(json, "response_time_ms", part.response_time_ms);
    write_part(json, "send_lag_ms", part.send_lag_ms);
    if (part.histogram) {
        json.field("histogram", part.histogram->encode());
    }
    json.key("client_usage");
    write(json, part.client_usage);
    write_part(json, "machine", part.machine);
    if (part.verdict) {
        json.field("verdict", to_string(*part.verdict));
    }
    json.field("verdict_why", part.verdict_why);
    json.end_object();
}

void write(JsonWriter& json, const LimitFound& limit) {
    json.begin_object();
    json.field("of", limit.of);
    json.field("highest_ok", limit.highest_ok);
    json.field("first_failed", limit.first_failed);
    json.field_unless_empty("why", limit.why);
    write_list(json, "steps", limit.steps);
    json.end_object();
}

void write(JsonWriter& json, const Sweep& sweep) {
    json.begin_object();
    json.field("capacity_per_s", sweep.capacity_per_s);
    write_list(json, "steps", sweep.steps);
    json.end_object();
}

void write_identity(JsonWriter& json, const Trial& trial) {
    // An ad hoc load has neither server nor profile, and then no rounds.
    json.field_unless_empty("server", trial.server);
    json.field("server_name", trial.server_name);
    json.field("server_version", trial.server_version);
    json.field_unless_empty("server_details", trial.server_details);
    json.field_unless_empty("profile", trial.profile);
    if (!trial.server.empty() || !trial.profile.empty()) {
        json.field("round", trial.round);
    }
}

void write(JsonWriter& json, const Trial& trial) {
    json.begin_object();
    write_identity(json, trial);
    if (trial.superseded) {
        json.field("superseded", true);
    }
    json.field("outcome", to_string(trial.outcome));
    json.field("stage", trial.stage);
    json.field("reason", trial.reason);
    json.field_unless_empty("log_tail", trial.log_tail);
    if (trial.verdict) {
        json.field("verdict", to_string(*trial.verdict));
    }
    json.field("verdict_why", trial.verdict_why);
    json.field("started_at", trial.started_at);
    json.field("ready_ms", trial.ready_ms);
    json.field("stop_ms", trial.stop_ms);
    json.field("took_s", trial.took_s);
    json.field("calm_s", trial.calm_s);
    json.field("duration_s", trial.duration_s);
    write_part(json, "requests", trial.requests);
    json.field_unless_empty("first_failures", trial.first_failures);
    json.field("requests_per_s", trial.requests_per_s);
    json.field("offered_per_s", trial.offered_per_s);
    write_part(json, "response_time_ms", trial.response_time_ms);
    write_part(json, "service_time_ms", trial.service_time_ms);
    write_part(json, "send_lag_ms", trial.send_lag_ms);
    if (trial.histogram) {
        json.field("histogram", trial.histogram->encode());
    }
    if (trial.service_histogram) {
        json.field("service_histogram", trial.service_histogram->encode());
    }
    write_list(json, "warmup", trial.warmup);
    write_list(json, "series", trial.series);
    write_part(json, "connections", trial.connections);
    write_part(json, "bytes", trial.bytes);
    write_part(json, "probed", trial.probed);
    write_part(json, "server_usage", trial.server_usage);
    write_part(json, "client_usage", trial.client_usage);
    write_part(json, "machine", trial.machine);
    json.field_unless_empty("effective_limits", trial.effective_limits);
    write_part(json, "limit", trial.limit);
    write_part(json, "sweep", trial.sweep);
    write_list(json, "parts", trial.parts);
    json.field_unless_empty("notes", trial.notes);
    json.end_object();
}

void write(JsonWriter& json, const ProfileInfo& profile) {
    json.begin_object();
    json.field("name", profile.name);
    json.field("route", profile.route);
    json.field("load", profile.load);
    json.field("description", profile.description);
    json.end_object();
}

}  // namespace

std::string to_json(const Trial& trial) {
    JsonWriter json;
    write(json, trial);
    return json.take();
}

std::string to_json(const ResultSet& results) {
    JsonWriter json;
    json.begin_object();
    const auto line = [&](const char* key, const auto& content) {
        json.break_line();
        json.field(key, content);
    };
    line("schema", kSchema);
    line("suite", results.suite);
    line("benchhost_version", results.benchhost_version);
    line("created_at", results.created_at);
    line("environment", results.environment);
    json.break_line();
    json.key("config");
    json.begin_object();
    json.field("file", results.config_file);
    json.field("text", results.config_text);
    json.end_object();
    line("seed", results.seed);
    line("rounds", results.rounds);
    line("interrupted", results.interrupted);
    json.break_line();
    json.key("profiles");
    json.begin_array();
    for (const auto& profile : results.profiles) {
        json.break_line();
        write(json, profile);
    }
    json.end_array();
    json.break_line();
    json.key("trials");
    json.begin_array();
    for (const auto& trial : results.trials) {
        json.break_line();
        write(json, trial);
    }
    json.end_array();
    json.break_line();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace benchhost::results
