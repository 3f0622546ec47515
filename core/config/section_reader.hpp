// The keys of one section as typed values; whatever is wrong goes to Problems with its line.
#pragma once

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/config/ini.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::config {

/// Borrows the section and the problems, which outlive it. One thread.
class SectionReader {
  public:
    SectionReader(const IniSection& section, Problems& problems)
        : section_(section), problems_(problems) {}

    const IniSection& section() const { return section_; }
    const IniEntry* find(std::string_view key) const { return section_.find(key); }
    Problems& problems() const { return problems_; }

    /// The value of `key` as parse(text) gives it. Absent when the key is not set, or when it is
    /// wrong, which is then told.
    template <class Parse>
    auto get(std::string_view key, Parse parse) const
        -> std::optional<typename decltype(parse(std::string()))::value_type> {
        const auto* entry = find(key);
        if (entry == nullptr) {
            return std::nullopt;
        }
        if (entry->value.empty()) {
            tell(*entry, "has no value");
            return std::nullopt;
        }
        auto parsed = parse(entry->value);
        if (!parsed) {
            tell(*entry, parsed.error().message);
            return std::nullopt;
        }
        return std::move(*parsed);
    }

    /// Like get, into `target`, which keeps its default when nothing comes.
    template <class Value, class Parse>
    void read(std::string_view key, Value& target, Parse parse) const {
        if (auto value = get(key, parse)) {
            target = std::move(*value);
        }
    }

    /// Tells each key that is not in `known`, with the nearest that is.
    void reject_unknown(const std::vector<std::string>& known) const;

    /// "file:line: key: message", and a hint when the value carries a comment.
    void tell(const IniEntry& entry, std::string_view message) const;

    /// Tells that two keys contradict each other, naming both; at the line of `entry`.
    void tell_contradiction(const IniEntry& entry, const IniEntry& other,
                            std::string_view why) const;

  private:
    const IniSection& section_;
    Problems& problems_;
};

/// Parsers for SectionReader::get, with bounds that the error names.
Result<Nanoseconds> duration_between(const std::string& text, Nanoseconds least, Nanoseconds most);
Result<double> rate_between(const std::string& text, double least, double most);
Result<std::uint64_t> bytes_between(const std::string& text, std::uint64_t least,
                                    std::uint64_t most);

/// Bounds in hours read better than thousands of seconds.
std::string format_bound(Nanoseconds duration);

/// [a-z0-9][a-z0-9_.-]*, at most 64 characters: what may be a folder's name and stand in a URL.
Result<std::string> parse_id(const std::string& text);

/// One of `words` (its index), or an error that lists them and names the nearest.
Result<std::size_t> parse_word(const std::string& text, const std::vector<std::string>& words);

/// Trimmed items of a comma separated list; an empty item is an error.
Result<std::vector<std::string>> parse_list(const std::string& text);

/// "; did you mean \"rate\"?" or "".
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace benchhost::config
