// The page's parts that are not C++, embedded at build time (report/formats/html/embed.cmake).
#pragma once

#include <string_view>

namespace benchhost::report {

struct HtmlAssets {
    std::string_view page;    ///< page.html
    std::string_view style;   ///< style.css
    std::string_view app;     ///< app.js
    std::string_view charts;  ///< charts.js with ECharts in one file; empty in a build without npm
};

HtmlAssets html_assets();

}  // namespace benchhost::report
