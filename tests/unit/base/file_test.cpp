#include "core/base/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace benchhost {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace benchhost
