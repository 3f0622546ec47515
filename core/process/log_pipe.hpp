// Where a server's stdout and stderr go: read as it comes, kept only at its end.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/process/log_tail.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::process {

/// The reading end of the pipe and the tail of what came through. One thread: the supervisor's.
class LogPipe {
  public:
    /// Opens the pipe; the end to write to is for the server child. `echo`: also to our stderr.
    Result<UniqueFd> open(bool echo);

    /// For poll(): -1 when nobody can write any more.
    int fd() const { return reader_.get(); }

    /// Takes what is there, but not more than about 1 MiB at once: a server that never stops
    /// printing must not keep the supervisor from its other duties.
    void drain();

    std::uint64_t total_bytes() const { return tail_.total_bytes(); }
    std::vector<std::string> lines() const { return tail_.lines(); }

    /// What is kept, with a first line about what is not.
    Status write_to(const std::filesystem::path& path) const;

  private:
    UniqueFd reader_;
    LogTail tail_;
    bool echo_ = false;
};

}  // namespace benchhost::process
