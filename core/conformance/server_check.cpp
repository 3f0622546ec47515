#include "core/conformance/server_check.hpp"

#include "core/conformance/fairness_checks.hpp"
#include "core/conformance/option_checks.hpp"
#include "core/conformance/plugin_checks.hpp"
#include "core/conformance/processor_watch.hpp"
#include "core/conformance/route_checks.hpp"
#include "core/conformance/wire_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace benchhost::conformance {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// A run's usual ones; what bounds a plugin that eats memory or forks without end.
constexpr std::uint64_t kMemory = std::uint64_t{1} << 30U;
constexpr std::uint64_t kFiles = 20'000;
constexpr std::uint64_t kProcesses = 4000;

// A server that has just died may be seen to do so a moment after its connection broke.
std::optional<process::ServerFault> fault_of(Subject& subject, const Finding& finding) {
    constexpr auto kMoment = std::chrono::seconds(1);
    const auto until = steady_clock::now() + kMoment;
    auto fault = subject.server().fault();
    while (!fault && finding.grade == Grade::fail && steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // polling another process
        fault = subject.server().fault();
    }
    return fault;
}

std::string last_line(const std::vector<std::string>& log) {
    return log.empty() ? "" : fmt::format("; its last line: {}", log.back());
}

}  // namespace

void ServerCheck::add(const std::string& check, Finding finding) {
    findings_.lines.push_back({check, std::move(finding)});
    on_line_(findings_.id, findings_.lines.back());
}

bool ServerCheck::is_available() {
    if (server_.needs_settings && request_.options.empty()) {
        add("available", warn("runs only with options: check it with --option KEY=VALUE"));
        return false;
    }
    if (!server_.is_command) {  // what is in the library itself needs nothing else
        add("class", check_class(server_.declared_class));
        return true;
    }
    const auto probed = plugin::probe_server(request_.serve_executable, request_.plugin, server_.id,
                                             request_.options, request_.user);
    if (!probed) {
        // What a run would skip with the plugin's own reason is no fault of the plugin.
        const auto& fault = probed.error();
        add("available", fault.loaded ? warn("not on this machine, so nothing else was checked: " +
                                             fault.message)
                                      : fail(fault.message));
        return false;
    }
    auto declared = server_.declared_class;
    if (const auto told = probed->details.find("class");
        !declared && told != probed->details.end()) {
        declared = told->second;
    }
    add("class", check_class(declared));
    if (!probed->available) {
        add("available",
            warn("not on this machine, so nothing else was checked: " + probed->reason));
        return false;
    }
    server_.routes = probed->routes.value_or(server_.routes);
    add("available", pass(probed->version.value_or(server_.version.value_or("yes"))));
    return true;
}

std::optional<Subject> ServerCheck::launch(NoncePayload& payload, std::uint16_t port,
                                           const std::string& subfolder) {
    const auto folder = directory_ / subfolder;
    std::error_code ignored;  // a folder that is not there stops the server's start, with a reason
    fs::create_directories(folder, ignored);
    trial::LaunchSettings settings;
    settings.serve_executable = request_.serve_executable;
    settings.routes = payload.given();
    settings.limits.memory = kMemory;
    settings.limits.nofile = kFiles;
    settings.limits.processes = kProcesses;
    settings.user = request_.user;
    settings.port = port;
    plugin::ServerUnderTest under_test;
    under_test.id = server_.id;
    under_test.plugin = fs::absolute(request_.plugin);
    under_test.description = server_;
    under_test.options = request_.options;
    auto launched = trial::ProcessLauncher(std::move(settings)).launch(under_test, folder);
    if (!launched) {
        start_fault_ = launched.error();
        return std::nullopt;
    }
    return Subject(std::move(*launched), payload, server_.is_command);
}

// A wait that ended without what was waited for says nothing of a server that was kept from
// running: it is asked again. What it said, or did not say although it could run, is believed at
// once.
Finding ServerCheck::ask(Subject& subject, const Named& check) {
    constexpr int kTries = 3;
    for (int attempt = 1;; ++attempt) {
        ProcessorWatch watch(subject.server().pid());
        auto finding = check.ask(subject);
        if (finding.grade == Grade::pass || check.knows_its_doubts) {
            return finding;
        }
        watch.look();
        const auto lack = watch.lack();
        if (!lack) {
            return finding;
        }
        if (attempt == kTries || interrupted_) {
            return cannot_tell(fmt::format("{}; {}", finding.why, *lack));
        }
    }
}

// False when the server is gone: whatever it was doing is what ended it.
bool ServerCheck::ask_all(Subject& subject, const std::vector<Named>& checks) {
    for (const auto& check : checks) {
        if (interrupted_) {
            return false;
        }
        auto finding = ask(subject, check);
        if (const auto fault = fault_of(subject, finding)) {
            add(check.name, fail(fault->reason + last_line(fault->log_tail)));
            return false;
        }
        add(check.name, std::move(finding));
    }
    return true;
}

