#include "report/formats/plots/plots.hpp"

#include <Poco/Environment.h>
#include <Poco/Exception.h>
#include <Poco/Path.h>
#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>
#include <fmt/format.h>

namespace benchhost::report {
namespace {

Result<std::string> draw(const std::string& gnuplot, const Plot& plot) {
    try {
        Poco::Pipe input;
        Poco::Pipe output;
        Poco::Pipe problems;
        const auto process = Poco::Process::launch(gnuplot, {"-"}, &input, &output, &problems);
        // gnuplot reads its whole script before it draws, so writing all of it first cannot block.
        Poco::PipeOutputStream script(input);
        script << plot.script;
        script.close();
        std::string drawing;
        Poco::PipeInputStream drawn(output);
        Poco::StreamCopier::copyToString(drawn, drawing);
        std::string messages;
        Poco::PipeInputStream said(problems);
        Poco::StreamCopier::copyToString(said, messages);
        const int code = process.wait();
        if (code != 0 || drawing.find("</svg>") == std::string::npos) {
            return Error{ErrorCode::environment,
                         fmt::format("gnuplot could not draw {} (exit code {}): {}", plot.name,
                                     code, messages)};
        }
        // It escapes all but this (Extensible Markup Language 1.0, section 2.4).
        return Poco::replace(drawing, std::string("]]>"), std::string("]]&gt;"));
    } catch (const Poco::Exception& problem) {
        return Error{ErrorCode::environment,
                     fmt::format("gnuplot could not be run: {}", problem.displayText())};
    }
}

}  // namespace

Result<Documents> svg(const results::ResultSet& results) {
    Poco::Path gnuplot;
    if (!Poco::Path::find(Poco::Environment::get("PATH", ""), "gnuplot", gnuplot)) {
        return Error{ErrorCode::usage,
                     "the format svg needs gnuplot, which is not in the PATH; install it (Debian: "
                     "gnuplot-nox) or take another format"};
    }
    Documents documents;
    for (const Plot& plot : make_plots(results)) {
        auto drawing = draw(gnuplot.toString(), plot);
        if (!drawing) {
            return drawing.error();
        }
        documents.push_back({plot.name, *drawing});
    }
    return documents;
}

}  // namespace benchhost::report
