// The bytes that the routes have to answer, made once for a suite and shared by all servers.
#pragma once

#include "core/base/result.hpp"
#include "core/model/route.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::model {

/// [payload]: what the routes answer, where it is not what route.cpp has.
struct PayloadSpec {
    std::map<Route, std::string> bodies;
    std::string body_of(Route route) const;
    /// Size of the generated content, or a path to a file of the user's own.
    std::uint64_t file_size = std::uint64_t{64} * 1024;
    std::optional<std::filesystem::path> file_path;
};

/// The largest body, because generator and checks hold it in memory.
inline constexpr std::uint64_t kMostPayloadBytes = std::uint64_t{256} * 1024 * 1024;

/// Of every route.
struct Payload {
    std::vector<RouteContent> routes;
    const RouteContent& of(Route route) const;
};

/// Whether `text` is one JSON object or array without blanks outside of its strings. The error
/// (code usage) says what is wrong.
Status check_json(const std::string& text);

/// Checks that json is JSON and compact, and writes the generated file (the same bytes for the same
/// size everywhere) into `directory`, or reads the user's. File paths are absolute.
Result<Payload> make_payload(const PayloadSpec& spec, const std::filesystem::path& directory);

}  // namespace benchhost::model
