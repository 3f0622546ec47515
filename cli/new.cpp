// benchhost new: a plugin project of one's own that builds, passes `check` and can be measured.
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/standard_output.hpp"
#include "core/base/file.hpp"
#include "core/base/names.hpp"
#include "core/base/printable.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/installation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestTemplate = std::uint64_t{1} << 20U;

using Values = std::vector<std::pair<std::string, std::string>>;

std::string filled_in(std::string text, const Values& values) {
    for (const auto& [name, value] : values) {
        for (auto at = text.find(name); at != std::string::npos;
             at = text.find(name, at + value.size())) {
            text.replace(at, name.size(), value);
        }
    }
    return text;
}

Status check_name(const std::string& name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    if (name.empty() || name.size() > kLongestName || name.front() < 'a' || name.front() > 'z' ||
        !std::all_of(name.begin(), name.end(), allowed)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} cannot be the id of a server: small letters, digits, - "
                                 "and _ only, beginning with a letter, at most {}",
                                 in_quotes(name), kLongestName)};
    }
    return {};
}

Result<std::size_t> copy_project(const fs::path& from, const fs::path& to, const Values& values) {
    std::error_code error;
    std::size_t files = 0;
    for (fs::recursive_directory_iterator entry(from, error), end; !error && entry != end;
         entry.increment(error)) {
        if (!entry->is_regular_file()) {
            continue;
        }
        const auto content = read_file(entry->path(), kLargestTemplate);
        if (!content) {
            return content.error();
        }
        const auto target = to / filled_in(fs::relative(entry->path(), from).string(), values);
        fs::create_directories(target.parent_path(), error);
        if (error) {
            return system_error(ErrorCode::environment,
                                "cannot make " + target.parent_path().string(), error.value());
        }
        if (const auto written = replace_file(target, filled_in(*content, values)); !written) {
            return written.error();
        }
        ++files;
    }
    if (error || files == 0) {
        return Error{ErrorCode::environment,
                     fmt::format("there is no template in {}: install benchhost-dev, or build "
                                 "benchhost completely",
                                 from.string())};
    }
    return files;
}

int make_project(const std::string& name, const std::string& language) {
    const auto installation = plugin::locate_installation({});
    if (!installation) {
        return report_error(installation.error());
    }
    if (const auto checked = check_name(name); !checked) {
        return report_error(checked.error());
    }
    const auto catalog = plugin::read_catalog(*installation, print_notice);
    if (const auto other = catalog.find(name); other.plugin != nullptr) {
        return report_error(
            {ErrorCode::usage, fmt::format("{} is a server of {}: choose another name", name,
                                           other.plugin->path.string())});
    }
    std::error_code error;
    if (fs::exists(fs::symlink_status(name, error))) {
        return report_error({ErrorCode::usage, fmt::format("{} is there already", name)});
    }
    std::string identifier = name;
    std::replace(identifier.begin(), identifier.end(), '-', '_');
    const auto copied = copy_project(
        installation->prefix / "share" / "benchhost" / "templates" / language, name,
        {{"@name@", name}, {"@ident@", identifier}, {"@prefix@", installation->prefix.string()}});
    if (!copied) {
        return report_error(copied.error());
    }
    print("made {}/ ({} files). In that folder:\n\n", name, *copied);
    const auto readme = read_file(fs::path(name) / "README.md", kLargestTemplate);
    print_document(readme ? *readme : "");
    return kDone;
}

}  // namespace

void add_new(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("new", "Make a plugin project that builds");
    struct Options {
        std::string name;
        std::string language = "cpp";
    };
    auto options = std::make_shared<Options>();
    command->add_option("NAME", options->name, "Id of the server, and the new folder")->required();
    command->add_option("--lang", options->language, "cpp, c, rust or go")
        ->check(CLI::IsMember({"cpp", "c", "rust", "go"}))
        ->capture_default_str();
    command->callback([&action, options] {
        action = [options] { return make_project(options->name, options->language); };
    });
}

}  // namespace benchhost::cli
