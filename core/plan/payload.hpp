// The bytes that the routes have to answer, made once for a suite and shared by all servers.
#pragma once

#include "core/base/result.hpp"
#include "core/plan/config.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::plan {

struct RoutePayload {
    Route route = Route::text;
    std::string content_type;
    std::string body;            ///< expected bytes
    std::filesystem::path file;  ///< Route::file: where the servers find it; else empty
};

/// The largest body, because generator and checks hold it in memory.
inline constexpr std::uint64_t kMostPayloadBytes = std::uint64_t{256} * 1024 * 1024;

/// text, json, file, about - always all four.
struct Payload {
    std::vector<RoutePayload> routes;
    const RoutePayload& of(Route route) const;
};

/// Whether `text` is one JSON object or array without blanks outside of its strings. The error
/// (code usage) says what is wrong.
Status check_json(const std::string& text);

/// Checks that json is JSON and compact, and writes the generated file (the same bytes for the same
/// size everywhere) into `directory`, or reads the user's. File paths are absolute.
Result<Payload> make_payload(const PayloadSpec& spec, const std::filesystem::path& directory);

}  // namespace benchhost::plan
