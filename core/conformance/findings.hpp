// What a conformance check found: a line each, for people and for programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::conformance {

/// fail: a run with this server would fail, be unfair or disturb others. warn: it can be measured,
/// but falls short of what HTTP or this ABI asks for; a reader of the table may want to know.
enum class Grade { pass, warn, fail };
const char* to_string(Grade grade);

struct Finding {
    Grade grade = Grade::pass;
    std::string why;
};

inline Finding pass(std::string why) { return {Grade::pass, std::move(why)}; }
inline Finding warn(std::string why) { return {Grade::warn, std::move(why)}; }
inline Finding fail(std::string why) { return {Grade::fail, std::move(why)}; }
/// Measured again and again, and still the server may be right or wrong: `why` has the figures.
inline Finding cannot_tell(const std::string& why) {
    return warn("cannot tell on this machine: " + why);
}

struct CheckLine {
    std::string check;  ///< "pipelined"; the same in every release (docs/plugin-authors.md)
    Finding finding;
};

struct ServerFindings {
    std::string id;
    std::vector<CheckLine> lines;
};

struct PluginFindings {
    std::filesystem::path plugin;
    std::uint32_t abi = 0;  ///< 0: it was not loaded
    std::vector<CheckLine> lines;
    std::vector<ServerFindings> servers;

    std::size_t count(Grade grade) const;
};

}  // namespace benchhost::conformance
