// The users that this machine knows, and which of them a process may become.
#pragma once

#include "core/base/result.hpp"

#include <boost/describe/class.hpp>
#include <sys/types.h>

#include <string>
#include <vector>

namespace benchhost::machine {

struct User {
    std::string name;
    uid_t id = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;  ///< all that it is a member of
    std::string home;
    std::string shell;
};
BOOST_DESCRIBE_STRUCT(User, (), (name, id, group, groups, home, shell))

/// The user `name`, as whom this process may run others: anybody when it is root, else only itself.
/// The error (code usage) says that there is no such user, or that root is needed.
Result<User> user_to_become(const std::string& name);

}  // namespace benchhost::machine