// One that hangs is asked again afresh, after what it had lived through: a hang may be an accident.
Stopped ServerCheck::stop(Subject subject, const StopCheck& check) {
    std::vector<StopReading> readings;
    for (;;) {
        auto stopped = check.stop(subject);
        readings.push_back(stopped.reading);
        auto told = judge_stops(readings);
        std::optional<Subject> again;
        if (!told && !interrupted_) {
            again = launch(subject.payload(), 0, fmt::format("{}-{}", check.when, readings.size()));
            if (!again) {
                told = fail(fmt::format("{}; a fresh one does not start: {}", stopped.reading.how,
                                        start_fault_->reason));
            }
        }
        if (!again) {
            const auto finding = told.value_or(warn(stopped.reading.how));
            const bool lenient = server_.is_command && finding.grade == Grade::fail;
            add(std::string("stop-") + check.when, lenient ? warn(finding.why) : finding);
            add(std::string("port-freed-") + check.when, check_port_is_free(stopped));
            add(std::string("nothing-left-") + check.when, check_nothing_left(stopped));
            return stopped;
        }
        (void)check.live(*again);  // whatever is wrong with it has been told
        subject = std::move(*again);
    }
}

void ServerCheck::first_life(NoncePayload& payload) {
    const auto begin = steady_clock::now();
    auto subject = launch(payload, 0, "first");
    if (!subject) {
        const bool configured = start_fault_->stage != process::Stage::spawned &&
                                start_fault_->stage != process::Stage::configured;
        if (configured) {
            add("configures", pass("loaded, created and configured"));
        }
        add(configured ? "gets-ready" : "configures",
            fail(start_fault_->reason + last_line(start_fault_->log_tail)));
        return;
    }
    add("configures", pass("loaded, created and configured"));
    add("gets-ready", pass(fmt::format("after {:.0f} ms, on port {} that it chose",
                                       to_milliseconds(steady_clock::now() - begin),
                                       subject->server().target().port)));
    std::vector<Named> checks;
    const auto& offered = server_.routes;
    for_each_word<model::Route>([&](model::Route route, const char* word) {
        if (std::find(offered.begin(), offered.end(), route) != offered.end()) {
            checks.push_back(
                {word, [route](Subject& asked) { return check_offered_route(asked, route); }});
        }
    });
    checks.insert(checks.end(), {{"keep-alive", check_keep_alive},
                                 {"close", check_close},
                                 {"http-1.0", check_http_1_0},
                                 {"split", check_split},
                                 {"pipelined", check_pipelined},
                                 {"delayed-ack", check_delayed_ack, true},
                                 {"unknown-path", check_unknown_path},
                                 {"bad-request", check_bad_request},
                                 {"head", check_head},
                                 {"silent-connection", check_silent_connection},
                                 {"file-is-read", check_file_is_read},
                                 {"date", check_date},
                                 {"connections", check_connections},
                                 {"descriptors", check_descriptors},
                                 {"rest", check_rest, true}});
    if (!ask_all(*subject, checks)) {
        return;
    }
    const auto stopped = stop(std::move(*subject), {"idle", stop_idle, check_connections});
    add("output", check_output(stopped));
    port_ = stopped.port;
}

// On the port of the first, at once, with a payload that takes long enough to be measured.
void ServerCheck::second_life(NoncePayload& payload) {
    auto subject = launch(payload, *port_, "second");
    add("same-port", subject
                         ? pass(fmt::format("started again on port {}", *port_))
                         : warn(fmt::format("does not start on port {} right after it was used: {}",
                                            *port_, start_fault_->reason)));
    if (!subject) {
        subject = launch(payload, 0, "third");
    }
    if (!subject) {
        add("starts-again", fail(start_fault_->reason + last_line(start_fault_->log_tail)));
        return;
    }
    if (ask_all(*subject, {{"json-serialised", check_json_is_serialised, true}})) {
        (void)stop(std::move(*subject), {"busy", stop_busy, check_json_is_serialised});
    }
}

Result<ServerFindings> ServerCheck::run() {
    findings_.id = server_.id;
    add("id", check_id(server_, request_.plugin, request_.others));
    add("options", check_options(server_));
    if (!is_available()) {
        return findings_;
    }
    auto small = NoncePayload::make(directory_);
    if (!small) {
        return small.error();
    }
    first_life(*small);
    if (port_ && !interrupted_) {
        auto large = NoncePayload::make(directory_, kTellingJsonMembers);
        if (!large) {
            return large.error();
        }
        second_life(*large);
    }
    return findings_;
}

}  // namespace benchhost::conformance
