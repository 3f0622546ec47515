// What a load asks and what a right answer to it is, as a user says it.
#pragma once

#include "core/base/described.hpp"
#include "core/base/units.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::model {

/// A header field as it is sent.
struct HeaderField {
    std::string name;
    std::string value;
    friend bool operator==(const HeaderField&, const HeaderField&) = default;
};
BOOST_DESCRIBE_STRUCT(HeaderField, (), (name, value))

/// A body, of a request or expected of an answer.
struct BodySpec {
    std::string text;
    bool as_it_is = false;  ///< a file's bytes: nothing in them is a placeholder
    friend bool operator==(const BodySpec&, const BodySpec&) = default;
};
BOOST_DESCRIBE_STRUCT(BodySpec, (), (text, as_it_is))

/// A value of an answer that a later step of a flow sends: {take:NAME}.
struct TakeSpec {
    enum class From : std::uint8_t { header, json };
    BOOST_DESCRIBE_NESTED_ENUM(From, header, json)
    std::string name;
    From from = From::header;
    std::string what;  ///< the field's name, or a JSON pointer (RFC 6901) such as "/items/0/id"
    friend bool operator==(const TakeSpec&, const TakeSpec&) = default;
};
BOOST_DESCRIBE_STRUCT(TakeSpec, (), (name, from, what))

/// [request.<name>]: one kind of request. In path, headers, bodies and what is expected,
/// placeholders (core/requests/text_template.hpp) stand for what differs from request to request.
struct RequestSpec {
    std::string name;
    std::string method = "GET";
    std::string path = "/";            ///< request target, with query
    std::vector<HeaderField> headers;  ///< besides Host, Content-Length and what they replace
    std::optional<BodySpec> body;
    unsigned expect_status = 200;
    /// Absent: whatever comes is right.
    std::optional<BodySpec> expect_body;
    std::vector<HeaderField> expect_headers;  ///< each of them, with exactly this value
    std::uint32_t weight = 1;                 ///< its share of the mix
    std::vector<TakeSpec> takes;              ///< as a step of a flow
    std::optional<DurationRange> think_time;  ///< behind that step; absent: the load's
    friend bool operator==(const RequestSpec&, const RequestSpec&) = default;
};
BOOST_DESCRIBE_STRUCT(RequestSpec, (),
                      (name, method, path, headers, body, expect_status, expect_body,
                       expect_headers, weight, takes, think_time))

/// The lines of the files that {pick:FILE} names, by the name as it is written.
using Picks = std::map<std::string, std::vector<std::string>>;

inline constexpr std::size_t kMostRequests = 64;      ///< kinds in one mix
inline constexpr std::uint64_t kMostWeight = 10'000;  ///< of one of them

}  // namespace benchhost::model
