#include "core/machine/user.hpp"

#include "core/base/printable.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>

namespace benchhost::machine {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20U;  // of one entry of the user database
constexpr int kMostGroups = 65'536;                       // NGROUPS_MAX of the kernel

std::vector<gid_t> groups_of(const std::string& name, gid_t group) {
    std::vector<gid_t> groups(32);
    for (;;) {
        int count = static_cast<int>(groups.size());
        const int got = ::getgrouplist(name.c_str(), group, groups.data(), &count);
        if (got >= 0) {
            groups.resize(static_cast<std::size_t>(got));
            return groups;
        }
        if (count > kMostGroups || static_cast<std::size_t>(count) <= groups.size()) {
            return {group};
        }
        groups.resize(static_cast<std::size_t>(count));
    }
}

Result<User> find_user(const std::string& name) {
    std::vector<char> texts(4096);
    passwd entry{};
    passwd* found = nullptr;
    int error = 0;
    while ((error = ::getpwnam_r(name.c_str(), &entry, texts.data(), texts.size(), &found)) ==
               ERANGE &&
           texts.size() < kMostText) {
        texts.resize(2 * texts.size());
    }
    if (found == nullptr) {
        const bool unknown = error == 0 || error == ENOENT || error == ESRCH;
        return unknown ? Error{ErrorCode::usage,
                               fmt::format("this machine knows no user {}", in_quotes(name))}
                       : system_error(ErrorCode::usage,
                                      fmt::format("user {} cannot be looked up", in_quotes(name)),
                                      error);
    }
    return User{name,         entry.pw_uid,  entry.pw_gid, groups_of(name, entry.pw_gid),
                entry.pw_dir, entry.pw_shell};
}

}  // namespace

Result<User> user_to_become(const std::string& name) {
    auto user = find_user(name);
    if (user && ::geteuid() != 0 && ::geteuid() != user->id) {
        return Error{ErrorCode::usage,
                     fmt::format("only root can run servers as {}: start benchhost with sudo, or "
                                 "let servers run as you by leaving this out",
                                 name)};
    }
    return user;
}

}  // namespace benchhost::machine
