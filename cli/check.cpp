// benchhost check: is this config right, is this plugin what it should be?
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/standard_output.hpp"
#include "cli/suite_run.hpp"
#include "cli/user_option.hpp"
#include "core/base/printable.hpp"
#include "core/conformance/conformance.hpp"
#include "core/suite/suite_request.hpp"

#include <fmt/format.h>
#include <picojson.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::cli {
namespace {

int check_config(const std::filesystem::path& path, const plugin::Installation& installation) {
    suite::SuiteRequest request;
    request.config = path;
    const auto suite = suite::prepare_suite(request, installation, print_notice);
    if (!suite) {
        return report_error(suite.error());
    }
    print_warnings(*suite);
    print("{}: right: {} servers x {} profiles x {} rounds = {} trials\n", printable(path.string()),
          suite->servers.size(), suite->config.profiles.size(), suite->config.repeats,
          suite->plan.size());
    return kDone;
}

struct Options {
    std::filesystem::path file;
    std::string server;
    std::vector<std::string> options;  ///< KEY=VALUE
    std::optional<std::string> user;   ///< as whom a plugin's code runs
    bool json = false;
};

void print_line(const std::string& server, const conformance::CheckLine& line) {
    print("{:<14} {:<20} {:<5} {}\n", server.empty() ? "(plugin)" : printable(server), line.check,
          conformance::to_string(line.finding.grade), printable(line.finding.why));
    std::fflush(stdout);
}

picojson::value lines_json(const std::vector<conformance::CheckLine>& lines) {
    picojson::array checks;
    for (const auto& line : lines) {
        picojson::object object;
        object["check"] = picojson::value(line.check);
        object["outcome"] = picojson::value(conformance::to_string(line.finding.grade));
        object["why"] = picojson::value(line.finding.why);
        checks.emplace_back(object);
    }
    return picojson::value(checks);
}

void print_json(const conformance::PluginFindings& findings) {
    picojson::object all;
    all["plugin"] = picojson::value(findings.plugin.string());
    if (findings.abi != 0) {
        all["abi"] = picojson::value(static_cast<std::int64_t>(findings.abi));
    }
    all["passed"] = picojson::value(findings.count(conformance::Grade::fail) == 0);
    all["checks"] = lines_json(findings.lines);
    picojson::array servers;
    for (const auto& server : findings.servers) {
        picojson::object object;
        object["id"] = picojson::value(server.id);
        object["checks"] = lines_json(server.lines);
        servers.emplace_back(object);
    }
    all["servers"] = picojson::value(servers);
    print_document(picojson::value(all));
}

int check_plugin(const Options& options, const plugin::Installation& installation) {
    conformance::CheckRequest request;
    request.serve_executable = installation.serve_executable;
    request.plugin = options.file;
    request.server = options.server;
    if (const auto known = check_user_option(options.user); !known) {
        return report_error(known.error());
    }
    request.user = options.user;
    request.others = plugin::read_catalog(installation, print_notice, request.user);
    for (const auto& text : options.options) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            return report_error(
                {ErrorCode::usage, fmt::format("--option {}: write it as KEY=VALUE", text)});
        }
        request.options.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    const auto& interrupted = watch_for_interrupt();
    const auto silent = [](const std::string&, const conformance::CheckLine&) {};
    const auto findings = conformance::check_plugin(
        request, options.json ? conformance::OnLine(silent) : conformance::OnLine(print_line),
        interrupted);
    if (!findings) {
        return report_error(findings.error());
    }
    const auto failed = findings->count(conformance::Grade::fail);
    if (options.json) {
        print_json(*findings);
    } else {
        print("{}: {} passed, {} warnings, {} failed\n", options.file.string(),
              findings->count(conformance::Grade::pass), findings->count(conformance::Grade::warn),
              failed);
    }
    if (interrupted) {
        return kInterrupted;
    }
    return failed > 0 ? kSomethingFailed : kDone;
}

int check(const Options& options) {
    const auto installation = plugin::locate_installation({});
    if (!installation) {
        return report_error(installation.error());
    }
    if (options.file.extension() == ".so") {
        return check_plugin(options, *installation);
    }
    if (options.json || options.user || !options.server.empty() || !options.options.empty()) {
        return report_error(
            {ErrorCode::usage, "--json, --server, --option and --user are for plugins (.so); " +
                                   options.file.string() + " is taken for a config"});
    }
    return check_config(options.file, *installation);
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("check", "Check a config (.ini) or a plugin (.so)");
    auto options = std::make_shared<Options>();
    command->add_option("FILE", options->file, "A config or a plugin")->required();
    command->add_option("--server", options->server, "Of a plugin: this server alone");
    command
        ->add_option("--option", options->options,
                     "KEY=VALUE, an option of the server; may be repeated")
        ->allow_extra_args(false);
    add_user_option(*command, options->user, "Of a plugin: as whom its code runs");
    command->add_flag("--json", options->json, "Of a plugin: print JSON");
    command->callback([&action, options] { action = [options] { return check(*options); }; });
}

}  // namespace benchhost::cli
