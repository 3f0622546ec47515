// This process as another user, for good, before anything of a server runs in it.
#pragma once

#include "core/base/result.hpp"
#include "core/machine/user.hpp"

#include <filesystem>

namespace benchhost::process {

/// From now on this process has the ids of `user`, its groups and no others, and its HOME; no
/// program that it executes gets more rights. A signal that it was to get at the end of its parent
/// stays. For a process with one thread. The error is of code environment.
Status become(const machine::User& user);

/// Makes `user` the owner of the folder itself, not of what is in it. A link is not followed.
Status give_folder(const std::filesystem::path& folder, const machine::User& user);

/// Whether this process, which has become `user`, may read a file, or enter a folder and write
/// there. The error (code environment) names what is in the way. What is not there is left to
/// whoever opens it.
Status may_read(const std::filesystem::path& file, const machine::User& user);
Status may_use(const std::filesystem::path& folder, const machine::User& user);

}  // namespace benchhost::process
