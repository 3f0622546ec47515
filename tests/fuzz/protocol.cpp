// A message of the control channel is the same after being written and read again.
#include "core/process/protocol.hpp"

#include "tests/fuzz/door.hpp"

namespace benchhost::fuzz {
namespace {

template <class Message>
void hold_same_message(Result<Message> (*decode)(const std::string&), const std::string& text) {
    const auto message = decode(text);
    if (!message) {
        hold_error(message.error(), ErrorCode::internal);
        return;
    }
    const auto written = process::encode(*message);
    const auto again = decode(written);
    hold(again.has_value(), written + " is read again");
    hold(process::encode(*again) == written, written + " says the same");
}

void read_message(std::string_view input) {
    const std::string text(input);
    hold_same_message(process::decode_start_request, text);
    hold_same_message(process::decode_command, text);
    hold_same_message(process::decode_event, text);
}

const Door protocol_door("protocol", read_message);

}  // namespace
}  // namespace benchhost::fuzz
