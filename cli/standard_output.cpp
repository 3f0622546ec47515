#include "cli/standard_output.hpp"

#include "cli/exit_code.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

namespace benchhost::cli {

void tell(std::string_view line) {
    const std::string text = fmt::format("benchhost: {}\n", line);
    (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

int finish_output(int code) {
    errno = 0;
    std::cout.flush();
    const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
    if (written) {
        return code;
    }
    if (errno != EPIPE) {
        tell(fmt::format("not all of the output was written: {}",
                         errno == 0 ? "an earlier write failed" : std::strerror(errno)));
    }
    return code == kDone ? kSomethingFailed : code;
}

}  // namespace benchhost::cli
