// Text that others wrote (names, reasons, logs) made safe to print: the one place where reports
// escape. Everything takes any bytes and returns valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace benchhost::report {

/// One line: line breaks and tabs become spaces; what is invisible, reorders text or is not UTF-8
/// becomes U+FFFD.
std::string one_line(std::string_view text);

/// The same, but line breaks stay ("\n") and tabs stay.
std::string clean_lines(std::string_view text);

/// Columns in a terminal: wide East Asian characters and emoji count two, combining marks none.
std::size_t display_width(std::string_view text);

/// One line of Markdown running text or of a table cell that shows exactly `text`: no markup, no
/// HTML, no table border, no mention, no link.
std::string markdown_escaped(std::string_view text);

/// A code block with a fence that `text` cannot close.
std::string markdown_code_block(std::string_view text, std::string_view language = "");

/// For XML and HTML, between tags and inside double-quoted attributes.
std::string xml_escaped(std::string_view text);

}  // namespace benchhost::report
