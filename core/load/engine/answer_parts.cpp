#include "core/load/engine/answer_parts.hpp"

#include "core/base/field_name.hpp"
#include "core/base/json_pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace benchhost::load {
namespace {

constexpr std::size_t kLongestBody = std::size_t{16} * 1024 * 1024;  // that a value is taken from

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// Calls visit(name, value) for each field of the last header: what comes before is an interim
/// answer's (RFC 9110, section 15.2). Stops when it says false.
template <class Visit>
void for_each_field(std::string_view header, Visit visit) {
    std::string_view rest = header;
    constexpr std::size_t kStatusAt = 9;  // in "HTTP/1.1 100 Continue"
    bool status_comes = true;
    bool is_interim = false;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (status_comes) {
            status_comes = false;
            is_interim = line.size() > kStatusAt && line[kStatusAt] == '1';
            continue;
        }
        if (line.empty() && !is_interim) {
            return;
        }
        if (is_interim) {
            status_comes = line.empty();
            continue;
        }
        const auto colon = std::min(line.find(':'), line.size());
        const auto value = colon == line.size() ? std::string_view() : line.substr(colon + 1);
        if (!visit(line.substr(0, colon), trimmed(value))) {
            return;
        }
    }
}

}  // namespace

std::optional<std::string_view> field_of(std::string_view header, std::string_view name) {
    std::optional<std::string_view> found;
    for_each_field(header, [&](std::string_view its, std::string_view value) {
        if (is_same_name(its, name)) {
            found = value;
        }
        return !found;
    });
    return found;
}

AnswerParts::AnswerParts(const Traffic& traffic, std::size_t connections)
    : traffic_(traffic), users_(connections) {
    for (User& user : users_) {
        user.remembered.values.resize(traffic.requests.takes);
    }
}

bool AnswerParts::are_needed(const Traffic& traffic) {
    const auto& kinds = traffic.requests.kinds;
    return traffic.keeps_cookies || std::any_of(kinds.begin(), kinds.end(), [](const auto& kind) {
               return !kind.expected_fields().empty() || !kind.takes().empty();
           });
}

void AnswerParts::take_header(std::uint32_t connection, std::string_view bytes) {
    users_[connection].header += bytes;
}

void AnswerParts::take_body(std::uint32_t connection, std::uint16_t kind, std::string_view piece) {
    const auto& takes = traffic_.requests.kinds[kind].takes();
    const bool from_body = std::any_of(takes.begin(), takes.end(), [](const auto& take) {
        return take.from == model::TakeSpec::From::json;
    });
    std::string& body = users_[connection].body;
    if (from_body && body.size() + piece.size() <= kLongestBody) {
        body += piece;
    }
}

std::optional<std::string> AnswerParts::value_of(const User& user,
                                                 const model::TakeSpec& take) const {
    if (take.from == model::TakeSpec::From::json) {
        return value_at(user.body, take.what);
    }
    const auto field = field_of(user.header, take.what);
    return field ? std::optional<std::string>(*field) : std::nullopt;
}

std::optional<model::FailureClass> AnswerParts::finish(std::uint32_t connection, std::uint16_t kind,
                                                       const requests::Identity& request,
                                                       std::string& seen) {
    User& user = users_[connection];
    const auto& asked = traffic_.requests.kinds[kind];
    for (const auto& expected : asked.expected_fields()) {
        const auto field = field_of(user.header, expected.name);
        if (!field || *field != expected.value.text(request)) {
            seen = field ? fmt::format("{}: {}", expected.name, *field)
                         : fmt::format("no field {}", expected.name);
            return model::FailureClass::bad_header;
        }
    }
    const std::size_t first = traffic_.requests.first_take[kind];
    for (std::size_t i = 0; i < asked.takes().size(); ++i) {
        const auto& take = asked.takes()[i];
        auto value = value_of(user, take);
        if (!value || value->size() > requests::kLongestTaken ||
            value->find_first_of("\r\n") != std::string::npos) {
            seen = fmt::format("step {}: {} {} for {{take:{}}}", traffic_.names[kind],
                               value ? "an unfit value of" : "no", take.what, take.name);
            return model::FailureClass::no_value;
        }
        user.remembered.values[first + i] = std::move(*value);
    }
    if (traffic_.keeps_cookies) {
        keep_cookies(user);
    }
    return std::nullopt;
}

// RFC 6265, section 5: as far as one server on one connection has a use for it.
void AnswerParts::keep_cookies(User& user) {
    bool changed = false;
    for_each_field(user.header, [&](std::string_view name, std::string_view value) {
        if (is_same_name(name, "Set-Cookie")) {
            keep_cookie(user, value);
            changed = true;
        }
        return true;
    });
    if (!changed) {
        return;
    }
    auto& field = user.remembered.cookie_field;
    field = field_of_cookies(user.cookies);
    while (field.size() > requests::kLongestCookies) {  // the oldest goes
        user.cookies.erase(user.cookies.begin());
        field = field_of_cookies(user.cookies);
    }
}

std::string AnswerParts::field_of_cookies(const std::vector<Cookie>& cookies) {
    std::string field;
    for (const Cookie& cookie : cookies) {
        field +=
            fmt::format("{}{}={}", field.empty() ? "Cookie: " : "; ", cookie.name, cookie.value);
    }
    return field.empty() ? field : field + "\r\n";
}

void AnswerParts::keep_cookie(User& user, std::string_view set_cookie) {
    const auto* const end = std::find(set_cookie.begin(), set_cookie.end(), ';');
    const auto* const equals = std::find(set_cookie.begin(), end, '=');
    const std::string name(trimmed({set_cookie.begin(), equals}));
    if (name.empty() || equals == end) {
        return;
    }
    std::string attributes(end, set_cookie.end());
    std::transform(attributes.begin(), attributes.end(), attributes.begin(), lower);
    const auto known = std::find_if(user.cookies.begin(), user.cookies.end(),
                                    [&](const Cookie& cookie) { return cookie.name == name; });
    if (attributes.find("max-age=0") != std::string::npos) {
        if (known != user.cookies.end()) {
            user.cookies.erase(known);
        }
        return;
    }
    std::string value(trimmed({equals + 1, end}));
    if (known != user.cookies.end()) {
        known->value = std::move(value);
    } else {
        user.cookies.push_back({name, std::move(value)});
    }
}

void AnswerParts::forget_answer(std::uint32_t connection) {
    users_[connection].header.clear();
    users_[connection].body.clear();
}

void AnswerParts::forget_user(std::uint32_t connection) {
    User& user = users_[connection];
    for (std::string& value : user.remembered.values) {
        value.clear();
    }
    user.cookies.clear();
    user.remembered.cookie_field.clear();
}

}  // namespace benchhost::load
