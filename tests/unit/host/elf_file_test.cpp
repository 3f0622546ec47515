#include "core/host/elf_file.hpp"

#include "core/base/file.hpp"
#include "core/base/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <link.h>

#include <cstring>
#include <fstream>

namespace benchhost::host {
namespace {

using ::testing::HasSubstr;

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

/// The least that is taken for a library: a header and one segment that is loaded.
struct Library {
    Header header{};
    Segment segment{};

    Library() {
        std::ifstream self("/proc/self/exe", std::ios::binary);
        self.read(reinterpret_cast<char*>(&header), sizeof header);
        header.e_type = ET_DYN;
        header.e_phoff = sizeof header;
        header.e_phnum = 1;
        header.e_shoff = 0;
        header.e_shnum = 0;
        segment.p_type = PT_LOAD;
        segment.p_filesz = sizeof header + sizeof segment;
    }
    std::string bytes() const {
        std::string all(sizeof header + sizeof segment, '\0');
        std::memcpy(all.data(), &header, sizeof header);
        std::memcpy(all.data() + sizeof header, &segment, sizeof segment);
        return all;
    }
};

class ElfFile : public ::testing::Test {
  protected:
    std::string refusal_of(const std::string& bytes) const {
        const auto path = folder_.path() / "plugin.so";
        EXPECT_TRUE(replace_file(path, bytes));
        const auto checked = check_elf_file(path);
        return checked ? "" : checked.error().message;
    }

    TemporaryFolder folder_ = TemporaryFolder::make("benchhost-elf").value();
    Library library_;
};

TEST_F(ElfFile, MayHaveAsLittleAsOneSegment) { EXPECT_EQ(refusal_of(library_.bytes()), ""); }

TEST_F(ElfFile, CutOffAnywhereIsRefused) {
    const auto whole = library_.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_NE(refusal_of(whole.substr(0, size)), "") << size;
    }
}

TEST_F(ElfFile, OfAnotherKindIsRefused) {
    auto other = library_;
    other.header.e_ident[EI_MAG1] = 'x';
    EXPECT_THAT(refusal_of(other.bytes()), HasSubstr("no ELF header"));
    other = library_;
    other.header.e_type = ET_REL;
    EXPECT_THAT(refusal_of(other.bytes()), HasSubstr("not a shared library"));
    other = library_;
    ++other.header.e_machine;
    EXPECT_THAT(refusal_of(other.bytes()), HasSubstr("another kind of machine"));
}

TEST_F(ElfFile, ThatCountsBeyondAllNumbersIsTruncated) {
    auto sections = library_;
    sections.header.e_shoff = UINT64_MAX - 10;
    sections.header.e_shnum = 2;
    sections.header.e_shentsize = 64;
    EXPECT_THAT(refusal_of(sections.bytes()), HasSubstr("truncated"));
    auto segment = library_;
    segment.segment.p_offset = UINT64_MAX - 10;
    segment.segment.p_filesz = 64;
    EXPECT_THAT(refusal_of(segment.bytes()), HasSubstr("truncated"));
    auto table = library_;
    table.header.e_phoff = UINT64_MAX - 10;
    EXPECT_THAT(refusal_of(table.bytes()), HasSubstr("truncated"));
}

TEST_F(ElfFile, ThatIsNoneIsRefused) {
    const auto missing = check_elf_file(folder_.path() / "missing.so");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, "no such file");
    const auto folder = check_elf_file(folder_.path());
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().message, "not a file");
}

}  // namespace
}  // namespace benchhost::host
