// The bytes that the routes have to answer, made once for a suite and shared by all servers.
#pragma once

#include "core/base/result.hpp"
#include "core/plan/config.hpp"

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

/// text, json, file, about - always all four.
struct Payload {
    std::vector<RoutePayload> routes;
    const RoutePayload& of(Route route) const;
};

/// Checks that json is JSON and compact, and writes the generated file (deterministic bytes from
/// the seed) into `directory`, or reads the user's.
Result<Payload> make_payload(const PayloadSpec& spec, const std::filesystem::path& directory);

}  // namespace benchhost::plan
