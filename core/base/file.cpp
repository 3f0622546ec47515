#include "core/base/file.hpp"

#include "core/base/printable.hpp"
#include "core/base/unique_fd.hpp"
#include "core/base/units.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>

namespace benchhost {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = std::size_t{64} * 1024;
constexpr Nanoseconds kUntilWritten = std::chrono::seconds(10);

Error failed(std::string_view what, const fs::path& path, int error_number) {
    return system_error(ErrorCode::environment,
                        fmt::format("cannot {} {}", what, printable(path.string())), error_number);
}

// Some file systems can flush nothing, and need not; a pipe or a terminal has nothing to flush.
bool flushed(int descriptor) {
    constexpr std::array kCannotFlush{EINVAL, ENOTSUP, ENOSYS, EROFS, EBADF};
    return ::fsync(descriptor) == 0 ||
           std::find(kCannotFlush.begin(), kCannotFlush.end(), errno) != kCannotFlush.end();
}

Status write_all(int descriptor, std::string_view content, const fs::path& path) {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            return failed("write", path, errno);
        }
        content.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return flushed(descriptor) ? Status{} : failed("flush", path, errno);
}

// What is in a folder may be written by one who may not read the folder, and so cannot flush it.
Status flush_folder(const fs::path& folder) {
    const UniqueFd descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.is_open() && !flushed(descriptor.get())) {
        return failed("flush", folder, errno);
    }
    return {};
}

Status write_in_place(const fs::path& path, std::string_view content) {
    const UniqueFd descriptor(::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC));
    return descriptor.is_open() ? write_all(descriptor.get(), content, path)
                                : failed("write", path, errno);
}

// Something, or the end.
bool is_readable(int descriptor) {
    pollfd input{descriptor, POLLIN, 0};
    const auto patience =
        std::chrono::duration_cast<std::chrono::milliseconds>(kUntilWritten).count();
    return ::poll(&input, 1, static_cast<int>(patience)) != 0;
}

bool is_stdout(const struct stat& status) {
    struct stat ours {};
    return ::fstat(STDOUT_FILENO, &ours) == 0 && ours.st_dev == status.st_dev &&
           ours.st_ino == status.st_ino;
}

// Where a chain of links ends, also when nothing is there yet. Links of /proc do not lead to a name
// but to what a process has open: the chain ends before them.
fs::path behind_links(fs::path path) {
    constexpr int kMostLinks = 40;  // as the kernel
    for (int links = 0; links < kMostLinks; ++links) {
        std::error_code error;
        const auto next = fs::read_symlink(path, error);
        if (error || path.string().starts_with("/proc/")) {
            break;
        }
        path = next.is_absolute() ? next : path.parent_path() / next;
    }
    return path;
}

// A file that is taken away again unless it was renamed to its place.
class TemporaryFile {
  public:
    TemporaryFile(const fs::path& beside, mode_t mode) {
        constexpr int kAttempts = 100;
        std::random_device random;
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            path_ = fmt::format("{}.{:08x}", beside.string(), random());
            // Not mkostemp, which knows neither the umask nor the folder's default ACL.
            descriptor_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
            error_ = descriptor_.is_open() ? 0 : errno;
            if (error_ != EEXIST) {
                return;
            }
        }
    }
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
    int error() const { return error_; }  // errno of the opening
    bool rename_to(const fs::path& target) {
        renamed_ = ::rename(path_.c_str(), target.c_str()) == 0;
        return renamed_;
    }

  private:
    std::string path_;
    UniqueFd descriptor_;
    int error_ = 0;
    bool renamed_ = false;
};

// Niceties, which not every file system has: what cannot be set is left. Where the group does not
// stay, its rights do not go to another one.
void take_after(int descriptor, const struct stat& before) {
    mode_t mode = before.st_mode & 0777U;
    struct stat now {};
    if (::fstat(descriptor, &now) == 0 && now.st_uid != before.st_uid) {
        (void)!::fchown(descriptor, before.st_uid, static_cast<gid_t>(-1));
    }
    if (now.st_gid != before.st_gid &&
        ::fchown(descriptor, static_cast<uid_t>(-1), before.st_gid) != 0) {
        mode &= ~static_cast<mode_t>(S_IRWXG);
    }
    (void)::fchmod(descriptor, mode);
}

