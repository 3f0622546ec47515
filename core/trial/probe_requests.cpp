#include "core/trial/probe_requests.hpp"

#include "core/base/printable.hpp"
#include "core/http/content_decoder.hpp"
#include "core/requests/request_template.hpp"
#include "core/trial/ask_until.hpp"
#include "core/trial/probe_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace benchhost::trial {
namespace {

using std::chrono::steady_clock;

// Of no load: their nonces are other ones.
requests::Identity identity_of(std::uint64_t attempt) {
    return {attempt, 0, std::numeric_limits<std::uint64_t>::max()};
}

std::string quoted_beginning(const std::string& text) {
    constexpr std::size_t kMost = 80;
    return in_quotes(shortened(text, kMost));
}

class DecodedText final : public http::DecodedSink {
  public:
    bool take(std::string_view decoded) override {
        constexpr std::size_t kMost = std::size_t{256} * 1024 * 1024;
        text += decoded;
        return text.size() <= kMost;
    }
    std::string text;
};

/// Without the coding that was asked for; nothing when it is not so coded.
std::optional<std::string> body_without_coding(const http::ProbeReport& answer,
                                               const requests::RequestTemplate& asked) {
    const bool is_plain = answer.coding == http::ContentCoding::identity || answer.body.empty();
    if (is_plain || !asked.accepts_codings()) {
        return answer.body;
    }
    if (!http::ContentDecoder::knows(answer.coding)) {
        return std::nullopt;
    }
    http::ContentDecoder decoder;
    decoder.begin(answer.coding);
    DecodedText decoded;
    const bool is_whole = decoder.decode(answer.body, decoded) && decoder.has_ended();
    return is_whole ? std::optional(std::move(decoded.text)) : std::nullopt;
}

std::optional<std::string> wrong_answer(const std::string& what, const http::ProbeReport& answer,
                                        const requests::RequestTemplate& asked,
                                        const requests::Identity& request) {
    if (answer.status != asked.expected_status()) {
        return fmt::format("{} was answered with status {} instead of {} ({})", what, answer.status,
                           asked.expected_status(), quoted_beginning(answer.body));
    }
    const auto& body = asked.expected_body();
    if (body && body->text(request) != body_without_coding(answer, asked)) {
        return fmt::format("{} was answered with {} bytes ({}) instead of {} ({})", what,
                           answer.body.size(), quoted_beginning(answer.body), body->length(request),
                           quoted_beginning(body->text(request)));
    }
    for (const auto& field : asked.expected_fields()) {
        auto name = field.name;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (const auto value = header(answer, name); value != field.value.text(request)) {
            return fmt::format("{} was answered with {}: {} instead of {}", what, field.name,
                               quoted_beginning(value),
                               quoted_beginning(field.value.text(request)));
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<model::RequestSpec> below(const std::string& base,
                                      std::vector<model::RequestSpec> requests) {
    for (auto& request : requests) {
        request.path = (base == "/" ? "" : base) + request.path;
    }
    return requests;
}

Result<results::ProbedAnswer> probe_requests(RunningServer& server,
                                             const std::vector<model::RequestSpec>& requests,
                                             const model::Picks& picks, Nanoseconds patience,
                                             const std::atomic<bool>& stop) {
    const auto deadline = steady_clock::now() + patience;
    auto specs = below(server.target().path, requests);
    for (auto& spec : specs) {
        spec.weight = 1;  // each is asked
        spec.takes.clear();
    }
    std::uint64_t attempt = 0;
    const auto ask = [&](std::size_t kind,
                         bool keep_alive) -> http::ProbeResult<http::ProbeReport> {
        const auto target = server.target();
        const auto made =
            requests::RequestSet::make({specs[kind]}, {target.host_header, keep_alive}, picks);
        if (!made) {
            return http::ProbeFailure{model::FailureClass::write_error, made.error().message};
        }
        const auto& asked = made->kinds.front();
        return server.ask(target, {asked.text(identity_of(attempt)), asked.is_head()},
                          kProbeTimeout);
    };
    std::optional<results::ProbedAnswer> probed;
    for (std::size_t kind = 0; kind < specs.size(); ++kind) {
        const auto what = "request " + specs[kind].name;
        const auto expected = requests::RequestSet::make({specs[kind]}, {"", false}, picks);
        if (!expected) {
            return expected.error();
        }
        const Question question{what,
                                [&](const http::Target& /*asked for anew*/) {
                                    ++attempt;
                                    return ask(kind, false);
                                },
                                [&](const http::ProbeReport& answer) {
                                    return wrong_answer(what, answer, expected->kinds.front(),
                                                        identity_of(attempt));
                                }};
        const auto answer = ask_until_right(server, question, deadline, stop);
        if (!answer) {
            return answer.error();
        }
        if (probed) {
            continue;
        }
        ++attempt;
        const auto reused = ask(kind, true);
        probed.emplace();
        probed->body_bytes = answer->body.size();
        probed->wire_bytes = reused ? reused->wire_bytes : answer->wire_bytes;
        probed->http_version =
            fmt::format("HTTP/1.{}", reused ? reused->http_minor : answer->http_minor);
        probed->keeps_alive = reused && reused->keeps_alive;
    }
    return *probed;
}

}  // namespace benchhost::trial
