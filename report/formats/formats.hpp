// Every format a report can be written in: a new one is a function and a line in formats.cpp.
#pragma once

#include "core/base/result.hpp"
#include "core/results/results.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// One file of a report.
struct Document {
    std::string name;  ///< a plain file name: letters, digits, ".", "_" and "-"
    std::string content;
};
using Documents = std::vector<Document>;

struct Format {
    const char* name;  ///< of --format
    const char* description;
    Result<Documents> (*render)(const results::ResultSet& results);
};

const std::vector<Format>& formats();

/// The documents of one format. An unknown name is an error of code usage that lists the known.
Result<Documents> render(const std::string& format, const results::ResultSet& results);

/// What `csv = FILE` of a profile writes: the seconds of every trial under it, one line each.
std::string series_csv(const results::ResultSet& results, const std::string& profile);

/// "text.beast.hgrm": any text as part of a file name.
std::string file_name_part(const std::string& text);

}  // namespace benchhost::report
