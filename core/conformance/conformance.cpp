#include "core/conformance/conformance.hpp"

#include "core/base/temporary_folder.hpp"
#include "core/conformance/plugin_checks.hpp"
#include "core/conformance/server_check.hpp"

#include <fmt/format.h>

#include <system_error>

namespace benchhost::conformance {
namespace {

namespace fs = std::filesystem;

Error no_such_server(const std::string& wanted, const plugin::PluginDescription& plugin) {
    std::string known;
    for (const auto& server : plugin.servers) {
        known += (known.empty() ? "" : ", ") + server.id;
    }
    return {ErrorCode::usage, fmt::format("{} offers no server \"{}\"; it offers: {}",
                                          plugin.path.string(), wanted, known)};
}

}  // namespace

Result<PluginFindings> check_plugin(const CheckRequest& request, const OnLine& on_line,
                                    const std::atomic<bool>& interrupted) {
    std::error_code error;
    if (!fs::is_regular_file(request.plugin, error)) {
        return Error{
            ErrorCode::usage,
            fmt::format("{}: {}", request.plugin.string(),
                        fs::exists(request.plugin, error) ? "not a file" : "no such file")};
    }
    PluginFindings findings;
    findings.plugin = request.plugin;
    const auto add = [&](const char* check, Finding finding) {
        findings.lines.push_back({check, std::move(finding)});
        on_line("", findings.lines.back());
    };
    const auto plugin =
        plugin::describe_plugin(request.serve_executable, request.plugin, request.user);
    if (!plugin && !plugin.error().loaded) {
        add("loads", fail(plugin.error().message));
        return findings;
    }
    add("loads", pass("every symbol is there"));
    if (!plugin) {
        add("describes", fail(plugin.error().message));
        return findings;
    }
    findings.abi = plugin->abi;
    add("describes",
        pass(fmt::format("ABI {}, {} server(s)", plugin->abi, plugin->servers.size())));
    add("symbols", check_symbols(*plugin));
    bool found = false;
    for (const auto& server : plugin->servers) {
        if ((!request.server.empty() && server.id != request.server) || interrupted) {
            continue;
        }
        found = true;
        const auto folder = TemporaryFolder::make("benchhost-check");
        if (!folder) {
            return folder.error();
        }
        if (auto opened = request.user ? folder->let_others_pass() : Status{}; !opened) {
            return opened.error();
        }
        auto checked = ServerCheck(request, server, folder->path(), on_line, interrupted).run();
        if (!checked) {
            return checked.error();
        }
        findings.servers.push_back(std::move(*checked));
    }
    if (!found && !request.server.empty() && !interrupted) {
        return no_such_server(request.server, *plugin);
    }
    return findings;
}

}  // namespace benchhost::conformance
