#include "core/machine/proc_file.hpp"

#include "core/base/unique_fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>

namespace benchhost::machine {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

std::optional<std::uint64_t> leading_number(std::string_view text) {
    const auto digit = text.find_first_of("0123456789");
    if (digit == std::string_view::npos) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data() + digit, text.data() + text.size(), number);
    return parsed.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<std::string> read_proc(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return std::nullopt;
    }
    std::string content;
    std::array<char, 4096> block{};
    for (;;) {
        const ssize_t got = ::read(file.get(), block.data(), block.size());
        if (got == 0) {
            return content;
        }
        if (got < 0 && errno != EINTR) {
            return std::nullopt;  // ESRCH: the process ended while it was being read
        }
        if (got > 0) {
            content.append(block.data(), static_cast<std::size_t>(got));
        }
    }
}

std::optional<std::string> read_proc_line(const std::string& path) {
    auto text = read_proc(path);
    if (!text) {
        return std::nullopt;
    }
    text->resize(std::min(text->find('\n'), text->size()));
    return text->empty() ? std::nullopt : text;
}

int write_proc(const std::string& path, const std::string& value) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return errno;
    }
    return ::write(file.get(), value.data(), value.size()) >= 0 ? 0 : errno;
}

std::optional<std::uint64_t> status_number(std::string_view status, std::string_view name) {
    std::size_t begin = 0;
    while (begin < status.size()) {
        const auto end = std::min(status.find('\n', begin), status.size());
        const auto line = status.substr(begin, end - begin);
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
            return leading_number(line.substr(name.size() + 1));
        }
        begin = end + 1;
    }
    return std::nullopt;
}

std::vector<pid_t> numbered_entries(const std::string& directory) {
    std::vector<pid_t> numbers;
    const std::unique_ptr<DIR, CloseDirectory> opened(::opendir(directory.c_str()));
    if (opened == nullptr) {
        return numbers;
    }
    while (const dirent* entry = ::readdir(opened.get())) {
        const std::string_view name(entry->d_name);
        pid_t number = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
        if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size()) {
            numbers.push_back(number);
        }
    }
    return numbers;
}

std::optional<ProcStat> read_stat(pid_t pid) {
    const auto text = read_proc(fmt::format("/proc/{}/stat", pid));
    // The name stands in parentheses and may itself hold blanks and parentheses.
    const auto name_end = text ? text->rfind(')') : std::string::npos;
    if (name_end == std::string::npos) {
        return std::nullopt;
    }
    ProcStat stat;
    unsigned long user = 0;
    unsigned long system = 0;
    long children_user = 0;
    long children_system = 0;
    long threads = 0;
    const int fields = std::sscanf(  // NOLINT(cert-err34-c): the kernel writes these numbers
        text->c_str() + name_end + 1,
        " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %ld", &stat.state,
        &stat.parent, &stat.group, &stat.session, &user, &system, &children_user, &children_system,
        &threads);
    if (fields != 9) {
        return std::nullopt;
    }
    stat.user = user;
    stat.system = system;
    stat.children_user = static_cast<std::uint64_t>(children_user);
    stat.children_system = static_cast<std::uint64_t>(children_system);
    stat.threads = static_cast<std::uint64_t>(threads);
    return stat;
}

bool is_runnable(pid_t id) {
    const auto stat = read_stat(id);
    return stat && stat->state == 'R';
}

}  // namespace benchhost::machine
