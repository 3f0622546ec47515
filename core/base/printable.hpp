// What others wrote, fit to be shown.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace benchhost {

/// A control character (C0, C1), or one that shows nothing or turns the direction of the text
/// around it (Unicode Standard Annex 9, section 2).
bool is_unprintable(char32_t code_point);

/// `text` as valid UTF-8 of which every character shows: a tab becomes a space, every other
/// unprintable character and every broken byte "?".
std::string printable(std::string_view text);
/// `text`, printable, as one line, and cut after `most` characters.
std::string shortened(std::string_view text, std::size_t most);
/// What somebody gave, for a message about it: printable, in quotation marks, and cut after 60
/// characters: its end would say no more.
std::string in_quotes(std::string_view text);
/// Bytes of a line of a message: more than a path may have.
inline constexpr std::size_t kLongestLine = 6000;
/// The same as printable() of each line, of which the middle is left out where it has more than
/// `longest` bytes: what is wrong stands at its end.
std::string printable_lines(std::string_view text,
                            std::size_t longest = std::numeric_limits<std::size_t>::max());

}  // namespace benchhost
