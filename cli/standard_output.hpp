// What a command has printed is a result like a file: it was written, or the command has failed.
#pragma once

#include <string_view>

namespace benchhost::cli {

/// `line` to stderr, with the name of the program before it. Where nobody listens nobody is told.
void tell(std::string_view line);

/// Flushes standard output. The exit code: `code`, or kSomethingFailed where that is kDone and not
/// all of the output could be written, which is told, but for a reader that had enough.
int finish_output(int code);

}  // namespace benchhost::cli
