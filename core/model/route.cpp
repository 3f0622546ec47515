#include "core/model/route.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
    {RouteForm::echo, "application/octet-stream", ""},
    {RouteForm::upload, "text/plain", ""},
    {RouteForm::sum, "text/plain", ""},
    {RouteForm::wait, "text/plain", "waited"},
    {RouteForm::items, "application/json", ""},
    {RouteForm::compressed, "application/json", ""},
}};

constexpr std::size_t kItems = 1000;

bool has_items(RouteForm form) { return form == RouteForm::items || form == RouteForm::compressed; }

// No fractions: libraries spell them differently.
std::string standard_item(std::size_t number) {
    return fmt::format(
        R"({{"id":{0},"name":"Item {0}","category":"{1}","stock":{2},"available":{3},)"
        R"("tags":["tag {4}","tag {5}"]}})",
        number, number % 3 == 0 ? "tools" : "books", number * 37 % 1000,
        number % 4 == 0 ? "false" : "true", number % 7, number % 11);
}

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

std::optional<Route> route_of(std::string_view target) {
    const auto first = target.substr(0, target.find_first_of("/?", 1));
    for (const Route route : kAll<Route>) {
        if (first == path_of(route)) {
            return route;
        }
    }
    return std::nullopt;
}

std::string items_document(const std::vector<std::string>& items, std::size_t count) {
    return fmt::format(
        R"({{"count":{},"items":[{}]}})", count,
        fmt::join(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count), ","));
}

const std::vector<std::string>& standard_items() {
    static const auto kStandard = [] {
        std::vector<std::string> items;
        for (std::size_t number = 0; number < kItems; ++number) {
            items.push_back(standard_item(number));
        }
        return items;
    }();
    return kStandard;
}

RouteContent standard_content(Route route) {
    const auto& facts = facts_of(route);
    return {
        route,
        facts.content_type,
        has_items(facts.form) ? fmt::format("[{}]", fmt::join(standard_items(), ",")) : facts.body,
        {}};
}

RouteContent without_file_content(RouteContent content) {
    if (facts_of(content.route).form == RouteForm::from_file) {
        content.body.clear();
    }
    return content;
}

}  // namespace benchhost::model
