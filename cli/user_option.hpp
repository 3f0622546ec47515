// --user of the commands that load plugins: as whom their code runs.
#pragma once

#include "core/base/result.hpp"
#include "core/machine/user.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace benchhost::cli {

/// `user` outlives the parsing; absent: as we are.
inline void add_user_option(CLI::App& command, std::optional<std::string>& user,
                            const std::string& help) {
    command.add_option_function<std::string>(
        "--user", [&user](const std::string& name) { user = name; }, help + "; needs root");
}

/// Whether we may become that user.
inline Status check_user_option(const std::optional<std::string>& user) {
    const auto known =
        user ? machine::user_to_become(*user) : Result<machine::User>(machine::User{});
    return known ? Status{} : with_context("--user", known.error());
}

}  // namespace benchhost::cli
