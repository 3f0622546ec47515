#include "core/process/run_program.hpp"

#include "core/base/unique_fd.hpp"
#include "core/machine/process_tree.hpp"
#include "core/process/log_tail.hpp"
#include "core/process/wait.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

namespace benchhost::process {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMostOutput = std::size_t{4} * 1024 * 1024;
constexpr auto kEndLimit = std::chrono::seconds(6);  // a tree that is killed may take five
constexpr auto kReapLimit = std::chrono::seconds(2);

Result<std::pair<UniqueFd, UniqueFd>> make_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return system_error(ErrorCode::environment, "pipe", errno);
    }
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

// Blocks read in one go from a program that may print without end.
constexpr int kMostBlocks = 64;

// Reads what is there; closes `pipe` at its end.
template <class Take>
void drain(UniqueFd& pipe, const Take& take) {
    std::array<char, 16384> block{};
    for (int i = 0; i < kMostBlocks && pipe.is_open(); ++i) {
        const ssize_t got = ::read(pipe.get(), block.data(), block.size());
        if (got > 0) {
            take(std::string_view(block.data(), static_cast<std::size_t>(got)));
            if (static_cast<std::size_t>(got) < block.size()) {
                return;
            }
        } else if (got == 0) {
            pipe.reset();
        } else if (errno != EINTR) {
            return;
        }
    }
}

class Run {
  public:
    Run(pid_t child, UniqueFd output, UniqueFd errors)
        : child_(child), output_(std::move(output)), errors_(std::move(errors)) {}
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run() { end_session(); }

    Result<ProgramRun> finish(Nanoseconds limit) {
        const auto deadline = steady_clock::now() + limit;
        std::optional<int> status;
        while (!(status = wait_child(child_, steady_clock::now()))) {
            pollfd watched[2] = {{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}};
            const auto turn = std::min(deadline, steady_clock::now() + kTurn);
            ::poll(watched, 2, poll_timeout(turn));
            drain_both();
            if (run_.output.size() > kMostOutput) {
                return Error{ErrorCode::server, "printed more than 4 MiB"};
            }
            if (steady_clock::now() >= deadline) {
                return Error{ErrorCode::server,
                             fmt::format("gave no answer within {}", format_duration(limit))};
            }
        }
        reaped_ = true;
        drain_both();
        run_.wait_status = *status;
        for (const auto& line : tail_.lines()) {
            run_.errors += line + "\n";
        }
        return std::move(run_);
    }

  private:
    // Its end is noticed by the pipes closing; this is for a child that outlives them or closes
    // them early.
    static constexpr auto kTurn = std::chrono::milliseconds(10);

    void drain_both() {
        drain(output_, [&](std::string_view bytes) { run_.output += bytes; });
        drain(errors_, [&](std::string_view bytes) { tail_.append(bytes); });
    }

    // A program that keeps house takes what has left its session with it, when it is asked.
    void end_session() {
        if (!reaped_) {
            ::kill(child_, SIGTERM);
            reaped_ = wait_child(child_, steady_clock::now() + kEndLimit).has_value();
        }
        if (!reaped_) {
            ::kill(child_, SIGKILL);
        }
        for (const pid_t pid : machine::session_members(child_)) {
            ::kill(pid, SIGKILL);
        }
        if (!reaped_) {
            wait_child(child_, steady_clock::now() + kReapLimit);
        }
    }

    pid_t child_;
    UniqueFd output_;
    UniqueFd errors_;
    ProgramRun run_;
    LogTail tail_;
    bool reaped_ = false;
};

}  // namespace

Result<ProgramRun> run_program(const std::filesystem::path& executable,
                               const std::vector<std::string>& arguments, Nanoseconds limit) {
    auto output = make_pipe();
    auto errors = make_pipe();
    if (!output || !errors) {
        return !output ? output.error() : errors.error();
    }
    SpawnRequest request;
    request.executable = executable;
    request.arguments = arguments;
    request.output = output->second.get();
    request.errors = errors->second.get();
    const auto child = spawn_process(request);
    if (!child) {
        return child.error();
    }
    output->second.reset();
    errors->second.reset();
    Run run(*child, std::move(output->first), std::move(errors->first));
    return run.finish(limit);
}

}  // namespace benchhost::process
