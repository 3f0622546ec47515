#include "core/model/route.hpp"

#include <array>

namespace benchhost::model {
namespace {

// In the order of the enumerators.
constexpr std::array<RouteFacts, kEnumerators<Route>> kFacts{{
    {RouteForm::as_it_is, "text/plain", "Hello World!"},
    {RouteForm::serialised, "application/json",
     R"({"test":true,"date":1557000000,"values":[1,2,3,4,5],)"
     R"("sub_attributes":{"attribute1":1,"attribute2":"True"}})"},
    {RouteForm::from_file, "application/octet-stream", ""},
    {RouteForm::uncompared, "text/plain", "benchhost"},
}};

}  // namespace

const RouteFacts& facts_of(Route route) { return kFacts.at(static_cast<std::size_t>(route)); }

const char* path_of(Route route) {
    static const auto kPaths = [] {
        std::array<std::string, kEnumerators<Route>> paths;
        for_each_word<Route>([&](Route each, const char* word) {
            paths.at(static_cast<std::size_t>(each)) = std::string("/") + word;
        });
        return paths;
    }();
    return kPaths.at(static_cast<std::size_t>(route)).c_str();
}

RouteContent standard_content(Route route) {
    const auto& facts = facts_of(route);
    return {route, facts.content_type, facts.body, {}};
}

RouteContent without_file_content(RouteContent content) {
    if (facts_of(content.route).form == RouteForm::from_file) {
        content.body.clear();
    }
    return content;
}

}  // namespace benchhost::model