// The folder takes no new file, or the name is a mount of its own (a single file that a container
// was given): what is there can only be written as it stands.
bool must_stay(int error_number) {
    constexpr std::array kMustStay{EACCES, EPERM, EROFS, EBUSY, EXDEV};
    return std::find(kMustStay.begin(), kMustStay.end(), error_number) != kMustStay.end();
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::uint64_t most) {
    // A FIFO that nobody has opened for writing is opened at once.
    const UniqueFd descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!descriptor.is_open()) {
        return failed("open", path, errno);
    }
    const auto too_large = [&] {
        return Error{ErrorCode::data, fmt::format("{} is larger than {}, the most that is read",
                                                  printable(path.string()), format_bytes(most))};
    };
    struct stat status {};
    const bool known = ::fstat(descriptor.get(), &status) == 0;
    if (known && S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) > most) {
        return too_large();
    }
    const bool may_wait = known && !S_ISREG(status.st_mode);
    std::string content;
    if (known && !may_wait) {
        content.reserve(static_cast<std::size_t>(status.st_size) + kBlock);
    }
    while (true) {
        if (may_wait && !is_readable(descriptor.get())) {
            return Error{ErrorCode::environment,
                         fmt::format("cannot read {}: nothing was written to it for {}",
                                     printable(path.string()), format_duration(kUntilWritten))};
        }
        const auto before = content.size();
        content.resize(before + kBlock);
        const auto got = ::read(descriptor.get(), content.data() + before, kBlock);
        content.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && errno != EINTR && errno != EAGAIN) {
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

Status replace_file(const fs::path& path, std::string_view content) {
    struct stat before {};
    const bool exists = ::stat(path.c_str(), &before) == 0;
    if (!exists && errno != ENOENT) {
        return failed("write", path, errno);
    }
    if (exists && is_stdout(before)) {
        std::fflush(stdout);
        return write_all(STDOUT_FILENO, content, path);
    }
    if (exists && S_ISDIR(before.st_mode)) {
        return failed("write", path, EISDIR);
    }
    const auto target = behind_links(path);
    std::error_code ignored;
    if (exists && (!S_ISREG(before.st_mode) || fs::is_symlink(target, ignored))) {
        return write_in_place(path, content);
    }
    constexpr mode_t kNew = 0666;       // the umask takes its part
    constexpr mode_t kReplaced = 0600;  // until it is known who may read it
    TemporaryFile file(target, exists ? kReplaced : kNew);
    if (file.error() != 0) {
        return exists && must_stay(file.error()) ? write_in_place(path, content)
                                                 : failed("write", path, file.error());
    }
    if (auto written = write_all(file.descriptor(), content, path); !written) {
        return written;
    }
    if (exists) {
        take_after(file.descriptor(), before);
    }
    if (!file.rename_to(target)) {
        return exists && must_stay(errno) ? write_in_place(path, content)
                                          : failed("write", path, errno);
    }
    return flush_folder(target.has_parent_path() ? target.parent_path() : fs::path("."));
}

Status put_file(const fs::path& path, std::string_view content) {
    constexpr mode_t kNew = 0666;  // the umask takes its part
    TemporaryFile file(path, kNew);
    if (file.error() != 0) {
        return failed("write", path, file.error());
    }
    if (auto written = write_all(file.descriptor(), content, path); !written) {
        return written;
    }
    return file.rename_to(path) ? flush_folder(path.parent_path()) : failed("write", path, errno);
}

void remove_unfinished(const fs::path& folder,
                       const std::function<bool(const std::string& name)>& ours) {
    constexpr std::string_view kExample = ".1a2b3c4d";  // as TemporaryFile names it
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const auto name = entry->path().filename().string();
        const auto end = name.size() - std::min(name.size(), kExample.size());
        if (end > 0 && name[end] == kExample.front() &&
            name.find_first_not_of("0123456789abcdef", end + 1) == std::string::npos &&
            ours(name.substr(0, end))) {
            ::unlink(entry->path().c_str());
        }
    }
}

Result<fs::path> make_new_folder(const fs::path& wanted) {
    std::error_code error;
    if (wanted.has_parent_path()) {
        fs::create_directories(wanted.parent_path(), error);
        if (error) {
            return failed("make", wanted.parent_path(), error.value());
        }
    }
    fs::path path = wanted;
    // mkdir decides: to look first would let two of the same second believe that it is theirs.
    for (unsigned number = 2; ::mkdir(path.c_str(), 0777) != 0; ++number) {
        if (errno != EEXIST) {
            return failed("make", path, errno);
        }
        path = fmt::format("{}-{}", wanted.string(), number);
    }
    return path;
}

}  // namespace benchhost
