// What a native plugin answers: its routes, and their JSON parsed once. Which route a
// request means, which status and which bytes it gets is said here, so that no plugin decides it
// anew; how the answer is written stays with the library. Needs picojson.h (json.hpp).
#pragma once

#include <benchhost/form.hpp>
#include <benchhost/json.hpp>
#include <benchhost/values.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace benchhost::sdk {

/// The longest that a BH_ROUTE_WAIT is asked for.
inline constexpr std::chrono::milliseconds kLongestWait{60'000};
/// The largest body of a POST, in bytes.
inline constexpr std::size_t kMostUpload = 20 * 1024 * 1024;

/// What a request asks. The views live as long as the request.
struct Asked {
    std::string_view method;
    std::string_view target;     ///< path and query
    std::string_view body = {};  ///< of a POST
};

/// What a request is to be answered with. The views live as long as the Site, the request and the
/// text given to Site::reply.
struct Reply {
    unsigned status = 200;
    const char* content_type = "text/plain";
    std::string_view body = {};
    const std::string* file = nullptr;  ///< the path of a file to be sent as the body
    std::chrono::milliseconds wait{0};  ///< send it so much later
    bool compress = false;              ///< by the library, as Accept-Encoding allows
    const char* allow = nullptr;        ///< the Allow field of a 405
};

/// The methods that a route has, as an Allow field names them.
inline const char* methods_of(const Route& route) {
    switch (route.kind) {
        case BH_ROUTE_ECHO:
        case BH_ROUTE_UPLOAD:
            return "POST";
        case BH_ROUTE_SUM:
            return "GET, HEAD, POST";
        default:
            return "GET, HEAD";
    }
}

/// Made in configure(), then read by any number of threads.
class Site {
  public:
    Site() = default;
    /// Throws std::invalid_argument when a body that is to be serialised is not JSON, or is no
    /// array where its items are asked for.
    explicit Site(std::vector<Route> routes) : routes_(std::move(routes)) {
        for (const Route& route : routes_) {
            if (route.kind == BH_ROUTE_JSON || has_items(route)) {
                documents_.emplace_back(route.path, JsonValue::parse(route.body));
            }
            if (has_items(route) && array_of(route) == nullptr) {
                throw std::invalid_argument("the body of " + route.path + " is no JSON array");
            }
        }
    }

    const std::vector<Route>& routes() const { return routes_; }

    /// The route of a request's target, with or without a query; or nullptr. One that takes a
    /// number (number_of) is found by what stands before it.
    const Route* find(std::string_view target) const {
        const std::string_view path = path_of(target);
        for (const Route& route : routes_) {
            const std::size_t size = route.path.size();
            if (takes_number(route)
                    ? path.size() > size && path[size] == '/' && path.substr(0, size) == route.path
                    : path == route.path) {
                return &route;
            }
        }
        return nullptr;
    }

    /// The body of a TEXT, JSON, ABOUT or WAIT route. JSON is serialised into `text`, which belongs
    /// to the request and has to live as long as what is returned.
    std::string_view body_of(const Route& route, std::string& text) const {
        if (route.kind != BH_ROUTE_JSON) {
            return route.body;
        }
        text.clear();
        if (const JsonValue* const document = document_of(route)) {
            document->append_to(text);
        }
        return text;
    }

    /// {"count":N,"items":[...]} of an ITEMS or COMPRESSED route into `text`; false: there are
    /// not so many.
    bool items_of(const Route& route, std::uint64_t count, std::string& text) const {
        const JsonValue::Array* const items = array_of(route);
        if (items == nullptr || count > items->size()) {
            return false;
        }
        text = "{\"count\":";
        detail::append_json_number(text, count);
        text += ",\"items\":";
        JsonValue::append_array(text, items->data(), static_cast<std::size_t>(count));
        text += '}';
        return true;
    }

    /// The number behind the path of a WAIT, ITEMS or COMPRESSED route; nothing when there is none.
    static std::optional<std::uint64_t> number_of(const Route& route, std::string_view target) {
        const std::string_view path = path_of(target);
        return path.size() > route.path.size()
                   ? detail::whole_number(path.substr(route.path.size() + 1))
                   : std::nullopt;
    }

    /// For servers that do not find routes by themselves; `text` as for body_of. The body of an
    /// UPLOAD is left out: it is made while the request's comes (upload.hpp).
    Reply reply(const Asked& asked, std::string& text) const {
        const Route* const route = find(asked.target);
        if (route == nullptr) {
            return {404, "text/plain", "not found\n"};
        }
        if (!has_method(*route, asked.method)) {
            Reply refusal{405, "text/plain", "method not allowed\n"};
            refusal.allow = methods_of(*route);
            return refusal;
        }
        const char* const type = route->content_type.c_str();
        switch (route->kind) {
            case BH_ROUTE_FILE:
                return {200, type, {}, &route->file};
            case BH_ROUTE_ECHO:
                return {200, type, asked.body};
            case BH_ROUTE_UPLOAD:
                return {200, type};
            case BH_ROUTE_SUM:
                return sum_reply(*route, asked, text);
            case BH_ROUTE_WAIT:
                return wait_reply(*route, asked.target);
            case BH_ROUTE_ITEMS:
            case BH_ROUTE_COMPRESSED:
                return items_reply(*route, asked.target, text);
            default:
                return {200, type, body_of(*route, text)};
        }
    }
    /// The same for a request without a body.
    Reply reply(std::string_view method, std::string_view target, std::string& text) const {
        return reply(Asked{method, target}, text);
    }

    /// To a SUM, of what sum_of() has made of its fields; `text` as for body_of.
    static Reply sum_reply(const Route& route, std::optional<std::uint64_t> sum,
                           std::string& text) {
        if (!sum) {
            return {400, "text/plain", "a and b have to be whole numbers from 0 to 2^52\n"};
        }
        text = std::to_string(*sum);
        return {200, route.content_type.c_str(), text};
    }

  private:
    static std::string_view path_of(std::string_view target) {
        return target.substr(0, target.find('?'));
    }
    static bool has_items(const Route& route) {
        return route.kind == BH_ROUTE_ITEMS || route.kind == BH_ROUTE_COMPRESSED;
    }
    static bool takes_number(const Route& route) {
        return route.kind == BH_ROUTE_WAIT || has_items(route);
    }
    static bool has_method(const Route& route, std::string_view method) {
        return (method == "GET" || method == "HEAD" || method == "POST") &&
               std::string_view(methods_of(route)).find(method) != std::string_view::npos;
    }

    static Reply sum_reply(const Route& route, const Asked& asked, std::string& text) {
        const std::size_t query = asked.target.find('?');
        std::string_view fields = asked.body;
        if (asked.method != "POST") {
            fields = query == std::string_view::npos ? std::string_view()
                                                     : asked.target.substr(query + 1);
        }
        return sum_reply(route, sum_of(fields), text);
    }
    static Reply wait_reply(const Route& route, std::string_view target) {
        const std::optional<std::uint64_t> number = number_of(route, target);
        if (!number) {
            return {404, "text/plain", "not found\n"};
        }
        if (*number > static_cast<std::uint64_t>(kLongestWait.count())) {
            return {400, "text/plain", "at most 60000 milliseconds\n"};
        }
        const std::chrono::milliseconds wait(static_cast<std::chrono::milliseconds::rep>(*number));
        return {200, route.content_type.c_str(), route.body, nullptr, wait};
    }
    Reply items_reply(const Route& route, std::string_view target, std::string& text) const {
        const std::optional<std::uint64_t> number = number_of(route, target);
        if (!number || !items_of(route, *number, text)) {
            return {404, "text/plain", "not found\n"};
        }
        Reply items{200, route.content_type.c_str(), text};
        items.compress = route.kind == BH_ROUTE_COMPRESSED;
        return items;
    }

    const JsonValue* document_of(const Route& route) const {
        for (const auto& [path, document] : documents_) {
            if (path == route.path) {
                return &document;
            }
        }
        return nullptr;
    }
    const JsonValue::Array* array_of(const Route& route) const {
        const JsonValue* const document = document_of(route);
        return document != nullptr ? std::get_if<JsonValue::Array>(&document->storage) : nullptr;
    }

    std::vector<Route> routes_;
    std::vector<std::pair<std::string, JsonValue>> documents_;  ///< by path
};

}  // namespace benchhost::sdk
