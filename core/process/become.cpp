#include "core/process/become.hpp"

#include "core/base/unique_fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace benchhost::process {
namespace {

namespace fs = std::filesystem;

Status change_ids(const machine::User& user) {
    if (::geteuid() != 0) {
        return {};  // it is that user already, or machine::user_to_become() had refused
    }
    if (::setgroups(user.groups.size(), user.groups.data()) != 0 ||
        ::setresgid(user.group, user.group, user.group) != 0 ||
        ::setresuid(user.id, user.id, user.id) != 0) {
        return system_error(ErrorCode::environment, "cannot become user " + user.name, errno);
    }
    // Where the kernel was told to leave privileges alone when ids change.
    if (user.id != 0 && ::setresuid(0, 0, 0) == 0) {
        return Error{
            ErrorCode::environment,
            fmt::format("user {} could become root again; that is no separation", user.name)};
    }
    return {};
}

void take_environment(const machine::User& user) {
    ::setenv("HOME", user.home.c_str(), 1);
    ::setenv("USER", user.name.c_str(), 1);
    ::setenv("LOGNAME", user.name.c_str(), 1);
    ::setenv("SHELL", user.shell.c_str(), 1);
    ::unsetenv("XDG_RUNTIME_DIR");
    const char* temporary = std::getenv("TMPDIR");
    if (temporary != nullptr && ::access(temporary, W_OK | X_OK) != 0) {
        ::unsetenv("TMPDIR");  // it was that of whoever started us alone
    }
}

// The first folder on the way that this process may not pass, or `path` itself.
fs::path barrier_before(const fs::path& path) {
    fs::path way;
    for (const auto& part : path.parent_path()) {
        way /= part;
        if (::access(way.c_str(), X_OK) != 0) {
            return way;
        }
    }
    return path;
}

Status may(const char* what, const fs::path& path, int mode, const machine::User& user) {
    if (::access(path.c_str(), mode) == 0 || errno != EACCES) {
        return {};
    }
    return Error{ErrorCode::environment,
                 fmt::format("user {} may not {} {}: {} is closed to it; let it in (chmod), or "
                             "choose another place",
                             user.name, what, path.string(), barrier_before(path).string())};
}

}  // namespace

Status become(const machine::User& user) {
    const pid_t parent = ::getppid();
    int at_end_of_parent = 0;
    ::prctl(PR_GET_PDEATHSIG, &at_end_of_parent);
    if (auto changed = change_ids(user); !changed) {
        return changed;
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0) {
        return system_error(ErrorCode::environment, "prctl(PR_SET_NO_NEW_PRIVS)", errno);
    }
    // Both end with the old ids: the process belongs to its user as one that a program was executed
    // in, and it does not outlive whoever started it.
    ::prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
    ::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(at_end_of_parent), 0UL, 0UL, 0UL);
    if (::getppid() != parent) {
        return Error{ErrorCode::environment, "the process that started it is gone"};
    }
    take_environment(user);
    return {};
}

Status give_folder(const fs::path& folder, const machine::User& user) {
    const UniqueFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened.is_open() || ::fchown(opened.get(), user.id, user.group) != 0) {
        return system_error(
            ErrorCode::environment,
            fmt::format("cannot give the folder {} to user {}", folder.string(), user.name), errno);
    }
    return {};
}

Status may_read(const fs::path& file, const machine::User& user) {
    return may("read", file, R_OK, user);
}

Status may_use(const fs::path& folder, const machine::User& user) {
    return may("use the folder", folder, R_OK | W_OK | X_OK, user);
}

}  // namespace benchhost::process
