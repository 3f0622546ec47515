#include "cli/standard_output.hpp"

#include "cli/exit_code.hpp"
#include "core/base/json_writer.hpp"
#include "core/base/printable.hpp"

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>
#include <string>

namespace benchhost::cli {
namespace {

bool reader_is_gone() {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

void write_error(const std::string& text) {
    (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

// What fails is remembered by the stream.
void print_document(std::string_view text) {
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_document(const picojson::value& json) {
    print_document(visible_json(json.serialize(true)) + "\n");
}

void tell_text(std::string_view text) { write_error(printable_lines(text, kLongestLine)); }

void redraw_line(std::string_view line) { write_error("\r\033[K" + printable(line)); }

int finish_parsing(const CLI::App& app, const CLI::ParseError& error) {
    std::ostringstream asked_for;
    std::ostringstream wrong;
    const int code = app.exit(error, asked_for, wrong) == 0 ? kDone : kUsage;
    print_document(asked_for.str());
    tell_text(wrong.str());
    return code;
}

int finish_output(int code) {
    const bool flushed = std::fflush(stdout) == 0;
    if (flushed && std::ferror(stdout) == 0) {
        return code;
    }
    if (!reader_is_gone()) {
        tell("benchhost: not all of the output could be written to standard output\n");
    }
    return code == kDone ? kSomethingFailed : code;
}

}  // namespace benchhost::cli
