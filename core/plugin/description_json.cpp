#include "core/plugin/description_json.hpp"

#include "core/base/described_json.hpp"
#include "core/base/printable.hpp"

#include <type_traits>
#include <utility>

namespace benchhost::plugin {
namespace {

/// No probe program of a plugin says this by chance.
struct Refused {
    Refusal benchhost_serve_refused;
};
BOOST_DESCRIBE_STRUCT(Refused, (), (benchhost_serve_refused))

/// What a probe program that can run prints, of which there is more than ours.
struct ProbeAnswer {
    std::optional<std::string> version;
};
BOOST_DESCRIBE_STRUCT(ProbeAnswer, (), (version))

Error no_answer() { return {ErrorCode::server, "printed no JSON object as its answer"}; }

bool is_object(const Result<picojson::value>& document) {
    return document && document->is<picojson::object>();
}

// Of what we print: a plugin may print more when it is unloaded.
std::string first_line_of(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string last_line_of(const std::string& text) {
    const auto end = text.find_last_not_of("\r\n ");
    const auto begin = end == std::string::npos ? end : text.rfind('\n', end);
    return begin == std::string::npos ? text : text.substr(begin + 1);
}

// A plugin can have printed the answer itself, past the one who asks it.
template <class Value>
void make_printable(Value& value) {
    if constexpr (std::is_same_v<Value, std::string>) {
        value = printable(value);
    } else if constexpr (DescribedStruct<Value>) {
        for_each_member<Value>(
            [&]<class Member>(Member /*type*/) { make_printable(value.*Member::pointer); });
    } else if constexpr (kIsA<Value, std::optional>) {
        if (value) {
            make_printable(*value);
        }
    } else if constexpr (kIsA<Value, std::vector>) {
        for (auto& item : value) {
            make_printable(item);
        }
    }
}

template <class Answer>
Result<Answer> decoded_answer(const std::string& text) {
    auto answer = from_json<Answer>(text);
    if (answer) {
        make_printable(*answer);
    }
    return answer;
}

}  // namespace

std::string encode(const PluginDescription& description) {
    return as_json(description, JsonWriter::Bytes::exact);
}

std::string encode_available(const std::optional<std::string>& version) {
    return as_json(ProbeAnswer{version}, JsonWriter::Bytes::exact);
}

std::string encode(const Refusal& refusal) {
    return as_json(Refused{refusal}, JsonWriter::Bytes::exact);
}

std::optional<Refusal> decode_refusal(const std::string& text) {
    auto refused = decoded_answer<Refused>(first_line_of(text));
    return refused ? std::optional(std::move(refused->benchhost_serve_refused)) : std::nullopt;
}

Result<PluginDescription> decode_description(const std::string& text) {
    auto description = decoded_answer<PluginDescription>(first_line_of(text));
    return description ? std::move(description) : Result<PluginDescription>(no_answer());
}

namespace {

/// A later benchhost's plugin may name routes that are not known here: they are asked by nobody.
std::vector<model::Route> known_routes(const picojson::array& words) {
    std::vector<model::Route> routes;
    for (const auto& word : words) {
        const auto route = word.is<std::string>() ? from_word<model::Route>(word.get<std::string>())
                                                  : std::nullopt;
        if (route) {
            routes.push_back(*route);
        }
    }
    return routes;
}

}  // namespace

Result<Availability> decode_availability(const std::string& text) {
    auto document = parse_leading_json(text);
    if (!is_object(document)) {
        document =
            parse_leading_json(last_line_of(text));  // interpreters like to print a warning first
    }
    if (!is_object(document)) {
        return no_answer();
    }
    Availability availability;
    availability.available = true;
    if (const auto& version = document->get("version"); version.is<std::string>()) {
        availability.version = printable(version.get<std::string>());
    }
    if (const auto& details = document->get("details"); details.is<picojson::object>()) {
        for (const auto& [name, value] : details.get<picojson::object>()) {
            const auto text_of =
                value.is<std::string>() ? value.get<std::string>() : value.serialize();
            availability.details.emplace(printable(name), printable(text_of));
        }
    }
    if (const auto& routes = document->get("routes"); routes.is<picojson::array>()) {
        availability.routes = known_routes(routes.get<picojson::array>());
    }
    return availability;
}

}  // namespace benchhost::plugin
