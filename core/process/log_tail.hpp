// The last lines of what a server printed, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::process {

/// Keeps the end of a byte stream of any length. One thread.
class LogTail {
  public:
    explicit LogTail(std::size_t capacity = std::size_t{64} * 1024) : capacity_(capacity) {}

    void append(std::string_view bytes);

    std::uint64_t total_bytes() const { return total_; }

    /// Everything that is kept, as it came.
    std::string_view bytes() const;

    /// The last lines, oldest first, each made printable and cut at `line_length` bytes.
    std::vector<std::string> lines(std::size_t most = 100, std::size_t line_length = 400) const;

  private:
    std::size_t capacity_;
    std::string kept_;  // up to twice the capacity, so that cutting costs little per byte
    std::uint64_t total_ = 0;
};

}  // namespace benchhost::process
