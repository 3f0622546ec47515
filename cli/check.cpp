// benchhost check: is this config right, is this plugin what it should be?
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "core/process/plugin_description.hpp"
#include "core/suite/suite_request.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace benchhost::cli {
namespace {

int check_config(const std::filesystem::path& path, const suite::Installation& installation) {
    suite::SuiteRequest request;
    request.config = path;
    const auto suite = suite::prepare_suite(request, installation);
    if (!suite) {
        return report_error(suite.error());
    }
    fmt::print("{}: right: {} servers x {} profiles x {} rounds = {} trials\n", path.string(),
               suite->servers.size(), suite->config.profiles.size(), suite->config.repeats,
               suite->plan.size());
    return kDone;
}

int check_plugin(const std::filesystem::path& path, const suite::Installation& installation) {
    const auto plugin = process::describe_plugin(installation.serve_executable, path);
    if (!plugin) {
        report_error(plugin.error());
        return kUsage;
    }
    fmt::print("{}: a plugin of ABI {} with {} server(s)\n", path.string(), plugin->abi,
               plugin->servers.size());
    for (const auto& server : plugin->servers) {
        fmt::print("  {}: {} {}, {}, {}\n", server.id, server.name, server.version.value_or(""),
                   server.language, server.concurrency);
    }
    return kDone;
}

int check(const std::filesystem::path& path) {
    const auto installation = suite::locate_installation({});
    if (!installation) {
        return report_error(installation.error());
    }
    return path.extension() == ".so" ? check_plugin(path, *installation)
                                     : check_config(path, *installation);
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("check", "Check a config (.ini) or a plugin (.so)");
    auto path = std::make_shared<std::filesystem::path>();
    command->add_option("FILE", *path, "A config or a plugin")->required();
    command->callback([&action, path] { action = [path] { return check(*path); }; });
}

}  // namespace benchhost::cli
