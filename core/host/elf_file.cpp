#include "core/host/elf_file.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

namespace benchhost::host {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

constexpr unsigned char kOurClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

Error no_elf_plugin(const std::string& reason) { return {ErrorCode::server, reason}; }

// What a loader of this very process expects; its own header is the pattern.
Result<Header> own_header() {
    Header own{};
    std::ifstream self("/proc/self/exe", std::ios::binary);
    if (!self.read(reinterpret_cast<char*>(&own), sizeof own)) {
        return Error{ErrorCode::environment, "cannot read /proc/self/exe"};
    }
    return own;
}

std::string why_no_file(const std::filesystem::path& path, const std::error_code& error) {
    std::error_code ignored;
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored))) {
        return "a symbolic link that leads to no file";
    }
    return error == std::errc::no_such_file_or_directory ? "no such file" : error.message();
}

Status check_header(const Header& header) {
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        return no_elf_plugin("not a shared library (no ELF header)");
    }
    const auto own = own_header();
    if (!own) {
        return own.error();
    }
    if (header.e_ident[EI_CLASS] != kOurClass || header.e_machine != own->e_machine) {
        return no_elf_plugin(
            fmt::format("a library for another kind of machine (ELF machine {}, this is "
                        "{})",
                        header.e_machine, own->e_machine));
    }
    if (header.e_type != ET_DYN) {
        return no_elf_plugin("an ELF file, but not a shared library");
    }
    return {};
}

// A file may say whatever it likes.
std::uint64_t end_of(std::uint64_t begin, std::uint64_t bytes) {
    return begin + std::min(bytes, UINT64_MAX - begin);
}

}  // namespace

Status check_elf_file(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        return no_elf_plugin(error ? why_no_file(path, error) : "not a file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return no_elf_plugin(fmt::format("cannot be read: {}", std::strerror(errno)));
    }
    const std::uint64_t size = std::filesystem::file_size(path, error);
    Header header{};
    if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) {
        return no_elf_plugin(fmt::format("not a shared library ({} bytes are no ELF file)", size));
    }
    if (auto checked = check_header(header); !checked) {
        return checked;
    }
    // The section headers stand at the very end and a cut file has lost them; a stripped one has
    // none.
    std::uint64_t needed =
        end_of(header.e_shoff, std::uint64_t{header.e_shnum} * std::uint64_t{header.e_shentsize});
    file.seekg(static_cast<std::streamoff>(header.e_phoff));
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Segment segment{};
        if (!file.read(reinterpret_cast<char*>(&segment), sizeof segment)) {
            return no_elf_plugin("truncated: its segment table is beyond its end");
        }
        if (segment.p_type == PT_LOAD) {
            needed = std::max(needed, end_of(segment.p_offset, segment.p_filesz));
        }
    }
    if (needed > size) {
        return no_elf_plugin(fmt::format("truncated: {} bytes of at least {}", size, needed));
    }
    return {};
}

}  // namespace benchhost::host
