// What the servers under test answer. A kind of route is said here and in route.cpp, once: config,
// payload, control channel, plugins' ABI, probes and conformance follow from it.
#pragma once

#include "core/base/described.hpp"

#include <filesystem>
#include <string>

namespace benchhost::model {

/// The words are those of the config, and with a '/' the paths.
BOOST_DEFINE_ENUM_CLASS(Route, text, json, file, about)

/// What a server has to do for a route, which is all that a plugin is told of its kind.
enum class RouteForm {
    as_it_is,    ///< sends the body that it was given
    serialised,  ///< parses the JSON that it was given once, and serialises it for each request
    from_file,   ///< sends a file
    uncompared,  ///< as_it_is, but nobody measures it
};

struct RouteFacts {
    RouteForm form;
    const char* content_type;
    const char* body;  ///< when the config says nothing; "" for a file
};
const RouteFacts& facts_of(Route route);

const char* path_of(Route route);  ///< "/text" ...

/// A route and what it answers.
struct RouteContent {
    Route route = Route::text;
    std::string content_type;
    std::string body;            ///< expected bytes
    std::filesystem::path file;  ///< of from_file: where the servers find it; else empty
};
BOOST_DESCRIBE_STRUCT(RouteContent, (), (route, content_type, body, file))

/// As the facts have it, a file without its place and content.
RouteContent standard_content(Route route);
/// What a server is told: of a file not the content.
RouteContent without_file_content(RouteContent content);

}  // namespace benchhost::model
