#include "core/base/file.hpp"

#include "core/base/unique_fd.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {
bool modes_can_be_set = true;
}  // namespace

// In front of the C library's, so that a file system without modes can be played.
extern "C" int fchmod(int descriptor, mode_t mode) noexcept {
    if (modes_can_be_set) {
        return static_cast<int>(::syscall(SYS_fchmod, descriptor, mode));
    }
    errno = EPERM;
    return -1;
}

namespace benchhost::base {
namespace {

using testing::HasSubstr;

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode;
}

class Umask {
  public:
    explicit Umask(mode_t mask) : before_(::umask(mask)) {}
    ~Umask() { ::umask(before_); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;

  private:
    mode_t before_;
};

// A folder that is gone after the test.
class FileTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "benchhost-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder_), {}));
    }

    std::filesystem::path folder_;
};

TEST_F(FileTest, comes_back_as_written) {
    const Umask mask(022);
    const auto path = folder_ / "x.json";
    const std::string content("a\0b\n\xff", 5);
    ASSERT_TRUE(replace_file(path, content));
    const auto read = read_file(path, 5);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, content);
    EXPECT_EQ(files(), 1U) << "something was left beside";
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST_F(FileTest, is_replaced_whole) {
    const auto path = folder_ / "x.json";
    ASSERT_TRUE(replace_file(path, std::string(1'000'000, 'a')));
    ASSERT_TRUE(replace_file(path, "short"));
    EXPECT_EQ(*read_file(path, 100), "short");
    ASSERT_TRUE(replace_file(path, ""));
    EXPECT_EQ(*read_file(path, 0), "");
}

TEST_F(FileTest, that_is_missing_is_named) {
    const auto read = read_file(folder_ / "absent", 10);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::environment);
    EXPECT_THAT(read.error().message, HasSubstr("absent: No such file"));
}

TEST_F(FileTest, that_is_a_folder_is_said_so) {
    const auto read = read_file(folder_, 10);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("Is a directory"));
    const auto written = replace_file(folder_, "x");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message, HasSubstr("cannot write"));
}

TEST_F(FileTest, that_is_too_large_is_not_read_into_memory) {
    const auto read = read_file("/dev/zero", 1'000'000);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::data);
    EXPECT_THAT(read.error().message, HasSubstr("larger than 1000000B"));
}

TEST_F(FileTest, in_a_missing_folder_cannot_be_written) {
    const auto written = replace_file(folder_ / "no" / "x.json", "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::environment);
    EXPECT_THAT(written.error().message, HasSubstr("No such file"));
}

TEST_F(FileTest, that_is_new_follows_the_umask) {
    const Umask mask(027);
    const auto path = folder_ / "x.md";
    ASSERT_TRUE(replace_file(path, "x"));
    EXPECT_EQ(mode_of(path) & 0777U, 0640U);
}

TEST_F(FileTest, that_is_replaced_keeps_its_mode) {
    const auto path = folder_ / "x.md";
    ASSERT_TRUE(replace_file(path, "old"));
    for (const mode_t mode : {0600U, 0664U, 0755U}) {
        ASSERT_EQ(::chmod(path.c_str(), mode), 0);
        ASSERT_TRUE(replace_file(path, "new"));
        EXPECT_EQ(mode_of(path) & 0777U, mode);
    }
}

TEST_F(FileTest, that_is_replaced_keeps_its_owner) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can give a file to somebody else";
    }
    const auto path = folder_ / "x.md";
    ASSERT_TRUE(replace_file(path, "old"));
    ASSERT_EQ(::chown(path.c_str(), 12'345, 54'321), 0);
    ASSERT_TRUE(replace_file(path, "new"));
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 12'345U);
    EXPECT_EQ(status.st_gid, 54'321U);
    EXPECT_EQ(*read_file(path, 10), "new");
}

TEST_F(FileTest, behind_links_is_replaced_and_the_links_stay) {
    std::filesystem::create_directory(folder_ / "shared");
    const auto real = folder_ / "shared" / "README.md";
    ASSERT_TRUE(replace_file(real, "old"));
    std::filesystem::create_symlink("shared/README.md", folder_ / "near");
    std::filesystem::create_symlink(folder_ / "near", folder_ / "far");
    ASSERT_TRUE(replace_file(folder_ / "far", "new"));
    EXPECT_EQ(*read_file(real, 10), "new");
    EXPECT_TRUE(S_ISLNK(mode_of(folder_ / "far")));
    EXPECT_TRUE(S_ISLNK(mode_of(folder_ / "near")));
}

TEST_F(FileTest, that_a_link_names_in_vain_is_made) {
    std::filesystem::create_symlink("later.md", folder_ / "link");
    ASSERT_TRUE(replace_file(folder_ / "link", "new"));
    EXPECT_TRUE(S_ISLNK(mode_of(folder_ / "link")));
    EXPECT_EQ(*read_file(folder_ / "later.md", 10), "new");
}

