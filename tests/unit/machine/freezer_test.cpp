#include "core/machine/freezer.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace benchhost::machine {
namespace {

TEST(SaysFrozen, ReadsBothVersionsOfControlGroups) {
    EXPECT_TRUE(says_frozen("populated 1\nfrozen 1\n"));
    EXPECT_FALSE(says_frozen("populated 1\nfrozen 0\n"));
    EXPECT_TRUE(says_frozen("FROZEN\n"));
    EXPECT_FALSE(says_frozen("THAWED\n"));
    EXPECT_FALSE(says_frozen("FREEZING\n")) << "some still run";
    EXPECT_FALSE(says_frozen("")) << "the top of a hierarchy has no such file";
}

TEST(FreezerOf, NamesAFileWhereThereIsAHierarchy) {
    const auto file = freezer_of(::getpid());
    if (!file) {
        GTEST_SKIP() << "no control groups can be seen here";
    }
    EXPECT_TRUE(file->filename() == "cgroup.events" || file->filename() == "freezer.state")
        << *file;
}

TEST(FreezerOf, NobodyIsNothing) { EXPECT_FALSE(freezer_of(-1)); }

}  // namespace
}  // namespace benchhost::machine
