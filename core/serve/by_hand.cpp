#include "core/serve/by_hand.hpp"

#include "core/base/file.hpp"
#include "core/base/printable.hpp"
#include "core/base/temporary_folder.hpp"
#include "core/machine/user.hpp"
#include "core/plugin/plugin_description.hpp"
#include "core/process/server_process.hpp"

#include <fmt/format.h>

#include <csignal>
#include <ctime>
#include <system_error>
#include <utility>

namespace benchhost {
namespace {

namespace fs = std::filesystem;

constexpr int kServerFailed = 1;
constexpr int kUsage = 2;
constexpr std::size_t kFileSize = 64 * 1024;
constexpr const char* kServersFolder = "server";
constexpr timespec kLook{0, 100'000'000};  // how often the server's health is looked at

Result<fs::path> file_to_serve(const fs::path& wanted, const fs::path& folder) {
    std::error_code error;
    if (!wanted.empty()) {
        const auto absolute = fs::canonical(wanted, error);
        return !error ? Result<fs::path>(absolute)
                      : system_error(ErrorCode::usage, "--file " + wanted.string(), error.value());
    }
    const auto path = folder / "payload.bin";
    std::string content(kFileSize, 'a');
    for (std::size_t i = 0; i < kFileSize; ++i) {
        content[i] = static_cast<char>('a' + i % 26);
    }
    const auto written = replace_file(path, content);
    return written ? Result<fs::path>(path) : written.error();
}

std::vector<model::RouteContent> default_routes(const fs::path& file) {
    std::vector<model::RouteContent> routes;
    for (const model::Route route : kAll<model::Route>) {
        routes.push_back(model::standard_content(route));
        if (model::facts_of(route).form == model::RouteForm::from_file) {
            routes.back().file = file;
        }
    }
    return routes;
}

Result<std::string> choose_server(const ByHand& wish, const fs::path& executable) {
    if (!wish.server.empty()) {
        return wish.server;
    }
    const auto plugin = plugin::describe_plugin(executable, wish.plugin, wish.user);
    if (!plugin) {
        return plugin.error();
    }
    if (plugin->servers.size() == 1) {
        return plugin->servers.front().id;
    }
    std::string ids;
    for (const auto& server : plugin->servers) {
        ids += " " + server.id;
    }
    return Error{ErrorCode::usage, "choose one by --server; the plugin offers:" + ids};
}

std::string url_of(const ByHand& wish, const process::ListeningPlace& place) {
    if (!place.unix_socket.empty()) {
        return "unix:" + place.unix_socket;
    }
    const auto port = place.port;
    const bool v6 = wish.address.find(':') != std::string::npos;
    return v6 ? fmt::format("http://[{}]:{}", wish.address, port)
              : fmt::format("http://{}:{}", wish.address, port);
}

int complain(const std::string& message, int status) {
    fmt::print(stderr, "benchhost-serve: {}\n", printable_lines(message));
    return status;
}

int serve_until_signal(process::ServerProcess& server, const sigset_t& signals) {
    while (::sigtimedwait(&signals, nullptr, &kLook) < 0) {
        if (const auto fault = server.fault()) {
            return complain(fault->reason, kServerFailed);
        }
    }
    const auto report = server.stop();
    fmt::print(stderr, "stopped: {} ({:.0f} ms)\n", report.how, to_milliseconds(report.took));
    return report.clean ? 0 : kServerFailed;
}

// A folder for the files of the run, and in it one for the server alone.
Result<TemporaryFolder> make_folder(const ByHand& wish) {
    auto folder = TemporaryFolder::make("benchhost-serve");
    if (!folder) {
        return folder;
    }
    if (auto opened = wish.user ? folder->let_others_pass() : Status{}; !opened) {
        return opened.error();
    }
    std::error_code error;
    fs::create_directory(folder->path() / kServersFolder, error);
    if (error) {
        return system_error(ErrorCode::environment,
                            "cannot make a folder in " + folder->path().string(), error.value());
    }
    return folder;
}

}  // namespace

int run_by_hand(const ByHand& wish) {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);

    std::error_code error;
    process::StartRequest request;
    request.serve_executable = fs::read_symlink("/proc/self/exe", error);
    request.plugin = fs::absolute(wish.plugin);
    if (wish.user) {
        auto user = machine::user_to_become(*wish.user);
        if (!user) {
            return complain("--user: " + user.error().message, kUsage);
        }
        request.user = std::move(*user);
    }
    const auto server = choose_server(wish, request.serve_executable);
    const auto folder = make_folder(wish);
    if (!server || !folder) {
        return complain((!server ? server.error() : folder.error()).message, kUsage);
    }
    const auto file = file_to_serve(wish.file, folder->path());
    if (!file) {
        return complain(file.error().message, kUsage);
    }
    request.server = *server;
    request.options = wish.options;
    request.routes = default_routes(*file);
    request.address = wish.address;
    request.port = wish.port;
    request.threads = wish.threads;
    request.directory = folder->path() / kServersFolder;
    request.echo_log = true;
    auto started = process::ServerProcess::start(request);
    if (!started) {
        const auto& fault = started.error();
        return complain(fmt::format("{}: {}", word_of(fault.stage), fault.reason), kServerFailed);
    }
    fmt::print("ready {}\n", url_of(wish, started->place()));
    std::fflush(stdout);
    return serve_until_signal(*started, signals);
}

}  // namespace benchhost
