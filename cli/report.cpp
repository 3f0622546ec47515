// benchhost report: a results.json told again, in any format.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "core/results/results.hpp"
#include "report/formats.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
    fs::path results;
    std::string format = "md";
    fs::path out;
};

/// One document goes to the file `out`; several, or an `out` that is a folder, into the folder.
Status write_documents(const report::Documents& documents, const fs::path& out) {
    std::error_code error;
    if (documents.size() == 1 && !fs::is_directory(out, error)) {
        return results::write_file(out, documents.front().content);
    }
    fs::create_directories(out, error);
    if (error) {
        return system_error(ErrorCode::usage, "cannot make the folder " + out.string(),
                            error.value());
    }
    for (const auto& document : documents) {
        if (auto written = results::write_file(out / document.name, document.content); !written) {
            return written;
        }
    }
    return {};
}

int report(const ReportOptions& options) {
    const auto results = results::read_results(options.results);
    if (!results) {
        return report_error(results.error());
    }
    const auto documents = report::render(options.format, *results);
    if (!documents) {
        return report_error(documents.error());
    }
    if (!options.out.empty()) {
        const auto written = write_documents(*documents, options.out);
        return written ? kDone : report_error(written.error());
    }
    for (const auto& document : *documents) {
        if (documents->size() > 1) {
            fmt::print(stderr, "--- {}\n", document.name);
        }
        fmt::print("{}", document.content);
        std::fflush(stdout);
    }
    return kDone;
}

std::string format_names() {
    std::string names;
    for (const auto& format : report::formats()) {
        names += (names.empty() ? "" : ", ") + std::string(format.name);
    }
    return names;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("report", "Tell a results.json in another format");
    auto options = std::make_shared<ReportOptions>();
    command->add_option("RESULTS", options->results, "A results.json")->required();
    command->add_option("--format", options->format, "One of: " + format_names());
    command->add_option("--out", options->out, "A file, or a folder for formats of several files");
    command->callback([&action, options] { action = [options] { return report(*options); }; });
}

}  // namespace benchhost::cli
