#include "core/serve/execute.hpp"

#include "core/base/printable.hpp"
#include "core/machine/descriptors.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <vector>

namespace benchhost {
namespace {

void set_environment(const std::vector<std::string>& entries) {
    for (const auto& entry : entries) {
        const auto equals = entry.find('=');
        if (equals != std::string::npos && equals > 0) {
            ::setenv(entry.substr(0, equals).c_str(), entry.c_str() + equals + 1, 1);
        }
    }
}

void restore_signals() {
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Error execute(const host::Program& program, const std::string& directory) {
    const std::string& folder =
        program.working_directory.empty() ? directory : program.working_directory;
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) {
        return system_error(ErrorCode::server, "cannot enter its working directory " + folder,
                            errno);
    }
    set_environment(program.environment);
    restore_signals();
    // Not closed but marked: should the program not start, the channel is still needed.
    if (auto marked = machine::close_on_exec_from(STDERR_FILENO + 1); !marked) {
        return marked.error();
    }
    if (program.inherited_fd > STDERR_FILENO && ::fcntl(program.inherited_fd, F_SETFD, 0) != 0) {
        return system_error(ErrorCode::server,
                            fmt::format("cannot hand over its descriptor {}", program.inherited_fd),
                            errno);
    }
    std::vector<std::string> words = program.argv;
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    return system_error(ErrorCode::server, fmt::format("cannot execute {}", program.argv[0]),
                        errno);
}

Result<std::uint16_t> pick_free_port(const std::string& address) {
    namespace asio = boost::asio;
    boost::system::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error) {
        return Error{ErrorCode::usage, fmt::format("{} is no IP address", in_quotes(address))};
    }
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io);
    const asio::ip::tcp::endpoint any_port(parsed, 0);
    acceptor.open(any_port.protocol(), error);
    if (!error) {
        acceptor.bind(any_port, error);
    }
    if (error) {
        return Error{ErrorCode::environment,
                     fmt::format("no free port on {}: {}", address, error.message())};
    }
    return acceptor.local_endpoint().port();
}

}  // namespace benchhost
