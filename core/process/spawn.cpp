#include "core/process/spawn.hpp"

#include "core/base/unique_fd.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace benchhost::process {
namespace {

// Sources above every target, so that no dup2 overwrites a source that a later one needs.
constexpr int kAboveTargets = 10;

class FileActions {
  public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

    bool connect(int source, int target, std::vector<UniqueFd>& sources) {
        UniqueFd above(::fcntl(source, F_DUPFD_CLOEXEC, kAboveTargets));
        if (!above.is_open()) {
            return false;
        }
        ::posix_spawn_file_actions_adddup2(&actions_, above.get(), target);
        sources.push_back(std::move(above));
        return true;
    }
    void connect_null(int target, int flags) {
        ::posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", flags, 0);
    }
    void close_from(int first) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, first); }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
  public:
    Attributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<pid_t> spawn_process(const SpawnRequest& request) {
    FileActions actions;
    std::vector<UniqueFd> sources;
    bool connected = true;
    actions.connect_null(STDIN_FILENO, O_RDONLY);
    if (request.output >= 0) {
        connected = connected && actions.connect(request.output, STDOUT_FILENO, sources);
    } else {
        actions.connect_null(STDOUT_FILENO, O_WRONLY);
    }
    if (request.errors >= 0) {
        connected = connected && actions.connect(request.errors, STDERR_FILENO, sources);
    }
    if (request.channel >= 0) {
        connected = connected && actions.connect(request.channel, kChannelDescriptor, sources);
    }
    if (!connected) {
        return system_error(ErrorCode::environment, "cannot duplicate a descriptor", errno);
    }
    actions.close_from(request.channel >= 0 ? kChannelDescriptor + 1 : kChannelDescriptor);

    const std::string executable = request.executable.string();
    std::vector<std::string> words{executable};
    words.insert(words.end(), request.arguments.begin(), request.arguments.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);

    const Attributes attributes;
    pid_t child = -1;
    const int error = ::posix_spawn(&child, executable.c_str(), actions.get(), attributes.get(),
                                    argv.data(), ::environ);
    if (error != 0) {
        return system_error(ErrorCode::environment, "cannot start " + executable, error);
    }
    return child;
}

}  // namespace benchhost::process
