// What a native plugin answers: its routes, and their JSON parsed once. Which route a
// request means, which status and which bytes it gets is said here, so that no plugin decides it
// anew; how the answer is written stays with the library. Needs picojson.h (json.hpp).
#pragma once

#include <benchhost/json.hpp>
#include <benchhost/values.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::sdk {

/// What a request is to be answered with. The views live as long as the Site and the text given to
/// Site::reply.
struct Reply {
    unsigned status = 200;
    const char* content_type = "text/plain";
    std::string_view body;
    const std::string* file = nullptr;  ///< the path of a file to be sent as the body
};

/// Made in configure(), then read by any number of threads.
class Site {
  public:
    Site() = default;
    /// Throws std::invalid_argument when a body that is to be serialised is not JSON.
    explicit Site(std::vector<Route> routes) : routes_(std::move(routes)) {
        for (const Route& route : routes_) {
            if (route.kind == BH_ROUTE_JSON) {
                documents_.emplace_back(route.path, JsonValue::parse(route.body));
            }
        }
    }

    const std::vector<Route>& routes() const { return routes_; }

    /// The route of a request's target, with or without a query; or nullptr.
    const Route* find(std::string_view target) const {
        const std::string_view path = target.substr(0, target.find('?'));
        for (const Route& route : routes_) {
            if (route.path == path) {
                return &route;
            }
        }
        return nullptr;
    }

    /// The body of a route that is no file. JSON is serialised into `text`, which belongs to the
    /// request and has to live as long as what is returned.
    std::string_view body_of(const Route& route, std::string& text) const {
        if (route.kind != BH_ROUTE_JSON) {
            return route.body;
        }
        text.clear();
        for (const auto& [path, document] : documents_) {
            if (path == route.path) {
                document.append_to(text);
            }
        }
        return text;
    }

    /// For servers that do not find routes by themselves; `text` as for body_of.
    Reply reply(std::string_view method, std::string_view target, std::string& text) const {
        const Route* const route = find(target);
        if (route == nullptr) {
            return {404, "text/plain", "not found\n"};
        }
        if (method != "GET" && method != "HEAD") {
            return {405, "text/plain", "only GET and HEAD\n"};
        }
        if (route->kind == BH_ROUTE_FILE) {
            return {200, route->content_type.c_str(), {}, &route->file};
        }
        return {200, route->content_type.c_str(), body_of(*route, text)};
    }

  private:
    std::vector<Route> routes_;
    std::vector<std::pair<std::string, JsonValue>> documents_;  ///< by path
};

}  // namespace benchhost::sdk
