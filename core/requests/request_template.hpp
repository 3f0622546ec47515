// The bytes of a request, and those of the right answer to it.
#pragma once

#include "core/base/result.hpp"
#include "core/model/request_spec.hpp"
#include "core/requests/text_template.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::requests {

/// What all requests of a load have in common.
struct Connection {
    std::string host;  ///< "127.0.0.1:8080"
    bool keep_alive = true;
    bool keeps_cookies = false;  ///< each user sends back what was set
};

struct ExpectedField {
    std::string name;
    TextTemplate value;
};

/// One kind of request, ready to be written. Immutable.
class RequestTemplate {
  public:
    /// A body with placeholders may be so long; any other as long as it likes.
    static constexpr std::size_t kLongestDrawnBody = std::size_t{1024} * 1024;

    /// The error (code usage) says which part is wrong. `takes`: names of what earlier steps of a
    /// flow have taken.
    static Result<RequestTemplate> make(const model::RequestSpec& spec,
                                        const Connection& connection, const Draws::FindLines& find,
                                        const std::vector<std::string>& takes = {});

    /// Every request of it is the same bytes.
    bool is_fixed() const { return head_.is_fixed() && body_.is_fixed(); }
    bool is_head() const { return is_head_; }
    /// Its answer may be compressed.
    bool accepts_codings() const { return accepts_codings_; }
    /// RFC 9110, section 9.2.2: asking twice changes no more than asking once.
    bool is_idempotent() const { return is_idempotent_; }

    std::uint64_t length(const Identity& request) const {
        return length_ ? *length_ : head_length(request) + body_.length(request);
    }
    /// So many bytes piece() may write.
    std::size_t room() const { return room_; }
    /// What is sent from `offset` on, which is within the request: to its end, or to that of its
    /// head when its body is long and need not be made. Made in `to`, which has room() bytes, or a
    /// part of the template.
    std::string_view piece(const Identity& request, std::uint64_t offset, char* to) const;
    /// All of it.
    std::string text(const Identity& request) const;

    /// Absent: any.
    const std::optional<TextTemplate>& expected_body() const { return expected_body_; }
    const std::vector<ExpectedField>& expected_fields() const { return expected_fields_; }
    const std::vector<model::TakeSpec>& takes() const { return takes_; }
    unsigned expected_status() const { return expected_status_; }

  private:
    Status take_head(const model::RequestSpec& spec, const Connection& connection, Draws& draws);
    Status take_body(const model::RequestSpec& spec, Draws& draws);
    Status take_expectations(const model::RequestSpec& spec, Draws& draws);
    void settle();

    std::uint64_t head_length(const Identity& request) const;
    char* write_head(const Identity& request, char* to) const;

    TextTemplate head_;  // up to where Content-Length goes, when it differs; else with its end
    TextTemplate body_;
    std::string whole_;                    // when it is fixed and short
    std::optional<std::uint64_t> length_;  // when all have the same
    std::size_t room_ = 0;
    bool says_length_ = false;  // for each request anew
    bool sends_apart_ = false;  // the body, from where it lies
    bool is_head_ = false;
    bool is_idempotent_ = true;
    bool accepts_codings_ = false;
    unsigned expected_status_ = 200;
    std::optional<TextTemplate> expected_body_;
    std::vector<ExpectedField> expected_fields_;
    std::vector<model::TakeSpec> takes_;
};

enum class Order : std::uint8_t { mix, flow };

/// All kinds of a load.
struct RequestSet {
    std::vector<RequestTemplate> kinds;
    std::vector<std::uint32_t> weights;  ///< by kind, see Mix
    /// Of a flow: how many values are taken before each kind, and in all.
    std::vector<std::size_t> first_take;
    std::size_t takes = 0;

    /// Errors are of code usage and name the request.
    static Result<RequestSet> make(const std::vector<model::RequestSpec>& specs,
                                   const Connection& connection, const model::Picks& picks,
                                   Order order = Order::mix);
    bool is_fixed() const { return kinds.size() == 1 && kinds.front().is_fixed(); }
};

}  // namespace benchhost::requests
