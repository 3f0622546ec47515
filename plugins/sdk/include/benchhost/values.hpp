// The host's structs as C++ values: what the classes of plugin.hpp and command.hpp are given.
// Everything is copied, so that nothing depends on how long the host keeps its own.
#pragma once

#include <benchhost/plugin.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace benchhost::sdk {

/// The bits of bh_server.route_kinds.
constexpr std::uint32_t route_kinds(std::initializer_list<bh_route_kind> kinds) {
    std::uint32_t bits = 0;
    for (const bh_route_kind kind : kinds) {
        bits |= std::uint32_t{1} << static_cast<std::uint32_t>(kind);
    }
    return bits;
}
/// What every server answers, whether it says so or not.
inline constexpr std::uint32_t kUsualRoutes =
    route_kinds({BH_ROUTE_TEXT, BH_ROUTE_JSON, BH_ROUTE_FILE, BH_ROUTE_ABOUT});
/// All but BH_ROUTE_COMPRESSED, which is for libraries that compress by themselves.
inline constexpr std::uint32_t kEveryRoute =
    kUsualRoutes |
    route_kinds({BH_ROUTE_ECHO, BH_ROUTE_UPLOAD, BH_ROUTE_SUM, BH_ROUTE_WAIT, BH_ROUTE_ITEMS});

/// Who the server is; members as in bh_server. The strings are literals.
struct Description {
    const char* id = nullptr;
    const char* name = nullptr;
    const char* version = nullptr;
    const char* language = "C++";
    const char* concurrency = "";
    const char* url = "";
    std::uint32_t caps = 0;                ///< BH_CAP_...
    const char* declared_class = nullptr;  ///< BH_CLASS_...
    std::uint32_t route_kinds = 0;         ///< what it answers; 0: kUsualRoutes
};

constexpr bh_option text_option(const char* key, const char* fallback, const char* help) {
    return {sizeof(bh_option), BH_OPTION_TEXT, key, fallback, nullptr, help};
}
constexpr bh_option number_option(const char* key, const char* fallback, const char* help) {
    return {sizeof(bh_option), BH_OPTION_NUMBER, key, fallback, nullptr, help};
}
constexpr bh_option yes_no_option(const char* key, const char* fallback, const char* help) {
    return {sizeof(bh_option), BH_OPTION_YES_NO, key, fallback, nullptr, help};
}
/// `choices` are separated by '|'.
constexpr bh_option choice_option(const char* key, const char* choices, const char* fallback,
                                  const char* help) {
    return {sizeof(bh_option), BH_OPTION_CHOICE, key, fallback, choices, help};
}
/// Every key that begins with `prefix`, such as "env.".
constexpr bh_option prefix_option(const char* prefix, const char* help) {
    return {sizeof(bh_option), BH_OPTION_PREFIX, prefix, nullptr, nullptr, help};
}

/// The value of a member of a host's struct, or `fallback` when the host's struct ends before it.
template <class Struct, class Member>
Member read(const Struct& from, Member Struct::*member, Member fallback) {
    const auto* start = reinterpret_cast<const char*>(&from);
    const auto* end = reinterpret_cast<const char*>(&(from.*member) + 1);
    return from.size >= static_cast<std::size_t>(end - start) ? from.*member : fallback;
}

/// The server's log. Copyable; [any thread], as long as the server lives.
class Host {
  public:
    explicit Host(const bh_host* host) : host_(host) {}
    void info(const std::string& line) const { log(BH_LOG_INFO, line); }
    void warning(const std::string& line) const { log(BH_LOG_WARNING, line); }
    void error(const std::string& line) const { log(BH_LOG_ERROR, line); }
    void log(bh_log_level level, const std::string& line) const {
        host_->log(host_, level, line.c_str());
    }
    const bh_host* get() const { return host_; }

  private:
    const bh_host* host_;
};

/// Says that connections are accepted; to be called once, from inside serve(). [any thread]
class Ready {
  public:
    explicit Ready(const bh_host* host) : host_(host) {}
    void operator()(std::uint16_t port) const { host_->ready(host_, port); }

  private:
    const bh_host* host_;
};

/// bh_route as values of our own.
struct Route {
    bh_route_kind kind = BH_ROUTE_ABOUT;
    std::string path;
    std::string content_type;
    std::string body;  ///< empty for a file, and for what is answered out of the request
    std::string file;  ///< empty except for BH_ROUTE_FILE
};

/// bh_endpoint as values of our own.
struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
    std::uint32_t threads = 1;
    int listen_fd = -1;
};

/// What the user set, else the default the option was declared with.
class Settings {
  public:
    using Values = std::vector<std::pair<std::string, std::string>>;
    explicit Settings(Values values = {}) : values_(std::move(values)) {}

    /// The last value given, or nullptr when there is none and no default.
    const std::string* find(const std::string& key) const {
        const std::string* found = nullptr;
        for (const auto& [known, value] : values_) {
            found = known == key ? &value : found;
        }
        return found;
    }
    bool has(const std::string& key) const { return find(key) != nullptr; }
    const std::string& text(const std::string& key) const {
        if (const std::string* value = find(key)) {
            return *value;
        }
        throw std::invalid_argument("option " + key + " is needed and not set");
    }
    /// A whole number within [least, most].
    std::uint64_t number(const std::string& key, std::uint64_t least = 0,
                         std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const {
        const std::string& value = text(key);
        const char* const end = value.data() + value.size();
        std::uint64_t number = 0;
        const auto [rest, error] = std::from_chars(value.data(), end, number);
        if (error != std::errc() || rest != end || number < least || number > most) {
            throw std::invalid_argument("option " + key + ": \"" + value +
                                        "\" is no whole number from " + std::to_string(least) +
                                        " to " + std::to_string(most));
        }
        return number;
    }
    bool yes(const std::string& key) const { return text(key) == "yes"; }
    /// All, defaults first, in the order given: for prefix options.
    const Values& values() const { return values_; }

  private:
    Values values_;
};

namespace detail {

/// Routes of a kind this SDK does not know are left out.
inline std::vector<Route> routes_from(const bh_route* const* routes, std::uint32_t count) {
    std::vector<Route> copies;
    for (std::uint32_t i = 0; i < count; ++i) {
        const bh_route& route = *routes[i];
        if (route.kind > BH_ROUTE_COMPRESSED) {
            continue;
        }
        Route copy;
        copy.kind = static_cast<bh_route_kind>(route.kind);
        copy.path = route.path;
        copy.content_type = route.content_type != nullptr ? route.content_type : "";
        if (route.body != nullptr) {
            copy.body.assign(route.body, static_cast<std::size_t>(route.body_size));
        }
        const char* file = read(route, &bh_route::file, static_cast<const char*>(nullptr));
        copy.file = file != nullptr ? file : "";
        copies.push_back(std::move(copy));
    }
    return copies;
}

inline Endpoint endpoint_from(const bh_endpoint& endpoint) {
    return {endpoint.address, endpoint.port,
            read(endpoint, &bh_endpoint::threads, std::uint32_t{1}),
            read(endpoint, &bh_endpoint::listen_fd, std::int32_t{-1})};
}

}  // namespace detail

}  // namespace benchhost::sdk
