// Whole files, read with a bound and written so that no half of one is ever seen.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace benchhost {

/// The content of a file (or a pipe, to which something has to be written every 10 s). Reads no
/// more than `most` bytes into memory: a larger one is an error of code data, everything else that
/// fails of code environment.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most);

/// Writes whatever `path` names. A file comes whole or not at all: written beside, flushed to the
/// disk, renamed, the folder flushed; what fails is of code environment, leaves an existing file as
/// it was, and nothing beside it. Its mode stays and, as far as we may set them, so do owner and
/// group; a new one follows the umask. A link stays, what it points to is replaced. A device, a
/// FIFO or what stdout is (/dev/stdout) is opened and written, and so is a file in whose folder
/// nothing may be made.
Status replace_file(const std::filesystem::path& path, std::string_view content);

/// Puts a new file in the place of whatever has the name `path`, whole or not at all. A link or a
/// device there is replaced itself: for folders into which others write.
Status put_file(const std::filesystem::path& path, std::string_view content);

/// Takes from `folder` what a process that was killed while it wrote a file left of it: of those
/// files whose name is one of `ours`. Nobody else may be writing there.
void remove_unfinished(const std::filesystem::path& folder,
                       const std::function<bool(const std::string& name)>& ours);

/// Makes the folder `wanted` and its parents, or, where that one is there already, `wanted`-2, -3
/// and so on: of several processes that ask at once each gets its own. What was made.
Result<std::filesystem::path> make_new_folder(const std::filesystem::path& wanted);

}  // namespace benchhost
