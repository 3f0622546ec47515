#include "core/process/log_pipe.hpp"

#include "core/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace benchhost::process {
namespace {

constexpr int kBlocksAtOnce = 16;
constexpr std::size_t kBlockSize = std::size_t{64} * 1024;  // as much as a pipe holds

}  // namespace

Result<UniqueFd> LogPipe::open(bool echo) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return system_error(ErrorCode::environment, "cannot make a pipe for the log", errno);
    }
    reader_.reset(ends[0]);
    ::fcntl(reader_.get(), F_SETFL, O_NONBLOCK);
    echo_ = echo;
    return UniqueFd(ends[1]);
}

void LogPipe::drain() {
    std::vector<char> block(kBlockSize);
    for (int i = 0; i < kBlocksAtOnce && reader_.is_open(); ++i) {
        const ssize_t got = ::read(reader_.get(), block.data(), block.size());
        if (got > 0) {
            tail_.append({block.data(), static_cast<std::size_t>(got)});
            if (echo_) {
                std::fwrite(block.data(), 1, static_cast<std::size_t>(got), stderr);
            }
        } else if (got == 0) {
            reader_.reset();
        } else if (errno != EINTR) {
            return;
        }
    }
}

Status LogPipe::write_to(const std::filesystem::path& path) const {
    const auto kept = tail_.bytes();
    const auto left_out = tail_.total_bytes() - kept.size();
    return put_file(path, left_out > 0
                              ? fmt::format("[the first {} bytes are left out]\n{}", left_out, kept)
                              : std::string(kept));
}

}  // namespace benchhost::process
