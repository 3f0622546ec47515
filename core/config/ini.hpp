// An INI file with the line of every section and key, and nothing let through that is not INI.
#pragma once

#include "core/base/result.hpp"
#include "core/config/config.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::config {

struct IniEntry {
    std::string key;
    std::string value;  ///< trimmed, otherwise as it stands: "${x}" is not expanded
    Location where;
};

struct IniSection {
    std::string name;
    Location where;
    std::vector<IniEntry> entries;  ///< in the order of the file
    const IniEntry* find(std::string_view key) const;
};

struct IniFile {
    std::string text;  ///< as read, without a byte order mark
    std::vector<IniSection> sections;
    IniSection* find(std::string_view section);
};

/// UTF-8 without control characters but for tabs: what a line may hold.
bool is_line_of_text(std::string_view text);

/// "file:line: message" of everything that is wrong, so that one run tells all of it.
class Problems {
  public:
    void add(const Location& where, std::string_view message);
    bool empty() const { return problems_.empty(); }
    /// Of code usage, a line each in the order of the lines, the first 20. Not when empty().
    Error error() const;

  private:
    struct Problem {
        Location where;
        std::string message;
    };
    std::vector<Problem> problems_;
};

/// Comments are lines that begin with '#' or ';'. Lines end with LF or CRLF. The errors are of code
/// usage and begin with file:line.
Result<IniFile> parse_ini(std::string text, const std::string& file_name);

/// At most 1 MiB.
Result<IniFile> read_ini(const std::filesystem::path& path);

}  // namespace benchhost::config
