// What is looked at in answers beside their status and body: fields that are expected, values and
// cookies that a user takes along.
#pragma once

#include "core/load/engine/traffic.hpp"
#include "core/model/failure.hpp"
#include "core/requests/remembered.hpp"
#include "core/requests/request_template.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::load {

/// Of the last header in `header`, which ends with an empty line: the value of the first field of
/// this name, whatever its case, without the blanks around it.
std::optional<std::string_view> field_of(std::string_view header, std::string_view name);

/// For all connections of a thread; a connection is a user. Only for loads that need it: it keeps
/// the header, and where a value is taken out of it the body, of each answer until it is complete.
class AnswerParts {
  public:
    AnswerParts(const Traffic& traffic, std::size_t connections);

    /// Whether any kind of request needs it.
    static bool are_needed(const Traffic& traffic);

    /// Bytes of an answer's header, of which the last may be the beginning of its body.
    void take_header(std::uint32_t connection, std::string_view bytes);
    void take_body(std::uint32_t connection, std::uint16_t kind, std::string_view piece);

    /// The answer to `request` is complete and otherwise right: takes what it has for later steps.
    /// What is wrong with it, and `seen` in words; nothing when it is right.
    std::optional<model::FailureClass> finish(std::uint32_t connection, std::uint16_t kind,
                                              const requests::Identity& request, std::string& seen);
    /// The next bytes are those of another answer.
    void forget_answer(std::uint32_t connection);
    /// The user begins anew.
    void forget_user(std::uint32_t connection);

    const requests::Remembered* of(std::uint32_t connection) const {
        return &users_[connection].remembered;
    }

  private:
    struct Cookie {
        std::string name;
        std::string value;
    };
    struct User {
        requests::Remembered remembered;
        std::vector<Cookie> cookies;
        std::string header;
        std::string body;
    };

    std::optional<std::string> value_of(const User& user, const model::TakeSpec& take) const;
    static void keep_cookies(User& user);
    static void keep_cookie(User& user, std::string_view set_cookie);
    static std::string field_of_cookies(const std::vector<Cookie>& cookies);

    const Traffic& traffic_;
    std::vector<User> users_;
};

}  // namespace benchhost::load
