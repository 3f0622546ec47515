// Words and placeholders of the option argv: no shell reads them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::command_server {

using Placeholders = std::map<std::string, std::string>;

/// Splits at blanks; '...' and "..." group, a backslash takes the next character as it is (not
/// inside '...'). Throws std::invalid_argument for a quote that is not closed.
std::vector<std::string> split_words(std::string_view text);

/// Replaces every {name}. Braces around anything but a name of lower-case letters and _ stay as
/// they are. Throws std::invalid_argument for a name that is not known, listing those that are.
std::string expand(std::string_view text, const Placeholders& known);

/// The executable that `name` means, by PATH when it has no slash. Throws std::runtime_error when
/// there is none.
std::string find_program(const std::string& name);

}  // namespace benchhost::command_server
