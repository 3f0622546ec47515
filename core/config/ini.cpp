#include "core/config/ini.hpp"

#include "core/base/file.hpp"
#include "core/base/printable.hpp"
#include "core/base/utf8.hpp"

#include <Poco/String.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>
#include <utility>

namespace benchhost::config {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1024} * 1024;
constexpr std::size_t kMostProblems = 20;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool is_key_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

// Finds the sections and keys with their lines, and names what a reader of INI files usually takes
// in silence: the second of two equal keys, a line without ']' or '='.
class Scanner {
  public:
    Scanner(IniFile& ini, Problems& problems) : ini_(ini), problems_(problems) {}

    void scan(const std::string& file_name) {
        std::istringstream lines(ini_.text);
        Location where{file_name, 0};
        for (std::string line; std::getline(lines, line);) {
            ++where.line;
            scan_line(Poco::trimRight(line), where);
        }
    }

  private:
    void scan_line(const std::string& line, const Location& where) {
        const auto start = line.find_first_not_of(" \t");
        if (start == std::string::npos || line[start] == '#' || line[start] == ';') {
            return;
        }
        if (!is_line_of_text(line)) {
            problems_.add(where, "this is not UTF-8 text; is it a binary file?");
        } else if (line[start] == '[') {
            begin_section(line.substr(start), where);
        } else {
            add_key(line, where);
        }
    }

    void begin_section(const std::string& line, const Location& where) {
        const auto close = line.find(']');
        const auto name =
            Poco::trim(line.substr(1, close == std::string::npos ? close : close - 1));
        if (close == std::string::npos) {
            problems_.add(where, fmt::format("{} has no closing ]", in_quotes(line)));
        } else if (close + 1 != line.size()) {
            problems_.add(where, fmt::format("{} has something after the ]; comments stand on "
                                             "lines of their own",
                                             in_quotes(line)));
        } else if (name.empty() || !std::all_of(name.begin(), name.end(), is_key_character)) {
            problems_.add(where, fmt::format("{} is not the name of a section; allowed: letters, "
                                             "digits, \".\", \"_\" and \"-\"",
                                             in_quotes(name)));
        } else if (const auto [before, inserted] = section_lines_.emplace(name, where.line);
                   !inserted) {
            problems_.add(where, fmt::format("section [{}] has already begun on line {}; put its "
                                             "keys together",
                                             shortened(name, 60), before->second));
        }
        // What follows belongs here even when the name is wrong: one mistake, one message.
        ini_.sections.push_back({name, where, {}});
    }

    void add_key(const std::string& line, const Location& where) {
        const auto equals = line.find('=');
        const auto key = Poco::trim(line.substr(0, equals));
        if (equals == std::string::npos) {
            problems_.add(where, fmt::format("{} is neither KEY = VALUE nor [SECTION] nor a "
                                             "comment (# or ;)",
                                             in_quotes(key)));
        } else if (key.empty() || !std::all_of(key.begin(), key.end(), is_key_character)) {
            problems_.add(where, fmt::format("{} before the = is not a key; allowed: letters, "
                                             "digits, \".\", \"_\" and \"-\"",
                                             in_quotes(key)));
        } else if (ini_.sections.empty()) {
            problems_.add(where,
                          fmt::format("{} stands before the first [SECTION]", in_quotes(key)));
        } else if (is_first(key, where)) {
            ini_.sections.back().entries.push_back(
                {key, Poco::trim(line.substr(equals + 1)), where});
        }
    }

    bool is_first(const std::string& key, const Location& where) {
        const auto [before, inserted] =
            key_lines_.emplace(std::pair(ini_.sections.back().name, key), where.line);
        if (!inserted) {
            problems_.add(
                where, fmt::format("{} is already set on line {}", in_quotes(key), before->second));
        }
        return inserted;
    }

    IniFile& ini_;
    Problems& problems_;
    std::map<std::string, std::uint32_t> section_lines_;
    std::map<std::pair<std::string, std::string>, std::uint32_t> key_lines_;  // section, key
};

}  // namespace

bool is_line_of_text(std::string_view text) {
    return std::none_of(text.begin(), text.end(), is_control) && utf8_prefix(text) == text.size();
}

const IniEntry* IniSection::find(std::string_view key) const {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const IniEntry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

IniSection* IniFile::find(std::string_view section) {
    const auto found = std::find_if(sections.begin(), sections.end(),
                                    [&](const IniSection& each) { return each.name == section; });
    return found == sections.end() ? nullptr : &*found;
}

void Problems::add(const Location& where, std::string_view message) {
    problems_.push_back({where, std::string(message)});
}

Error Problems::error() const {
    auto sorted = problems_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& left, const Problem& right) {
        return left.where.line < right.where.line;
    });
    std::string text;
    for (std::size_t i = 0; i < std::min(sorted.size(), kMostProblems); ++i) {
        text += (i == 0 ? "" : "\n") + to_string(sorted[i].where) + ": " + sorted[i].message;
    }
    if (sorted.size() > kMostProblems) {
        text += fmt::format("\nand {} more", sorted.size() - kMostProblems);
    }
    return {ErrorCode::usage, text};
}

Result<IniFile> parse_ini(std::string text, const std::string& file_name) {
    if (text.starts_with(kUtf8Mark)) {
        text.erase(0, kUtf8Mark.size());
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return Error{ErrorCode::usage, file_name + ":1: this is UTF-16; save it as UTF-8"};
    }
    if (const auto zero = text.find('\0'); zero != std::string::npos) {
        const auto line = std::count(text.begin(), text.begin() + static_cast<long>(zero), '\n');
        return Error{ErrorCode::usage, fmt::format("{}:{}: this is a binary file, not an INI file",
                                                   file_name, line + 1)};
    }
    IniFile ini;
    ini.text = std::move(text);
    Problems problems;
    Scanner(ini, problems).scan(file_name);
    if (!problems.empty()) {
        return problems.error();
    }
    return ini;
}

Result<IniFile> read_ini(const std::filesystem::path& path) {
    auto text = read_file(path, kMostBytes);
    if (!text) {
        const bool too_large = text.error().code == ErrorCode::data;
        return Error{ErrorCode::usage,
                     text.error().message + (too_large ? "; is it a config?" : "")};
    }
    return parse_ini(std::move(*text), path.string());
}

}  // namespace benchhost::config
