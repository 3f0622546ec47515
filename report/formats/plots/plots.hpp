// Static SVG plots for READMEs and pull requests, drawn by gnuplot.
#pragma once

#include "core/base/result.hpp"
#include "report/formats/formats.hpp"

#include <string>
#include <vector>

namespace benchhost::report {

/// A plot as gnuplot commands that write SVG to standard output. Names of any bytes stay text.
struct Plot {
    std::string name;  ///< of the SVG file
    std::string script;
};
std::vector<Plot> make_plots(const results::ResultSet& results);

/// Runs gnuplot once a plot. An error of code usage when it is not installed: the other formats do
/// not need it.
Result<Documents> svg(const results::ResultSet& results);

}  // namespace benchhost::report
