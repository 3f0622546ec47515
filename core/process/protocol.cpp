#include "core/process/protocol.hpp"

#include "core/base/described_json.hpp"

#include <fmt/format.h>

namespace benchhost::process {
namespace {

template <class Message>
std::string encoded(const Message& message) {
    return as_json(message, JsonWriter::Bytes::exact);
}

template <class Message>
Result<Message> decoded(const char* what, const std::string& text) {
    constexpr std::size_t kShown = 200;
    auto message = from_json<Message>(text);
    return message ? std::move(message)
                   : Result<Message>(
                         Error{ErrorCode::internal,
                               fmt::format("the control channel brought no {}: {} ({})", what,
                                           message.error().message, text.substr(0, kShown))});
}

}  // namespace

std::string encode(const StartRequest& request) { return encoded(request); }
std::string encode(const Command& command) { return encoded(command); }
std::string encode(const Event& event) { return encoded(event); }

Result<StartRequest> decode_start_request(const std::string& message) {
    return decoded<StartRequest>("start request", message);
}
Result<Command> decode_command(const std::string& message) {
    return decoded<Command>("command", message);
}
Result<Event> decode_event(const std::string& message) { return decoded<Event>("event", message); }

}  // namespace benchhost::process
