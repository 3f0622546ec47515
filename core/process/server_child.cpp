#include "core/process/server_child.hpp"

#include "core/machine/cpu_list.hpp"
#include "core/machine/descriptors.hpp"
#include "core/machine/proc_file.hpp"
#include "core/process/become.hpp"
#include "core/process/limits.hpp"
#include "core/process/protocol.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace benchhost::process {
namespace {

constexpr int kFailed = 1;

Status tie_to(pid_t supervisor) {
    if (::setsid() < 0) {
        return system_error(ErrorCode::environment, "setsid", errno);
    }
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
        return system_error(ErrorCode::environment, "prctl(PR_SET_PDEATHSIG)", errno);
    }
    if (::getppid() != supervisor) {
        return Error{ErrorCode::environment, "the supervisor is gone"};
    }
    return {};
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) {
        ::signal(signal, SIG_DFL);  // fails for SIGKILL and SIGSTOP, which never change
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Its folder becomes the user's, and so does the pipe of its log, which some open anew by the name
// /dev/stderr.
Status change_user(const StartRequest& request) {
    const auto& user = *request.user;
    if (!request.directory.empty()) {
        if (auto given = give_folder(request.directory, user); !given) {
            return given;
        }
    }
    (void)!::fchown(STDERR_FILENO, user.id, user.group);
    if (auto became = become(user); !became) {
        return became;
    }
    if (auto usable = may_use(request.directory, user); !usable) {
        return usable;
    }
    if (auto readable = may_read(request.plugin, user); !readable) {
        return readable;
    }
    for (const auto& route : request.routes) {
        if (auto readable = may_read(route.file, user); !readable) {
            return readable;
        }
    }
    return {};
}

Result<std::map<std::string, std::string>> prepare(const StartRequest& request,
                                                   const ControlGroups& groups,
                                                   const ControlChannel& channel,
                                                   pid_t supervisor) {
    if (auto closed = machine::close_descriptors(STDERR_FILENO + 1, channel.fd()); !closed) {
        return closed.error();
    }
    reset_signals();
    if (auto tied = tie_to(supervisor); !tied) {
        return tied.error();
    }
    // When memory runs out, the kernel is to choose the server and not the one who measures it.
    machine::write_proc("/proc/self/oom_score_adj", "500");
    auto unlimited = groups.join();
    auto limits = apply_limits(request.limits);
    if (!limits) {
        return limits;
    }
    limits->merge(unlimited);
    if (request.user) {
        if (auto changed = change_user(request); !changed) {
            return changed.error();
        }
        (*limits)["user"] = request.user->name;
    }
    if (!request.directory.empty() && ::chdir(request.directory.c_str()) != 0) {
        return system_error(ErrorCode::environment,
                            "cannot enter the trial's folder " + request.directory.string(), errno);
    }
    ::setenv("PYTHONUNBUFFERED", "1", 1);  // its last lines must not die with it
    return limits;
}

}  // namespace

void run_server_child(const StartRequest& request, const ControlGroups& groups,
                      const ControlChannel& channel, int log, pid_t supervisor,
                      const ServerRole& role) {
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    Event event;
    const auto limits = prepare(request, groups, channel, supervisor);
    if (!limits) {
        event.kind = Event::Kind::failed;
        event.stage = Stage::spawned;
        event.reason = limits.error().message;
    } else {
        event.kind = Event::Kind::spawned;
        event.pid = ::getpid();
        event.limits = *limits;
    }
    if (!channel.send(encode(event)) || !limits) {
        std::exit(kFailed);
    }
    std::exit(role(request, channel));
}

}  // namespace benchhost::process
