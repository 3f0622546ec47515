#include "tests/unit/suite/fakes.hpp"

#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace benchhost::suite::fakes {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FakeServer : public RunningServer {
  public:
    FakeServer(Play& play, const std::string& id) : play_(play), role_(play.roles.at(id)) {}

    load::Target target() const override { return {"127.0.0.1", 80, "", "127.0.0.1:80", "/"}; }
    load::ProbeResult<load::ProbeReport> ask(const load::Target& target, Nanoseconds /*timeout*/,
                                             bool /*keep_alive*/) override {
        if (play_.fault) {
            return load::ProbeFailure{load::FailureClass::connect_refused, "Connection refused"};
        }
        const auto route =
            std::find_if(play_.payload.routes.begin(), play_.payload.routes.end(),
                         [&](const auto& each) { return target.path == path_of(each.route); });
        load::ProbeReport answer;
        answer.status = 200;
        answer.headers = {{"Content-Type", route->content_type}};
        answer.body = role_.body.value_or(route->body);
        answer.keeps_alive = true;
        return answer;
    }
    std::optional<process::ServerFault> fault() override { return play_.fault; }
    std::optional<pid_t> pid() override { return std::nullopt; }
    std::optional<process::TreeUsage> usage(bool /*with_pss*/) override {
        if (role_.usage.empty()) {
            return std::nullopt;
        }
        return role_.usage[std::min(looks_++, role_.usage.size() - 1)];
    }
    std::vector<std::string> log_tail() override { return {"its last words"}; }
    std::map<std::string, std::string> effective_limits() override { return {}; }
    std::optional<process::StopReport> stop() override {
        process::StopReport report;
        report.clean = true;
        report.tree_gone = true;
        return report;
    }

  private:
    Play& play_;
    const Role& role_;
    std::size_t looks_ = 0;
};

/// Requests/s that a load asks for; a closed loop asks for whatever there is.
double offer_of(const plan::LoadModel& model, double capacity) {
    if (const auto* open = std::get_if<plan::OpenLoop>(&model)) {
        return open->rate;
    }
    if (const auto* users = std::get_if<plan::VirtualUsers>(&model)) {
        return users->users / to_seconds((users->think_time.from + users->think_time.to) / 2);
    }
    return capacity;
}

std::uint64_t count_of(double rate, Nanoseconds duration) {
    return static_cast<std::uint64_t>(std::llround(rate * to_seconds(duration)));
}

load::LoadReport report_of(const load::LoadSpec& spec, const Role& role) {
    const double offer = offer_of(spec.model, role.capacity);
    load::LoadReport report;
    report.duration = spec.duration;
    auto& books = report.books;
    books.planned = count_of(offer, spec.duration);
    books.ok = count_of(std::min(offer, role.capacity), spec.duration);
    books.unsent = books.planned - books.ok;
    books.sent = books.ok;
    auto latency = Nanoseconds(milliseconds(1));
    if (const auto* closed = std::get_if<plan::ClosedLoop>(&spec.model)) {
        report.mean_in_flight = closed->connections;
        latency = Nanoseconds(std::llround(closed->connections / role.capacity * 1e9));
    } else {
        report.offered_ceiling = offer;
    }
    report.response_time.record(latency, books.ok);
    report.service_time = report.response_time;
    load::SecondRecord second;
    second.ok = books.ok;
    report.series = {second};
    report.client.max_thread_utilisation = 0.1;
    return report;
}

}  // namespace

Launched FakeLauncher::launch(const ServerUnderTest& server,
                              const std::filesystem::path& /*directory*/) {
    play_.launched.push_back(server.id);
    play_.running = server.id;
    play_.fault.reset();
    if (const auto& fault = play_.roles.at(server.id).does_not_start) {
        return *fault;
    }
    return std::unique_ptr<RunningServer>(std::make_unique<FakeServer>(play_, server.id));
}

process::Availability FakeLauncher::availability(const ServerUnderTest& server) {
    return play_.roles.at(server.id).availability;
}

Result<GeneratedLoad> FakeGenerator::run(load::LoadSpec spec, const std::atomic<bool>& /*stop*/,
                                         load::ProgressObserver* observer) {
    play_.loads.push_back(spec);
    const auto& role = play_.roles.at(play_.running);
    if (play_.fault) {
        return Error{ErrorCode::server, "nothing listens"};
    }
    GeneratedLoad generated;
    // The edges are what lets the monitor look at this machine.
    if (!role.usage.empty()) {
        observer->on_window_begin();
    }
    generated.report = report_of(spec, role);
    play_.time += spec.warmup + spec.duration;
    if (role.dies_from && offer_of(spec.model, role.capacity) >= *role.dies_from) {
        play_.fault = {process::Stage::serving, "killed by SIGSEGV while serving", {"a crash"}};
    }
    if (play_.meanwhile) {
        play_.meanwhile(generated.report, play_.loads.size());
    }
    if (!role.usage.empty()) {
        observer->on_window_end();
    }
    if (play_.loads_to_spoil > 0) {
        --play_.loads_to_spoil;
        auto& part = generated.parts.emplace_back();
        part.host = "elsewhere";
        part.verdict = results::Verdict::machine_bound;
        part.verdict_why = "a neighbour was busy";
    }
    return generated;
}

Result<std::optional<double>> FakeGenerator::ceiling(load::LoadSpec /*spec*/,
                                                     const std::atomic<bool>& /*stop*/) {
    return play_.ceiling;
}

SuiteTest::SuiteTest() {
    std::string name = (std::filesystem::temp_directory_path() / "benchhost-suite-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder");
    }
    directory_ = name;
    suite_.config.name = "played";
    suite_.config.text = "[suite]\n";
    suite_.config.calm = Nanoseconds(0);
    suite_.config.payload.file_size = 16;
    play_.payload = plan::make_payload(suite_.config.payload, directory_).value();
    suite_.servers = {server("a"), server("b")};
    play_.roles = {{"a", Role()}, {"b", Role()}};
    load_with(plan::ClosedLoop{8});
    plan();
}

SuiteTest::~SuiteTest() { std::filesystem::remove_all(directory_); }

ServerUnderTest SuiteTest::server(const std::string& id) {
    ServerUnderTest made;
    made.id = id;
    made.plugin = "/plugins/" + id + ".so";
    made.description.id = id;
    made.description.name = "The server " + id;
    return made;
}

void SuiteTest::plan(std::uint32_t rounds) {
    suite_.config.repeats = rounds;
    suite_.plan.clear();
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        for (const auto& each : suite_.servers) {
            for (const auto& profile : suite_.config.profiles) {
                suite_.plan.push_back({each.id, profile.name, round});
            }
        }
    }
}

void SuiteTest::load_with(plan::TrialLoad load) {
    plan::LoadProfile profile;
    profile.name = "text";
    profile.load = std::move(load);
    profile.duration = seconds(10);
    suite_.config.profiles = {profile};
}

results::ResultSet SuiteTest::run(Journal& journal) {
    SuiteContext context{generator_, observer_, play_.interrupted, &launcher_,
                         [this] { return play_.time; }};
    return run_suite(suite_, journal, {}, context).value();
}

results::ResultSet SuiteTest::run() {
    auto journal = begin().value();
    return run(journal);
}

results::Trial SuiteTest::run_one() {
    suite_.servers = {server("a")};
    plan();
    return run().trials.at(0);
}

}  // namespace benchhost::suite::fakes
