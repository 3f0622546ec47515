// What a command prints. Standard output is a result like a file: it was written, or the command
// has failed. Standard error is for whoever listens: where nobody does, nobody is told.
#pragma once

#include "core/base/printable.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <picojson.h>

#include <string_view>
#include <utility>

namespace benchhost::cli {

/// A document, as it is, to standard output; finish_output() says whether all of it was written.
void print_document(std::string_view text);
/// With an escape for each character that does not show.
void print_document(const picojson::value& json);

/// Lines for people, without what would do something to a terminal.
template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
    print_document(printable_lines(fmt::format(format, std::forward<Args>(args)...)));
}

/// To standard error, without what would do something to a terminal, and no line longer than
/// kLongestLine.
void tell_text(std::string_view text);

template <class... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
    tell_text(fmt::format(format, std::forward<Args>(args)...));
}

/// `line` in the place of what stands in the last line of the terminal on standard error.
void redraw_line(std::string_view line);

/// What the parser of the command line has to say, which may quote all of it, on the stream where
/// it belongs. The exit code.
int finish_parsing(const CLI::App& app, const CLI::ParseError& error);

/// After the last print(). The exit code: `code`, or kSomethingFailed where that is kDone and not
/// all of the output could be written, which is told, but for a reader that had enough.
int finish_output(int code);

}  // namespace benchhost::cli