TEST_F(FileTest, at_the_end_of_a_ring_of_links_is_refused) {
    std::filesystem::create_symlink("b", folder_ / "a");
    std::filesystem::create_symlink("a", folder_ / "b");
    const auto written = replace_file(folder_ / "a", "x");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message, HasSubstr("symbolic links"));
    EXPECT_EQ(files(), 2U);
}

TEST_F(FileTest, that_is_a_device_is_written_and_stays) {
    const auto path = folder_ / "null";
    if (::mknod(path.c_str(), S_IFCHR | 0666, ::makedev(1, 3)) != 0) {
        std::filesystem::create_symlink("/dev/null", path);  // a link, for want of the privilege
    }
    ASSERT_TRUE(replace_file(path, "gone"));
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST_F(FileTest, that_is_a_fifo_is_written_and_stays) {
    const auto path = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    ASSERT_TRUE(reader.is_open());
    ASSERT_TRUE(replace_file(path, "through"));
    std::array<char, 16> got{};
    ASSERT_EQ(::read(reader.get(), got.data(), got.size()), 7);
    EXPECT_STREQ(got.data(), "through");
    EXPECT_TRUE(S_ISFIFO(mode_of(path)));
}

TEST_F(FileTest, that_a_descriptor_names_is_written_into) {
    const auto path = folder_ / "log";
    ASSERT_TRUE(replace_file(path, "old and longer"));
    const UniqueFd opened(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(opened.is_open());
    const auto before = std::filesystem::hard_link_count(path);
    ASSERT_TRUE(replace_file("/proc/self/fd/" + std::to_string(opened.get()), "new"));
    EXPECT_EQ(*read_file(path, 100), "new");
    std::array<char, 16> got{};
    EXPECT_EQ(::pread(opened.get(), got.data(), got.size(), 0), 3) << "another file took its place";
    EXPECT_EQ(std::filesystem::hard_link_count(path), before);
}

// Where the folder takes nothing new but the file itself may be written, as a file that a container
// was given. Root is refused nothing, so a child that is nobody tries.
TEST_F(FileTest, in_a_folder_that_takes_no_other_is_written_as_it_stands) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can become another user";
    }
    const auto path = folder_ / "x.md";
    ASSERT_TRUE(replace_file(path, "old and longer"));
    ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        constexpr uid_t kNobody = 65'534;
        const bool became = ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0;
        ::_exit(became && replace_file(path, "new") ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(*read_file(path, 100), "new");
    EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, whose_mode_cannot_be_set_is_written_all_the_same) {
    modes_can_be_set = false;
    const auto made = replace_file(folder_ / "x.md", "old");
    const auto replaced = replace_file(folder_ / "x.md", "new");
    modes_can_be_set = true;
    EXPECT_TRUE(made) << made.error().message;
    EXPECT_TRUE(replaced) << replaced.error().message;
    EXPECT_EQ(*read_file(folder_ / "x.md", 10), "new");
    EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, folders_of_one_name_are_told_apart_by_number) {
    const auto wanted = folder_ / "results" / "x-20260101-000000";
    const auto first = make_new_folder(wanted);
    const auto second = make_new_folder(wanted);
    const auto third = make_new_folder(wanted);
    ASSERT_TRUE(first && second && third);
    EXPECT_EQ(*first, wanted);
    EXPECT_EQ(*second, wanted.string() + "-2");
    EXPECT_EQ(*third, wanted.string() + "-3");
    ASSERT_TRUE(replace_file(folder_ / "file", ""));
    const auto below = make_new_folder(folder_ / "file" / "x");
    ASSERT_FALSE(below);
    EXPECT_THAT(below.error().message, HasSubstr("cannot make"));
}

// A full disk, as the kernel tells it: a limit on the file size instead of a disk of our own.
TEST_F(FileTest, that_does_not_fit_leaves_the_old_one_and_nothing_beside) {
    const auto path = folder_ / "x.json";
    ASSERT_TRUE(replace_file(path, "old"));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = replace_file(path, std::string(100'000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::environment);
    EXPECT_THAT(written.error().message, HasSubstr("File too large"));
    EXPECT_EQ(*read_file(path, 100), "old");
    EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, AFileIsPutInThePlaceOfALinkAndNotBehindIt) {
    const auto outside = folder_ / "outside";
    ASSERT_TRUE(replace_file(outside, "ours"));
    const auto path = folder_ / "server.log";
    std::filesystem::create_symlink(outside, path);
    ASSERT_TRUE(put_file(path, "log"));
    EXPECT_FALSE(std::filesystem::is_symlink(path));
    EXPECT_EQ(read_file(path, 100).value(), "log");
    EXPECT_EQ(read_file(outside, 100).value(), "ours");
}

TEST_F(FileTest, AFifoIsReadWhenSomebodyWritesToIt) {
    const auto path = folder_ / "fifo";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const pid_t writer = ::fork();
    if (writer == 0) {
        std::ofstream file(path);
        file << "written";
        file.close();
        ::_exit(0);
    }
    EXPECT_EQ(read_file(path, 100).value(), "written");
    ::waitpid(writer, nullptr, 0);
}

}  // namespace
}  // namespace benchhost::base
