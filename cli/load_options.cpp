#include "cli/load_options.hpp"

#include "cli/load_requests.hpp"
#include "cli/whole_number.hpp"
#include "core/base/file.hpp"
#include "core/config/config.hpp"
#include "core/config/profile_values.hpp"
#include "core/load/spec_check.hpp"
#include "core/machine/cpu_list.hpp"
#include "core/model/payload.hpp"

#include <limits>
#include <tuple>
#include <utility>

namespace benchhost::cli {
namespace {

constexpr const char* kUsualDuration = "10s";
constexpr const char* kLongestCount = "1h";  // of a load that ends by its number of requests

Error contradiction(const std::string& message) { return {ErrorCode::usage, message}; }

Result<model::LoadModel> model_of(const LoadOptions& options) {
    if (options.users > 0) {
        if (!options.rate.empty()) {
            return contradiction("--users and --rate contradict each other: choose one load model");
        }
        if (options.spawn_rate.empty()) {
            return contradiction("--users needs --spawn-rate: how many users start a second");
        }
        const auto spawn_rate = parse_rate(options.spawn_rate);
        const auto think_time =
            config::think_time().parse(options.think_time.empty() ? "0" : options.think_time);
        if (!spawn_rate || !think_time) {
            return with_context(spawn_rate ? "--think-time" : "--spawn-rate",
                                spawn_rate ? think_time.error() : spawn_rate.error());
        }
        return model::LoadModel(model::VirtualUsers{options.users, *spawn_rate, *think_time});
    }
    if (!options.spawn_rate.empty() || !options.think_time.empty()) {
        return contradiction("--spawn-rate and --think-time need --users");
    }
    if (!options.rate.empty()) {
        const auto rate = config::request_rate().parse(options.rate);
        if (!rate) {
            return with_context("--rate", rate.error());
        }
        model::OpenLoop open;
        open.rate = *rate;
        open.connections = options.connections;
        open.arrivals =
            options.arrivals == "poisson" ? model::Arrivals::poisson : model::Arrivals::constant;
        return model::LoadModel(open);
    }
    return model::LoadModel(model::ClosedLoop{options.connections});
}

}  // namespace

Result<load::LoadSpec> spec_of(const LoadOptions& options) {
    load::LoadSpec spec;
    auto model = model_of(options);
    if (!model) {
        return model.error();
    }
    spec.model = std::move(*model);
    const std::string duration = !options.duration.empty() ? options.duration
                                 : options.requests > 0    ? kLongestCount
                                                           : kUsualDuration;
    for (const auto& [text, name, shape, field] :
         {std::tuple{&duration, "-d", config::window(), &spec.duration},
          {&options.warmup, "--warmup", config::warmup(), &spec.warmup},
          {&options.timeout, "--timeout", config::latency(), &spec.timeout}}) {
        const auto parsed = shape.parse(*text);
        if (!parsed) {
            return with_context(name, parsed.error());
        }
        *field = *parsed;
    }
    auto asked = requests_of(options);
    if (!asked) {
        return asked.error();
    }
    spec.requests = std::move(asked->requests);
    spec.picks = std::move(asked->picks);
    spec.expectation.status = options.expect_status;
    if (spec.requests.empty() && !options.expect_body_file.empty()) {
        auto body = read_file(options.expect_body_file, model::kMostPayloadBytes);
        if (!body) {
            return contradiction("--expect-body-file: " + body.error().message);
        }
        spec.expectation.body = std::move(*body);
    }
    if (options.requests > 0) {
        spec.most_requests = options.requests;
    }
    if (options.connection_requests > 0) {
        spec.connection_requests = options.connection_requests;
    }
    spec.threads = options.threads;
    spec.pipeline = options.pipeline;
    spec.keep_alive = !options.no_keep_alive;
    spec.seed = options.seed;
    if (const auto ours = machine::check_ours(options.cpus, machine::allowed_cpus()); !ours) {
        return with_context("--cpus", ours.error());
    }
    spec.cpus = options.cpus;
    if (auto checked = load::check_spec(spec); !checked) {
        return checked.error();
    }
    return spec;
}

Result<std::vector<model::FailCondition>> fail_conditions_of(const LoadOptions& options) {
    std::vector<model::FailCondition> conditions;
    for (const auto& text : options.fail_if) {
        auto condition = model::parse_fail_condition(text);
        if (!condition) {
            return with_context("--fail-if", condition.error());
        }
        conditions.push_back(std::move(*condition));
    }
    return conditions;
}

void add_load_flags(CLI::App& command, LoadOptions& o) {
    const auto many = whole_number(1, model::kMostConnections);
    command
        .add_option(
            "URL", o.urls,
            "http://host[:port]/path or unix:/path/to.sock:/path; several of one server are "
            "asked in turn")
        ->required();
    command.add_option("-c,--connections", o.connections, "Connections")->transform(many);
    command.add_option("-t,--threads", o.threads, "Generator threads")
        ->transform(whole_number(1, load::kMostThreads));
    command.add_option("-d,--duration", o.duration, "Time measured (default: 10s)");
    command
        .add_option("-n,--requests", o.requests,
                    "End when so many requests have ended; -d is then the longest it may take")
        ->transform(whole_number(1, std::numeric_limits<std::int64_t>::max()));
    command.add_option("--warmup", o.warmup, "Load before it that is not counted");
    command.add_option("--timeout", o.timeout, "Longest wait for an answer");
    command.add_option("--rate", o.rate, "Requests/s on a schedule (open loop)");
    command.add_option("--arrivals", o.arrivals, "constant or poisson, with --rate")
        ->check(CLI::IsMember({"constant", "poisson"}))
        ->needs("--rate");
    command.add_option("--users", o.users, "Virtual users, each on its own connection")
        ->transform(many);
    command.add_option("--spawn-rate", o.spawn_rate, "Users started a second");
    command.add_option("--think-time", o.think_time, "Pause of a user, such as 5s..15s");
    command.add_option("-X,--method", o.method, "Method (default: GET)");
    command
        .add_option("-H,--header", o.headers,
                    "A header field, 'Name: value'; as often as there are fields")
        ->allow_extra_args(false);
    command.add_option("-b,--body", o.body, "Body of each request");
    command.add_option("--body-file", o.body_file, "The same out of a file");
    command.add_option("--request-file", o.request_file,
                       "An INI file whose sections [request.NAME] are asked by their weights");
    command.add_option("--expect-status", o.expect_status, "Status of a right answer")
        ->transform(whole_number(100, 599));
    command.add_option("--expect-body", o.expect_body, "A right body");
    command.add_option("--expect-body-file", o.expect_body_file, "The bytes of a right body");
    command.add_option("--expect-header", o.expect_headers, "A field of a right answer")
        ->allow_extra_args(false);
    command
        .add_option("--fail-if", o.fail_if,
                    "Exit with 1 when it is so, such as 'p99>50ms', 'failed>0.1%', 'rate<20k/s'")
        ->allow_extra_args(false);
    command.add_option("--pipeline", o.pipeline, "Requests in flight on a connection")
        ->transform(whole_number(1, load::kMostPipelined));
    command
        .add_option("--connection-requests", o.connection_requests,
                    "Close each connection after so many answers")
        ->transform(whole_number(1, std::numeric_limits<std::uint32_t>::max()));
    command.add_flag("--no-keep-alive", o.no_keep_alive, "A new connection for each request");
    command.add_option("--seed", o.seed, "Seed of arrivals, think times and what is drawn")
        ->transform(whole_number(0, config::kMostSeed));
    command.add_option("--cpus", o.cpus, "Processors of the generator threads")->delimiter(',');
    command.add_flag("--json", o.json, "Print one trial as JSON");
    command.add_flag("--no-progress", o.no_progress, "Print no progress");
}

}  // namespace benchhost::cli
