// What others wrote, fit to be shown.
#pragma once

#include <string>
#include <string_view>

namespace benchhost {

/// `text` as valid UTF-8 without control characters: a tab becomes a space, every other control
/// or broken byte "?".
std::string printable(std::string_view text);
/// The same of each line.
std::string printable_lines(std::string_view text);

}  // namespace benchhost
