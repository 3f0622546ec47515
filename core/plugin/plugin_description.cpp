#include "core/plugin/plugin_description.hpp"

#include "core/plugin/description_json.hpp"
#include "core/process/run_program.hpp"
#include "core/process/wait.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <sstream>
#include <utility>

namespace benchhost::plugin {
namespace {

Error broken(const std::string& reason) { return {ErrorCode::server, reason}; }

// The end of what it printed explains a failure best.
std::string last_lines(const std::string& errors) {
    constexpr std::size_t kLines = 3;
    std::vector<std::string> lines;
    std::istringstream text(errors);
    for (std::string line; std::getline(text, line);) {
        if (!lines.empty() && lines.back() == "error: " + line) {
            lines.back() = line;  // a plugin logged it and returned it
        } else if (!line.empty()) {
            lines.push_back(line);
        }
    }
    if (lines.size() > kLines) {
        lines.erase(lines.begin(), lines.end() - kLines);
    }
    return fmt::format("{}", fmt::join(lines, "; "));
}

Error died(const process::ProgramRun& run, const std::string& doing) {
    const auto said = last_lines(run.errors);
    return broken(fmt::format("{} while it was being {}{}", process::describe_exit(run.wait_status),
                              doing, said.empty() ? "" : ": " + said));
}

Result<process::ProgramRun> ask(const std::filesystem::path& serve_executable,
                                std::vector<std::string> arguments,
                                const std::optional<std::string>& user, Nanoseconds timeout,
                                const std::string& doing) {
    if (user) {
        arguments.insert(arguments.end(), {"--user", *user});
    }
    auto run = process::run_program(serve_executable, arguments, timeout);
    if (!run) {
        return Error{run.error().code,
                     fmt::format("{} while it was being {}", run.error().message, doing)};
    }
    return run;
}

}  // namespace

boost::system::result<PluginDescription, PluginFault> describe_plugin(
    const std::filesystem::path& serve_executable, const std::filesystem::path& plugin,
    const std::optional<std::string>& user, Nanoseconds timeout) {
    const auto run =
        ask(serve_executable, {"--describe", plugin.string()}, user, timeout, "described");
    if (!run) {
        return PluginFault{run.error(), false};
    }
    if (run->output.empty()) {
        return PluginFault{died(*run, "described"), false};
    }
    if (const auto refusal = decode_refusal(run->output)) {
        return PluginFault{broken(refusal->reason), refusal->loaded};
    }
    auto description = decode_description(run->output);
    if (!description) {
        return PluginFault{broken(description.error().message), false};
    }
    description->path = plugin;
    return std::move(*description);
}

ProbeResult probe_server(const std::filesystem::path& serve_executable,
                         const std::filesystem::path& plugin, const std::string& server,
                         const std::vector<std::pair<std::string, std::string>>& options,
                         const std::optional<std::string>& user, Nanoseconds timeout) {
    std::vector<std::string> arguments{"--probe", plugin.string(), "--server", server};
    for (const auto& [key, value] : options) {
        arguments.emplace_back("--option");
        arguments.push_back(fmt::format("{}={}", key, value));
    }
    const auto run = ask(serve_executable, std::move(arguments), user, timeout, "probed");
    if (!run) {
        return PluginFault{run.error(), false};
    }
    if (const auto refusal = decode_refusal(run->output)) {
        return PluginFault{broken(refusal->reason), refusal->loaded};
    }
    if (WIFSIGNALED(run->wait_status)) {
        return PluginFault{died(*run, "probed"), false};
    }
    if (run->succeeded()) {
        auto availability = decode_availability(run->output);
        if (!availability) {
            return PluginFault{
                broken("the probe of " + server + " " + availability.error().message), false};
        }
        return std::move(*availability);
    }
    Availability missing;
    missing.reason = last_lines(run->errors);
    if (missing.reason.empty()) {
        missing.reason =
            "its probe " + process::describe_exit(run->wait_status) + " and gave no reason";
    }
    return missing;
}

}  // namespace benchhost::plugin
