#include "core/config/suite_values.hpp"

#include "core/base/http_url.hpp"
#include "core/base/printable.hpp"
#include "core/config/section_reader.hpp"
#include "core/model/route.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace benchhost::config {
namespace {

constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 50U;

bool has_only(const std::string& text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               others.find(c) != std::string_view::npos;
    });
}

}  // namespace

Result<std::optional<std::uint64_t>> parse_memory(const std::string& text) {
    if (text == "none") {
        return std::optional<std::uint64_t>{};
    }
    const auto bytes = bytes_between(text, kLeastMemory, kMostMemory);
    if (!bytes) {
        return Error{ErrorCode::usage, bytes.error().message + ", or none"};
    }
    return std::optional(*bytes);
}

Result<std::string> parse_host_name(const std::string& text) {
    constexpr std::size_t kMost = 253;
    if (text.size() > kMost || !has_only(text, "_.-:@")) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is not a name; allowed: letters, digits, \"_\", \".\", "
                                 "\"-\", \":\" and \"@\"",
                                 in_quotes(text))};
    }
    return text;
}

Result<std::string> parse_user_name(const std::string& text) {
    constexpr std::size_t kMost = 255;
    if (text.size() > kMost || text.front() == '-' || !has_only(text, "_.-@$")) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is not the name of a user; allowed: letters, digits, \"_\", "
                                 "\".\", \"-\", \"@\" and \"$\", no \"-\" first",
                                 in_quotes(text))};
    }
    return text;
}

Result<std::string> parse_server_url(const std::string& text) {
    const auto wrong = [](const std::string& why) {
        return Error{ErrorCode::usage,
                     why + "; allowed: http://HOST, http://HOST:PORT or unix:/PATH/TO/SOCKET"};
    };
    const auto url = parse_http_url(text);
    if (!url) {
        return wrong(url.error().message);
    }
    const bool is_unix = !url->unix_path.empty();
    if (is_unix && url->unix_path.front() != '/') {
        return wrong(fmt::format("{} names no absolute path", in_quotes(text)));
    }
    if (!is_unix && url->path != "/") {
        std::vector<std::string> paths;
        for (const model::Route route : kAll<model::Route>) {
            paths.emplace_back(model::path_of(route));
        }
        return wrong(fmt::format("{} has a path, but the routes are {}", in_quotes(text),
                                 fmt::join(paths, ", ")));
    }
    return text;
}

}  // namespace benchhost::config
