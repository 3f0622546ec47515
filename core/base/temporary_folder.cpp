#include "core/base/temporary_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace benchhost {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::make(const std::string& name) {
    std::error_code error;
    const auto parent = fs::temp_directory_path(error);
    if (error) {
        return Error{ErrorCode::usage,
                     fmt::format("TMPDIR names no folder in which a temporary one can be made ({})",
                                 error.message())};
    }
    auto pattern = (parent / (name + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        return system_error(ErrorCode::environment, "cannot make a folder " + pattern, errno);
    }
    return TemporaryFolder(pattern);
}

Status TemporaryFolder::let_others_pass() const {
    std::error_code error;
    fs::permissions(path_, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add,
                    error);
    return !error ? Status{}
                  : system_error(ErrorCode::environment, "cannot open the folder " + path_.string(),
                                 error.value());
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // a leftover in the temporary folder harms nobody
    if (!path_.empty()) {
        fs::remove_all(path_, ignored);
    }
}

}  // namespace benchhost
