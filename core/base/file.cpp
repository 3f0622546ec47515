#include "core/base/file.hpp"

#include "core/base/unique_fd.hpp"
#include "core/base/units.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace benchhost {
namespace {

constexpr std::size_t kBlock = std::size_t{64} * 1024;

Error failed(std::string_view what, const std::filesystem::path& path, int error_number) {
    return system_error(ErrorCode::environment, fmt::format("cannot {} {}", what, path.string()),
                        error_number);
}

Status write_all(int descriptor, std::string_view content, const std::filesystem::path& path) {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            return failed("write", path, errno);
        }
        content.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    if (::fsync(descriptor) != 0) {
        return failed("flush", path, errno);
    }
    return {};
}

Status flush_folder(const std::filesystem::path& folder) {
    const UniqueFd descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // EINVAL: some file systems cannot flush a folder, and need not.
    if (!descriptor.is_open() || (::fsync(descriptor.get()) != 0 && errno != EINVAL)) {
        return failed("flush", folder, errno);
    }
    return {};
}

// A file that is taken away again unless it was renamed to its place.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::filesystem::path& beside)
        : path_(beside.string() + ".XXXXXX"), descriptor_(::mkostemp(path_.data(), O_CLOEXEC)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    TemporaryFile(TemporaryFile&&) = delete;
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile() {
        if (descriptor_.is_open() && !renamed_) {
            ::unlink(path_.c_str());
        }
    }

    int descriptor() const { return descriptor_.get(); }
    bool is_open() const { return descriptor_.is_open(); }
    bool rename_to(const std::filesystem::path& target) {
        renamed_ = ::rename(path_.c_str(), target.c_str()) == 0;
        return renamed_;
    }

  private:
    std::string path_;
    UniqueFd descriptor_;
    bool renamed_ = false;
};

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most) {
    const UniqueFd descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.is_open()) {
        return failed("open", path, errno);
    }
    const auto too_large = [&] {
        return Error{ErrorCode::data, fmt::format("{} is larger than {}, the most that is read",
                                                  path.string(), format_bytes(most))};
    };
    struct stat status {};
    if (::fstat(descriptor.get(), &status) == 0 && S_ISREG(status.st_mode) &&
        static_cast<std::uint64_t>(status.st_size) > most) {
        return too_large();
    }
    std::string content;
    while (true) {
        const auto before = content.size();
        content.resize(before + kBlock);
        const auto got = ::read(descriptor.get(), content.data() + before, kBlock);
        content.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && errno != EINTR) {
            return failed("read", path, errno);
        }
        if (content.size() > most) {
            return too_large();
        }
        if (got == 0) {
            return content;
        }
    }
}

Status replace_file(const std::filesystem::path& path, std::string_view content) {
    TemporaryFile file(path);
    if (!file.is_open()) {
        return failed("write", path, errno);
    }
    if (const auto written = write_all(file.descriptor(), content, path); !written) {
        return written;
    }
    constexpr mode_t kReadableByAll = 0644;  // mkostemp made it 0600
    if (::fchmod(file.descriptor(), kReadableByAll) != 0) {
        return failed("write", path, errno);
    }
    if (!file.rename_to(path)) {
        return failed("write", path, errno);
    }
    return flush_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

}  // namespace benchhost
