#include "core/requests/request_template.hpp"

#include "core/base/field_name.hpp"
#include "core/base/printable.hpp"
#include "core/requests/body_sum.hpp"
#include "core/requests/mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

namespace benchhost::requests {
namespace {

constexpr std::string_view kLengthField = "Content-Length: ";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kMostDigits = 20;
// Longer than this a body is sent from where it lies: a second call costs less than the copy.
constexpr std::size_t kWorthCopying = std::size_t{16} * 1024;
constexpr std::size_t kLongestHead = std::size_t{64} * 1024;

constexpr std::array kIdempotent{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
// A request with one of these says how long its body is even where it has none (RFC 9110, section
// 8.6).
constexpr std::array kWithBody{"POST", "PUT", "PATCH"};

template <class Names>
bool is_among(std::string_view name, const Names& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_field(const model::RequestSpec& spec, std::string_view name) {
    return std::any_of(spec.headers.begin(), spec.headers.end(),
                       [&](const auto& field) { return is_same_name(field.name, name); });
}

Result<TextTemplate> parsed(const std::string& text, Draws& draws, const std::string& part) {
    auto made = TextTemplate::parse(text, draws);
    if (!made) {
        return with_context(part, made.error());
    }
    return made;
}

Result<TextTemplate> body_of(const model::BodySpec& body, Draws& draws, const std::string& part) {
    return body.as_it_is ? Result<TextTemplate>(TextTemplate(body.text))
                         : parsed(body.text, draws, part);
}

// What is sent where the user has said nothing else of it.
void add_usual_fields(const model::RequestSpec& spec, const Connection& connection,
                      TextTemplate& head) {
    const std::array<model::HeaderField, 4> usual{{
        {"Host", connection.host},
        {"User-Agent", "benchhost"},
        {"Accept", "*/*"},
        {"Connection", connection.keep_alive ? "" : "close"},
    }};
    for (const auto& field : usual) {
        if (!field.value.empty() && !has_field(spec, field.name)) {
            head.append(fmt::format("{}: {}\r\n", field.name, field.value));
        }
    }
}

// The lines to pick from, each file's once for all kinds.
Draws::FindLines lines_of(const model::Picks& picks) {
    return [&picks, known = std::make_shared<std::map<std::string, Lines>>()](
               const std::string& file) -> Result<Lines> {
        auto& lines = (*known)[file];
        if (!lines) {
            const auto given = picks.find(file);
            if (given == picks.end() || given->second.empty()) {
                return Error{ErrorCode::usage,
                             fmt::format("no lines of {} are known", in_quotes(file))};
            }
            lines = std::make_shared<const std::vector<std::string>>(given->second);
        }
        return lines;
    };
}

}  // namespace

Result<RequestTemplate> RequestTemplate::make(const model::RequestSpec& spec,
                                              const Connection& connection,
                                              const Draws::FindLines& find,
                                              const std::vector<std::string>& takes) {
    Draws draws(find);
    draws.set_takes(takes);
    RequestTemplate made;
    made.takes_ = spec.takes;
    for (const auto& taken : {made.take_head(spec, connection, draws), made.take_body(spec, draws),
                              made.take_expectations(spec, draws)}) {
        if (!taken) {
            return taken.error();
        }
    }
    made.settle();
    if (made.body_.longest() > kLongestDrawnBody && !made.body_.is_fixed()) {
        return Error{ErrorCode::usage,
                     fmt::format("body: with placeholders it may have up to {} bytes, not {}",
                                 kLongestDrawnBody, made.body_.longest())};
    }
    if (made.head_.longest() > kLongestHead) {
        return Error{ErrorCode::usage,
                     fmt::format("path and headers: may have up to {} bytes together, not {}",
                                 kLongestHead, made.head_.longest())};
    }
    return made;
}

Status RequestTemplate::take_head(const model::RequestSpec& spec, const Connection& connection,
                                  Draws& draws) {
    is_head_ = spec.method == "HEAD";
    is_idempotent_ = is_among(spec.method, kIdempotent);
    const auto path = parsed(spec.path, draws, "path");
    if (!path) {
        return path.error();
    }
    for (const auto& part : path->parts()) {
        if (part.value.may_have_blanks()) {
            return Error{ErrorCode::usage,
                         "path: a line to be picked has a blank, which no path may have; write it "
                         "as %20"};
        }
    }
    head_.append(spec.method + " ");
    head_.append(*path);
    head_.append(" HTTP/1.1\r\n");
    add_usual_fields(spec, connection, head_);
    for (const auto& field : spec.headers) {
        const auto value = parsed(field.value, draws, "header." + field.name);
        if (!value) {
            return value.error();
        }
        accepts_codings_ = accepts_codings_ || (is_same_name(field.name, "Accept-Encoding") &&
                                                field.value != "identity");
        head_.append(field.name + ": ");
        head_.append(*value);
        head_.append("\r\n");
        if (head_.longest() > kLongestHead) {
            break;  // make() tells
        }
    }
    if (connection.keeps_cookies) {
        head_.append(DrawnValue({DrawnValue::Kind::cookies}));
    }
    return {};
}

Status RequestTemplate::take_body(const model::RequestSpec& spec, Draws& draws) {
    if (spec.body) {
        auto body = body_of(*spec.body, draws, "body");
        if (!body) {
            return body.error();
        }
        body_ = std::move(*body);
    }
    says_length_ = !body_.is_fixed();
    if (!says_length_ && (spec.body || is_among(spec.method, kWithBody))) {
        head_.append(fmt::format("{}{}\r\n", kLengthField, body_.fixed_text().size()));
    }
    head_.append(says_length_ ? kLengthField : std::string_view("\r\n"));
    draws.set_body(std::make_shared<const BodySum>(body_));
    return {};
}

Status RequestTemplate::take_expectations(const model::RequestSpec& spec, Draws& draws) {
    expected_status_ = spec.expect_status;
    if (spec.expect_body) {
        auto body = body_of(*spec.expect_body, draws, "expect_body");
        if (!body) {
            return body.error();
        }
        expected_body_ = std::move(*body);
    }
    for (const auto& field : spec.expect_headers) {
        auto value = parsed(field.value, draws, "expect_header." + field.name);
        if (!value) {
            return value.error();
        }
        expected_fields_.push_back({field.name, std::move(*value)});
    }
    return {};
}

void RequestTemplate::settle() {
    sends_apart_ = body_.is_fixed() && body_.longest() > kWorthCopying;
    room_ = head_.longest() + (says_length_ ? kMostDigits + kHeadEnd.size() : 0) +
            (sends_apart_ ? 0 : body_.longest());
    if (head_.shortest() == head_.longest() && body_.shortest() == body_.longest()) {
        length_ = length({});
    }
    if (is_fixed() && !sends_apart_) {
        whole_ = text({});
    }
}

std::uint64_t RequestTemplate::head_length(const Identity& request) const {
    const std::size_t own = head_.length(request);
    return own +
           (says_length_ ? fmt::formatted_size("{}", body_.length(request)) + kHeadEnd.size() : 0);
}

char* RequestTemplate::write_head(const Identity& request, char* to) const {
    to = head_.write(request, to);
    if (says_length_) {
        to = std::to_chars(to, to + kMostDigits, body_.length(request)).ptr;
        to = std::copy(kHeadEnd.begin(), kHeadEnd.end(), to);
    }
    return to;
}

std::string_view RequestTemplate::piece(const Identity& request, std::uint64_t offset,
                                        char* to) const {
    const auto from = [](std::string_view all, std::uint64_t begin) {
        return all.substr(static_cast<std::size_t>(begin));
    };
    if (!whole_.empty()) {
        return from(whole_, offset);
    }
    char* end = write_head(request, to);
    if (!sends_apart_) {
        end = body_.write(request, end);
    }
    const std::string_view made(to, static_cast<std::size_t>(end - to));
    return offset < made.size() ? from(made, offset)
                                : from(body_.fixed_text(), offset - made.size());
}

std::string RequestTemplate::text(const Identity& request) const {
    std::string room(room_, '\0');
    std::string text;
    for (std::uint64_t all = length(request); text.size() < all;) {
        text += piece(request, text.size(), room.data());
    }
    return text;
}

Result<RequestSet> RequestSet::make(const std::vector<model::RequestSpec>& specs,
                                    const Connection& connection, const model::Picks& picks,
                                    Order order) {
    // The steps of a flow are asked one after the other, whatever they weigh.
    auto weights =
        order == Order::flow
            ? Result<std::vector<std::uint32_t>>(std::vector<std::uint32_t>(specs.size(), 1))
            : reduced_weights(specs);
    if (!weights) {
        return weights.error();
    }
    RequestSet set;
    set.weights = std::move(*weights);
    const auto find = lines_of(picks);
    std::vector<std::string> taken;
    for (const auto& spec : specs) {
        set.first_take.push_back(taken.size());
        auto made = RequestTemplate::make(spec, connection, find, taken);
        if (!made) {
            return spec.name.empty() ? made.error() : with_context(spec.name, made.error());
        }
        set.kinds.push_back(std::move(*made));
        for (const auto& take : spec.takes) {
            if (order == Order::mix) {
                return Error{ErrorCode::usage,
                             fmt::format("{}: takes {}, and there is no next step: only a flow has "
                                         "them",
                                         spec.name, in_quotes(take.name))};
            }
            taken.push_back(take.name);
        }
    }
    set.takes = taken.size();
    return set;
}

}  // namespace benchhost::requests
