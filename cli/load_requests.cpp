#include "cli/load_requests.hpp"

#include "core/base/http_url.hpp"
#include "core/base/printable.hpp"
#include "core/config/ini.hpp"
#include "core/config/request_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <tuple>
#include <utility>

namespace benchhost::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "request.";

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

/// A request of the command line as a section of a config has it, so that both are read alike.
class Section {
  public:
    explicit Section(std::string name) { section_.name = std::move(name); }

    void add(std::string key, const std::string& value, const std::string& flag) {
        section_.entries.push_back({std::move(key), value, {flag, 0}});
    }
    /// "Name: value".
    Status add_field(const std::string& prefix, const std::string& field, const std::string& flag) {
        const auto colon = field.find(':');
        if (colon == std::string::npos) {
            return usage(fmt::format("{}: {} is no header field; write it as 'Name: value'", flag,
                                     in_quotes(field)));
        }
        const auto value = std::min(field.find_first_not_of(' ', colon + 1), field.size());
        add(prefix + field.substr(0, colon), field.substr(value), flag);
        return {};
    }
    const config::IniSection& section() const { return section_; }

  private:
    config::IniSection section_;
};

bool describes_requests(const LoadOptions& options) {
    return !options.method.empty() || !options.headers.empty() || !options.body.empty() ||
           !options.body_file.empty() || !options.expect_body.empty() ||
           !options.expect_headers.empty() || options.urls.size() > 1 ||
           options.urls.front().find('{') != std::string::npos;
}

Result<Section> section_of(const LoadOptions& options, const std::string& name,
                           const std::string& path) {
    Section section(name);
    section.add("path", path, "URL");
    for (const auto& [key, value, flag] :
         {std::tuple{"method", &options.method, "--method"},
          {"body", &options.body, "--body"},
          {"body_file", &options.body_file, "--body-file"},
          {"expect_body", &options.expect_body, "--expect-body"},
          {"expect_body_file", &options.expect_body_file, "--expect-body-file"}}) {
        if (!value->empty()) {
            section.add(key, *value, flag);
        }
    }
    section.add("expect_status", std::to_string(options.expect_status), "--expect-status");
    for (const auto& [prefix, fields, flag] :
         {std::tuple{"header.", &options.headers, "--header"},
          {"expect_header.", &options.expect_headers, "--expect-header"}}) {
        for (const auto& field : *fields) {
            if (auto added = section.add_field(prefix, field, flag); !added) {
                return added.error();
            }
        }
    }
    return section;
}

// Several URLs are several requests to one server.
Result<std::vector<HttpUrl>> urls_of(const LoadOptions& options) {
    std::vector<HttpUrl> urls;
    for (const auto& text : options.urls) {
        auto url = parse_http_url(text);
        if (!url) {
            return url.error();
        }
        if (!urls.empty() && (url->host_header != urls.front().host_header ||
                              url->unix_path != urls.front().unix_path)) {
            return usage(fmt::format("{} and {} are different servers; one is loaded at a time",
                                     in_quotes(options.urls.front()), in_quotes(text)));
        }
        urls.push_back(std::move(*url));
    }
    if (urls.size() > model::kMostRequests) {
        return usage(fmt::format("{} URLs are too many; allowed: up to {}", urls.size(),
                                 model::kMostRequests));
    }
    return urls;
}

Result<LoadRequests> read_request_file(const fs::path& file) {
    const auto ini = config::read_ini(file);
    if (!ini) {
        return ini.error();
    }
    LoadRequests read;
    config::Problems problems;
    for (const auto& section : ini->sections) {
        if (section.name.starts_with(kPrefix)) {
            read.requests.push_back(
                config::read_request(section, file.parent_path(), read.picks, problems));
        } else {
            problems.add(section.where, fmt::format("{} is not a request; allowed: [request.NAME]",
                                                    in_quotes("[" + section.name + "]")));
        }
    }
    if (!problems.empty()) {
        return problems.error();
    }
    if (read.requests.empty()) {
        return usage(file.string() + ": there is no [request.NAME] in it");
    }
    if (read.requests.size() > model::kMostRequests) {
        return usage(fmt::format("{}: has {} requests; allowed: up to {}", file.string(),
                                 read.requests.size(), model::kMostRequests));
    }
    return read;
}

}  // namespace

Result<LoadRequests> requests_of(const LoadOptions& options) {
    const auto urls = urls_of(options);
    if (!urls) {
        return urls.error();
    }
    if (!options.request_file.empty()) {
        if (describes_requests(options) || !options.expect_body_file.empty()) {
            return usage(
                "--request-file says what is asked and expected: the flags for that, and "
                "several URLs, contradict it");
        }
        return read_request_file(options.request_file);
    }
    LoadRequests read;
    if (!describes_requests(options)) {
        return read;
    }
    config::Problems problems;
    for (std::size_t i = 0; i < urls->size(); ++i) {
        const auto section =
            section_of(options, fmt::format("{}url-{}", kPrefix, i + 1), (*urls)[i].path);
        if (!section) {
            return section.error();
        }
        read.requests.push_back(
            config::read_request(section->section(), fs::current_path(), read.picks, problems));
    }
    if (!problems.empty()) {
        return problems.error();
    }
    return read;
}

}  // namespace benchhost::cli
