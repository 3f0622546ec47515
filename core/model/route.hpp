// What the servers under test answer. A kind of route is said here and in route.cpp, once: config,
// payload, control channel, plugins' ABI, probes and conformance follow from it.
#pragma once

#include "core/base/described.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::model {

/// The words are those of the config, and with a '/' the paths.
BOOST_DEFINE_ENUM_CLASS(Route, text, json, file, about, echo, upload, sum, wait, items, compressed)

/// What a server has to do for a route, which is all that a plugin is told of its kind.
enum class RouteForm {
    as_it_is,    ///< sends the body that it was given
    serialised,  ///< parses the JSON that it was given once, and serialises it for each request
    from_file,   ///< sends a file
    uncompared,  ///< as_it_is, but nobody measures it

    // What these answer follows from the request. A server says which of them it has.
    echo,        ///< POST: the body back
    upload,      ///< POST: how many bytes, and their CRC-32
    sum,         ///< of the fields a and b of a query or a form
    wait,        ///< /MS: the body that it was given, so many milliseconds later
    items,       ///< /N: so many elements of the JSON array that it was given
    compressed,  ///< items, compressed as the request allows
};

/// Whether every server answers it, to each GET the same.
constexpr bool is_usual(RouteForm form) { return form <= RouteForm::uncompared; }

struct RouteFacts {
    RouteForm form;
    const char* content_type;
    const char* body;  ///< when the config says nothing; "" for a file
};
const RouteFacts& facts_of(Route route);

const char* path_of(Route route);  ///< "/text" ...

/// The one that a request target belongs to: "/items/50?x=1" to items. Nothing when it is of none.
std::optional<Route> route_of(std::string_view target);

/// A route and what it answers.
struct RouteContent {
    Route route = Route::text;
    std::string content_type;
    std::string body;            ///< expected bytes
    std::filesystem::path file;  ///< of from_file: where the servers find it; else empty
};
BOOST_DESCRIBE_STRUCT(RouteContent, (), (route, content_type, body, file))

/// The elements of the array that items and compressed are given, as JSON.
const std::vector<std::string>& standard_items();
/// What is answered to /items/COUNT out of `items`, which has at least so many.
std::string items_document(const std::vector<std::string>& items, std::size_t count);

/// As the facts have it, a file without its place and content.
RouteContent standard_content(Route route);
/// What a server is told: of a file not the content.
RouteContent without_file_content(RouteContent content);

}  // namespace benchhost::model
