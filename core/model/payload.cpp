#include "core/model/payload.hpp"

#include "core/base/file.hpp"
#include "core/base/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <utility>

namespace benchhost::model {
namespace {

// Lines of printable characters that do not compress well; the same on every machine, so that two
// suites of the same size are comparable.
std::string generated_content(std::uint64_t size) {
    constexpr std::string_view kCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    constexpr std::size_t kLine = 80;
    constexpr unsigned kBits = 6;
    std::mt19937_64 random(20'190'718);
    std::string content(size, '\n');
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < content.size(); ++i) {
        bits = i % 10 == 0 ? random() : bits >> kBits;
        if (i % kLine != kLine - 1) {
            content[i] = kCharacters[bits % kCharacters.size()];
        }
    }
    return content;
}

Result<RouteContent> file_content(RouteContent route, const PayloadSpec& spec,
                                  const std::filesystem::path& directory) {
    if (spec.file_path) {
        route.file = std::filesystem::absolute(*spec.file_path);
        auto content = read_file(route.file, kMostPayloadBytes);
        if (!content) {
            return with_context("the payload file", content.error());
        }
        route.body = std::move(*content);
        return route;
    }
    route.file = std::filesystem::absolute(directory / "payload.bin");
    route.body = generated_content(spec.file_size);
    if (const auto written = replace_file(route.file, route.body); !written) {
        return with_context("the payload file", written.error());
    }
    return route;
}

Result<RouteContent> content_of(Route route, const PayloadSpec& spec,
                                const std::filesystem::path& directory) {
    auto content = standard_content(route);
    const auto form = facts_of(route).form;
    if (form == RouteForm::from_file) {
        return file_content(std::move(content), spec, directory);
    }
    if (!is_usual(form)) {
        return content;
    }
    content.body = spec.body_of(route);
    if (const auto checked = check_json(content.body); form == RouteForm::serialised && !checked) {
        return with_context(fmt::format("the payload {}", word_of(route)), checked.error());
    }
    return content;
}

// The first blank outside of the strings, or npos.
std::size_t blank_outside_strings(const std::string& json) {
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (in_string && json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && std::isspace(static_cast<unsigned char>(json[i])) != 0) {
            return i;
        }
    }
    return std::string::npos;
}

}  // namespace

std::string PayloadSpec::body_of(Route route) const {
    const auto found = bodies.find(route);
    return found != bodies.end() ? found->second : facts_of(route).body;
}

const RouteContent& Payload::of(Route route) const {
    return *std::find_if(routes.begin(), routes.end(),
                         [&](const auto& each) { return each.route == route; });
}

Status check_json(const std::string& text) {
    const auto value = parse_json(text);
    if (!value) {
        return Error{ErrorCode::usage, value.error().message};
    }
    if (!value->is<picojson::object>() && !value->is<picojson::array>()) {
        return Error{ErrorCode::usage, "this is neither a JSON object {...} nor an array [...]"};
    }
    if (const auto blank = blank_outside_strings(text); blank != std::string::npos) {
        return Error{ErrorCode::usage,
                     fmt::format("servers answer compact JSON: remove the blank at character {} "
                                 "and all others outside of strings",
                                 blank + 1)};
    }
    return {};
}

Result<Payload> make_payload(const PayloadSpec& spec, const std::filesystem::path& directory) {
    Payload payload;
    for (const Route route : kAll<Route>) {
        auto content = content_of(route, spec, directory);
        if (!content) {
            return content.error();
        }
        payload.routes.push_back(std::move(*content));
    }
    return payload;
}

}  // namespace benchhost::model
