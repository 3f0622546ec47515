#include "tests/integration/truth/counted.hpp"

#include "core/model/verdict.hpp"

#include <fmt/format.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <thread>

namespace benchhost::fixtures {
namespace {

using namespace std::chrono_literals;

Words server_command(const Words& flags) {
    Words command = {BENCHHOST_COUNTING_SERVER};
    command.insert(command.end(), flags.begin(), flags.end());
    return command;
}

}  // namespace

Counting::Counting(const Words& flags) : command_(server_command(flags)) {
    if (!command_.wait_for_output("\n", 60s)) {
        throw std::runtime_error("the counting server does not listen");
    }
    port_ = command_.out().substr(5);
    port_.erase(port_.find('\n'));
}

std::string Counting::stop() {
    command_.signal(SIGTERM);
    return command_.wait(60s).out;
}

std::uint64_t Counting::counted(const std::string& counts, const std::string& word) {
    const auto at = counts.find(word + " ");
    return at == std::string::npos ? 0 : std::stoull(counts.substr(at + word.size() + 1));
}

BusyLoops::BusyLoops(unsigned for_each_processor) {
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned cpu = 0; cpu < processors; ++cpu) {
        for (unsigned i = 0; i < for_each_processor; ++i) {
            loops_.push_back(
                std::make_unique<Command>(Words{"/usr/bin/taskset", "-c", std::to_string(cpu),
                                                "/bin/sh", "-c", "while :; do :; done"}));
        }
    }
}

results::Trial TruthCase::load(const std::string& url, const Words& flags) {
    Words command = {BENCHHOST_BINARY_DIR "/benchhost", "load", url, "--json", "--no-progress"};
    command.insert(command.end(), flags.begin(), flags.end());
    const auto run = run_command(command);
    exit_code_ = run.exit_code;
    out_ = run.out;
    err_ = run.err;
    auto trial = results::parse_trial(run.out);
    if (!trial) {
        ADD_FAILURE() << run.err << trial.error().message;
        return {};
    }
    return std::move(*trial);
}

results::ResultSet TruthCase::run(const std::string& config, const Words& flags) {
    write_text(directory_ / "suite.ini", config);
    Words command = {BENCHHOST_BINARY_DIR "/benchhost",
                     "--config",
                     directory_ / "suite.ini",
                     "--out",
                     directory_ / "out",
                     "--no-progress"};
    command.insert(command.end(), flags.begin(), flags.end());
    const auto run = run_command(command, 500s);
    exit_code_ = run.exit_code;
    out_ = run.out;
    err_ = run.err;
    auto results = results::read_results(directory_ / "out/results.json");
    if (!results) {
        ADD_FAILURE() << run.err << results.error().message;
        return {};
    }
    return std::move(*results);
}

std::string TruthCase::server_section(const std::string& id, const std::string& flags) {
    return fmt::format(
        "[server.{}]\nplugin = command\nargv = {} --port {{port}} --text {{text_file}} --json "
        "{{json_file}} --file {{file}} --about {{about_file}} {}\n",
        id, BENCHHOST_COUNTING_SERVER, flags);
}

std::string TruthCase::said(const results::Trial& trial) {
    return fmt::format("{}: {}; {}", trial.verdict ? model::to_string(*trial.verdict) : "none",
                       trial.verdict_why.value_or(""), trial.reason.value_or(""));
}

}  // namespace benchhost::fixtures
