#include "tests/integration/process/serving.hpp"

#include "core/base/unique_fd.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace benchhost::process::testing {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMark = "BENCHHOST_TEST_MARK";

UniqueFd connect_to(std::uint16_t port) {
    UniqueFd peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(peer.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        peer.reset();
    }
    return peer;
}

bool is_zombie(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto end = text.rfind(')');
    return end == std::string::npos || end + 2 >= text.size() || text[end + 2] == 'Z';
}

}  // namespace

fs::path serve_executable() { return fs::path(BENCHHOST_BINARY_DIR) / "benchhost-serve"; }
fs::path fixture_plugin(const std::string& name) {
    return fs::path(BENCHHOST_FIXTURE_PLUGINS) / (name + ".so");
}
fs::path tiny_program() { return fs::path(BENCHHOST_FIXTURE_PLUGINS) / "tiny_program"; }

fs::path no_close_range() {
    return fs::path(BENCHHOST_FIXTURE_PLUGINS) / "libraries" / "libbenchhost_no_close_range.so";
}

void touch(std::uint16_t port) { connect_to(port); }

std::string http_get(std::uint16_t port, const std::string& path) {
    const auto peer = connect_to(port);
    const timeval limit{60, 0};
    ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const auto request = fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n\r\n", path);
    if (::send(peer.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
        return "";
    }
    ::shutdown(peer.get(), SHUT_WR);
    std::string answer;
    char block[4096];
    for (ssize_t got = 0; (got = ::recv(peer.get(), block, sizeof block, 0)) > 0;) {
        answer.append(block, static_cast<std::size_t>(got));
    }
    return answer;
}

Serving::Serving() {
    auto pattern = (fs::temp_directory_path() / "benchhost-process-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("mkdtemp");
    }
    directory_ = pattern;
    mark_ = fmt::format("{}={}", kMark, directory_.string());
    ::setenv(kMark, directory_.c_str(), 1);
}

Serving::~Serving() {
    ::unsetenv(kMark);
    fs::remove_all(directory_);
}

StartRequest Serving::request(const std::string& plugin, const std::string& server) const {
    const auto file = directory_ / "payload.bin";
    std::ofstream(file) << std::string(1000, 'f');
    StartRequest request;
    request.serve_executable = serve_executable();
    request.plugin = fixture_plugin(plugin);
    request.server = server;
    request.routes = {{model::Route::text, "text/plain", "Hello World!", {}},
                      {model::Route::json, "application/json", R"({"test":true})", {}},
                      {model::Route::file, "application/octet-stream", "", file},
                      {model::Route::about, "text/plain", "about", {}}};
    request.directory = directory_;
    request.timeouts.spawned = std::chrono::seconds(60);
    request.timeouts.configured = std::chrono::seconds(60);
    request.timeouts.ready = std::chrono::seconds(60);
    request.timeouts.stopping = std::chrono::seconds(60);
    return request;
}

std::vector<pid_t> Serving::left() const {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        const pid_t pid = std::stoi(name);
        std::ifstream file(entry.path() / "environ", std::ios::binary);
        std::string environment((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
        if (pid != ::getpid() && environment.find(mark_) != std::string::npos && !is_zombie(pid)) {
            found.push_back(pid);
        }
    }
    return found;
}

bool Serving::nothing_left() const {
    return eventually([this] { return left().empty(); });
}

}  // namespace benchhost::process::testing
