// benchhost report: a results.json told again, in any format.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/standard_output.hpp"
#include "core/base/file.hpp"
#include "core/results/results.hpp"
#include "report/formats/formats.hpp"
#include "report/formats/markers.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStdout = "-";
constexpr std::uint64_t kLargestDocument = 16 * 1024 * 1024;

struct ReportOptions {
    fs::path results;
    std::string format = "md";
    fs::path out;
    fs::path check;   ///< a document with markers: exit 1 when a table of it is stale
    fs::path update;  ///< the same, rewritten in place
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

/// `--check` and `--update`: the tables between markers in a document.
int keep_tables(const ReportOptions& options, const results::ResultSet& results) {
    const bool update = !options.update.empty();
    const auto& path = update ? options.update : options.check;
    const auto document = read_file(path, kLargestDocument);
    if (!document) {
        return report_error(document.error());
    }
    const auto stale = report::stale_tables(*document, results);
    if (!stale) {
        return report_error(with_context(path.string(), stale.error()));
    }
    if (update) {
        const auto text = report::update_tables(*document, results);
        const auto written = results::write_file(path, text.value());
        return written ? kDone : report_error(written.error());
    }
    for (const auto line : *stale) {
        tell("{}:{}: the table is not what {} gives; --update renews it\n", path.string(), line,
             options.results.string());
    }
    return stale->empty() ? kDone : kSomethingFailed;
}

int report(const ReportOptions& options) {
    const auto results = results::read_results(options.results);
    if (!results) {
        return report_error(results.error());
    }
    if (!options.check.empty() || !options.update.empty()) {
        return keep_tables(options, *results);
    }
    const auto documents = report::render(options.format, *results);
    if (!documents) {
        return report_error(documents.error());
    }
    if (!options.out.empty() && options.out != kStdout) {
        const auto written = write_documents(*documents, options.out);
        return written ? kDone : report_error(written.error());
    }
    for (const auto& document : *documents) {
        if (documents->size() > 1) {
            tell("--- {}\n", document.name);
        }
        print_document(document.content);
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
    command->add_option("--out", options->out,
                        "A file, a folder for formats of several files, or - for stdout");
    auto* check = command->add_option("--check", options->check,
                                      "Check the tables between markers in this document");
    command
        ->add_option("--update", options->update,
                     "Renew the tables between markers in this document")
        ->excludes(check);
    command->callback([&action, options] { action = [options] { return report(*options); }; });
}

}  // namespace benchhost::cli
