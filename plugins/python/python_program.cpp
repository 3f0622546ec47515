#include "python_program.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace benchhost::python {
namespace {

namespace fs = std::filesystem;

/// The folder of the library this function is in.
fs::path library_folder() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<const void*>(&library_folder), &info) == 0) {
        throw std::runtime_error("cannot tell where the plugin itself lies");
    }
    return fs::absolute(info.dli_fname).parent_path();
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// Where environments may be, the first that has one wins.
std::vector<fs::path> environment_folders(const fs::path& library) {
    std::vector<fs::path> folders;
    if (const std::string chosen = variable("BENCHHOST_VENV"); !chosen.empty()) {
        folders.emplace_back(chosen);
    }
    folders.push_back(library / "python" / "venv");
    folders.push_back((library / BENCHHOST_SOURCE_FROM_PLUGINS / ".venv").lexically_normal());
    return folders;
}

void write_file(const fs::path& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

/// "ECHO_ME" of "/echo-me".
std::string variable_name(const sdk::Route& route) {
    std::string name = route.path.substr(1);
    for (char& letter : name) {
        letter = letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
    }
    return name;
}

/// An address as it stands before ":port".
std::string bracketed(const std::string& address) {
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

void PythonProgram::configure(const sdk::Settings& settings,
                              const std::vector<sdk::Route>& routes) {
    folder_ = library_folder() / "python";
    routes_ = routes;
    interpreter_ = settings.has("interpreter") ? settings.text("interpreter") : "";
    server_ = settings.text("server");
    access_log_ = settings.yes("access_log");
    inherits_socket_ = settings.text("bind") == "fd";
    const bool own = server_ == "builtin";
    if (inherits_socket_ &&
        (server_ == "granian" || (own && !framework_.own_server_takes_a_socket))) {
        throw std::invalid_argument(
            "bind = fd: " + std::string(own ? framework_.about.name : "Granian") +
            " cannot adopt a socket");
    }
    const std::uint64_t workers = settings.number("workers", 1, 1024);
    const bool many_are_possible =
        own ? framework_.own_server_takes_workers : server_ != "waitress";
    if (workers > 1 && !many_are_possible) {
        throw std::invalid_argument("workers = " + std::to_string(workers) + ": " +
                                    framework_.about.name + " with server = " + server_ +
                                    " is one process");
    }
    workers_ = std::to_string(workers);
    constexpr std::string_view kPrefix = "env.";
    for (const auto& [key, value] : settings.values()) {
        if (key.compare(0, kPrefix.size(), kPrefix) == 0) {
            user_environment_.emplace_back(key.substr(kPrefix.size()), value);
        }
    }
}

std::string PythonProgram::interpreter() const {
    if (!interpreter_.empty()) {
        return interpreter_;
    }
    std::string looked_in;
    for (const fs::path& folder : environment_folders(folder_.parent_path())) {
        const fs::path python = folder / framework_.environment / "bin" / "python";
        if (::access(python.c_str(), X_OK) == 0) {
            return python.string();
        }
        const bool closed = errno == EACCES;
        looked_in += (looked_in.empty() ? "" : ", ") + python.string() +
                     (closed ? ", which may not be executed" : "");
    }
    const fs::path installed = folder_ / "make-environments";
    const std::string make = fs::exists(installed) ? installed.string() : "./dev servers";
    throw std::runtime_error("no Python environment for " + std::string(framework_.about.name) +
                             " (looked for " + looked_in + "): run " + make +
                             ", or set interpreter = /path/to/python in [server." +
                             framework_.about.id + "]");
}

std::vector<std::string> PythonProgram::server_command(const sdk::Endpoint& endpoint,
                                                       int inherited_fd) const {
    const std::string python = interpreter();
    const std::string app = std::string(framework_.app) + ":app";
    const std::string port = std::to_string(endpoint.port);
    const std::string where = inherits_socket_ ? "fd://" + std::to_string(inherited_fd)
                                               : bracketed(endpoint.address) + ":" + port;
    const auto with = [](std::vector<std::string> command, const std::vector<std::string>& more) {
        command.insert(command.end(), more.begin(), more.end());
        return command;
    };
    if (server_ == "gunicorn" || server_ == "gunicorn+uvicorn") {
        auto command = with({python, "-m", "gunicorn", "--config"},
                            {(folder_ / "apps" / "gunicorn_conf.py").string(), "--bind", where,
                             "--workers", workers_});
        if (server_ == "gunicorn+uvicorn") {
            command = with(command, {"--worker-class", "uvicorn_worker.UvicornWorker"});
        }
        return with(command, {app});
    }
    if (server_ == "uvicorn") {
        const std::vector<std::string> place =
            inherits_socket_ ? std::vector<std::string>{"--fd", std::to_string(inherited_fd)}
                             : std::vector<std::string>{"--host", endpoint.address, "--port", port};
        return with(with({python, "-m", "uvicorn", "--workers", workers_, "--log-level",
                          access_log_ ? "info" : "warning",
                          access_log_ ? "--access-log" : "--no-access-log"},
                         place),
                    {app});
    }
    if (server_ == "waitress") {
        // It prints no access log; that would be the application's business.
        return inherits_socket_
                   ? std::vector<std::string>{python,
                                              (folder_ / "apps" / "waitress_fd.py").string(),
                                              framework_.app}
                   : std::vector<std::string>{python, "-m", "waitress", "--listen", where, app};
    }
    if (server_ == "granian") {
        return {python,
                "-m",
                "granian",
                "--interface",
                "asgi",
                "--host",
                endpoint.address,
                "--port",
                port,
                "--workers",
                workers_,
                "--log-level",
                "warning",
                access_log_ ? "--access-log" : "--no-access-log",
                app};
    }
    const std::vector<std::string> own = {
        python, (folder_ / "apps" / (std::string(framework_.app) + ".py")).string()};
    return std::string(framework_.about.id) == "robyn"
               ? with(own, {"--processes", "1", "--workers", workers_, "--disable-openapi",
                            "--log-level", access_log_ ? "INFO" : "WARN"})
               : own;
}

sdk::Program PythonProgram::program(const sdk::Endpoint& endpoint,
                                    const std::string& directory) const {
    sdk::Program program;
    if (inherits_socket_) {
        constexpr int kBacklog = 511;
        program.inherited_fd = sdk::listening_socket(endpoint, kBacklog);
        program.environment.emplace_back("BENCHHOST_FD", std::to_string(program.inherited_fd));
    }
    program.argv = server_command(endpoint, program.inherited_fd);
    const std::string inherited = variable("PYTHONPATH");
    program.environment.insert(
        program.environment.end(),
        {{"PYTHONPATH", (folder_ / "apps").string() + (inherited.empty() ? "" : ":" + inherited)},
         {"PYTHONUNBUFFERED", "1"},
         {"PYTHONDONTWRITEBYTECODE", "1"},
         {"BENCHHOST_HOST", endpoint.address},
         {"BENCHHOST_PORT", std::to_string(endpoint.port)},
         {"BENCHHOST_WORKERS", workers_},
         {"BENCHHOST_ACCESS_LOG", access_log_ ? "on" : "off"}});
    for (const sdk::Route& route : routes_) {
        const std::string name = "BENCHHOST_" + variable_name(route);
        program.environment.emplace_back(name + "_TYPE", route.content_type);
        if (route.kind == BH_ROUTE_FILE) {
            program.environment.emplace_back(name, route.file);
        } else {
            const fs::path body = fs::path(directory) / (name + ".body");
            write_file(body, route.body);
            program.environment.emplace_back(name + "_FILE", body.string());
        }
    }
    program.environment.insert(program.environment.end(), user_environment_.begin(),
                               user_environment_.end());
    return program;
}

sdk::Program PythonProgram::probe() const {
    sdk::Program program;
    program.argv = {interpreter(), (folder_ / "apps" / "probe.py").string(), framework_.about.id,
                    server_};
    program.environment = {{"PYTHONDONTWRITEBYTECODE", "1"}};
    program.environment.insert(program.environment.end(), user_environment_.begin(),
                               user_environment_.end());
    return program;
}

}  // namespace benchhost::python
