#include "core/base/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace benchhost::base {
namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

int open_something() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

TEST(UniqueFd, closes_when_it_ends) {
    const int raw = open_something();
    {
        const UniqueFd descriptor(raw);
        EXPECT_TRUE(descriptor.is_open());
        EXPECT_TRUE(is_open(raw));
    }
    EXPECT_FALSE(is_open(raw));
}

TEST(UniqueFd, moves_ownership) {
    const int raw = open_something();
    UniqueFd first(raw);
    UniqueFd second(std::move(first));
    EXPECT_EQ(second.get(), raw);
    const int other = open_something();
    UniqueFd third(other);
    third = std::move(second);
    EXPECT_FALSE(is_open(other));
    EXPECT_EQ(third.get(), raw);
    EXPECT_TRUE(is_open(raw));
}

TEST(UniqueFd, releases_without_closing) {
    UniqueFd descriptor(open_something());
    const int raw = descriptor.release();
    EXPECT_FALSE(descriptor.is_open());
    EXPECT_TRUE(is_open(raw));
    ::close(raw);
}

TEST(UniqueFd, is_none_by_default) {
    UniqueFd none;
    EXPECT_FALSE(none.is_open());
    none.reset();
    EXPECT_EQ(none.get(), -1);
}

}  // namespace
}  // namespace benchhost::base
