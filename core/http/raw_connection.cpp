#include "core/http/raw_connection.hpp"

#include "core/http/response_parser.hpp"
#include "core/http/socket_address.hpp"
#include "core/model/payload.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace benchhost::http {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMostBody = model::kMostPayloadBytes;  // no right one is larger
constexpr std::size_t kReadSize = std::size_t{64} * 1024;
constexpr std::size_t kShownBytes = 200;

std::string errno_words(int error_number) { return std::generic_category().message(error_number); }

constexpr std::string_view kNothing = "nothing of the answer";

std::string reset_in_words(int error_number, std::string_view progress) {
    return fmt::format("{} after {}", errno_words(error_number), progress);
}

ProbeFailure could_not_connect(int error_number, bool unix_socket) {
    const model::FailureClass failure = connect_failure(error_number, unix_socket);
    return {failure, failure == model::FailureClass::reset_before_answer
                         ? reset_in_words(error_number, kNothing)
                         : errno_words(error_number)};
}

ProbeResult<UniqueFd> connect_to(const Target& target, const Deadline& deadline) {
    const Result<SocketAddress> address = address_of(target);
    if (!address) {
        return ProbeFailure{model::FailureClass::connect_refused, address.error().message};
    }
    const bool unix_socket = address->family() == AF_UNIX;
    UniqueFd socket = open_stream(*address, nullptr);
    if (!socket.is_open()) {
        return could_not_connect(errno, unix_socket);
    }
    int error = ::connect(socket.get(), address->get(), address->size) == 0 ? 0 : errno;
    // A unix socket whose backlog is full does not queue the connect; it has to be asked again.
    while (unix_socket && error == EAGAIN && Clock::now() < deadline.at) {
        ::poll(nullptr, 0, 1);
        error = ::connect(socket.get(), address->get(), address->size) == 0 ? 0 : errno;
    }
    if (error == EINPROGRESS && wait_for(socket.get(), POLLOUT, deadline.at)) {
        socklen_t size = sizeof error;
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == EINPROGRESS || (unix_socket && error == EAGAIN)) {
        return ProbeFailure{
            model::FailureClass::connect_timeout,
            fmt::format("no connection within {}", format_duration(deadline.allowed))};
    }
    if (error != 0) {
        return could_not_connect(error, unix_socket);
    }
    return socket;
}

// The fields of the last head in `text`, which may begin with interim answers. A fold becomes one
// space.
std::vector<std::pair<std::string, std::string>> header_fields(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> fields;
    const auto trimmed = [](std::string_view value) {
        const std::size_t first = value.find_first_not_of(" \t\r");
        const std::size_t last = value.find_last_not_of(" \t\r");
        return first == std::string_view::npos ? std::string_view()
                                               : value.substr(first, last - first + 1);
    };
    bool status_line = true;
    while (!text.empty()) {
        const std::string_view raw = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), raw.size() + 1));
        const std::string_view line = trimmed(raw);
        if (status_line) {
            fields.clear();
            status_line = false;
        } else if (raw.empty() || raw == "\r") {
            status_line = true;
        } else if (raw.front() == ' ' || raw.front() == '\t') {
            std::string& value = fields.back().second;
            value += value.empty() || line.empty() ? "" : " ";
            value += line;
        } else {
            const std::size_t colon = line.find(':');
            fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
        }
    }
    return fields;
}

// An answer as it comes in.
class Answer {
  public:
    using State = ResponseParser::State;

    Answer(bool head_request, BodyUse body_use)
        : parser_(head_request), keeps_body_(body_use == BodyUse::kept) {}

    /// What comes after the end of the answer stays in `data`.
    State take(std::string_view& data) {
        const std::size_t given = data.size();
        first_.append(data.substr(0, kShownBytes - std::min(kShownBytes, first_.size())));
        while (!data.empty()) {
            const bool in_head = !parser_.head_done();
            const ResponseParser::Step step =
                in_head ? parser_.parse_header(data) : parser_.parse(data);
            if (in_head) {
                header_.append(data.substr(0, step.consumed));
            }
            if (keeps_body_) {
                report_.body.append(step.body);
            }
            data.remove_prefix(step.consumed);
            if (step.state != State::need_more) {
                break;
            }
        }
        report_.wire_bytes += given - data.size();
        return parser_.state();
    }

    State end_of_stream() { return parser_.end_of_stream(); }
    bool started() const { return parser_.started(); }
    bool too_large() const { return keeps_body_ && report_.body.size() > kMostBody; }

    ProbeFailure malformed() const {
        return {model::FailureClass::malformed_answer,
                fmt::format("{}: {}", parser_.malformed_why(), model::escaped(first_))};
    }

    /// How far it came, for a message.
    std::string progress() const {
        if (!parser_.started()) {
            return std::string(kNothing);
        }
        if (!parser_.head_done()) {
            return fmt::format("{} bytes of the header", report_.wire_bytes);
        }
        if (const auto length = parser_.content_length(); length) {
            return fmt::format("{} of {} bytes of the body", parser_.body_received(), *length);
        }
        return fmt::format("{} bytes of the body{}", parser_.body_received(),
                           parser_.until_close() ? kUntilClose : "");
    }

    ProbeReport finish() {
        report_.status = parser_.status();
        report_.body_bytes = parser_.body_received();
        report_.http_minor = parser_.http_minor();
        report_.keeps_alive = parser_.keep_alive();
        report_.coding = parser_.coding();
        report_.headers = header_fields(header_);
        report_.beginning = model::escaped(first_);
        return std::move(report_);
    }

  private:
    ResponseParser parser_;
    bool keeps_body_;
    ProbeReport report_;
    std::string header_;
    std::string first_;  // what a message shows
};

ProbeFailure ended_early(const Answer& answer, int send_error) {
    if (send_error != 0) {
        return {answer.started() ? model::FailureClass::reset_in_answer
                                 : model::FailureClass::reset_before_answer,
                reset_in_words(send_error, answer.progress())};
    }
    return {answer.started() ? model::FailureClass::closed_early
                             : model::FailureClass::reset_before_answer,
            fmt::format("the connection was closed after {}", answer.progress())};
}

}  // namespace

void throw_exception_from_error(const ProbeFailure& failure, const boost::source_location& where) {
    throw std::logic_error(fmt::format("{}: unexpected failure: {}: {}", where.to_string(),
                                       to_string(failure.failure), failure.seen));
}

Deadline Deadline::after(Nanoseconds allowed) {
    return {allowed, Clock::now() + std::min<Nanoseconds>(allowed, std::chrono::hours(24))};
}

ProbeResult<RawConnection> RawConnection::open(const Target& target, const Deadline& deadline) {
    auto socket = connect_to(target, deadline);
    if (!socket) {
        return socket.error();
    }
    return RawConnection(std::move(*socket));
}

ProbeResult<bool> RawConnection::send(std::string_view bytes, const Deadline& deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            send_error_ = errno;
            return false;
        }
        if (errno == EAGAIN) {
            if (!wait_for(socket_.get(), POLLOUT, deadline.at)) {
                return ProbeFailure{model::FailureClass::timeout,
                                    fmt::format("the request was not taken within {}",
                                                format_duration(deadline.allowed))};
            }
        } else if (errno != EINTR) {
            return ProbeFailure{model::FailureClass::write_error, errno_words(errno)};
        }
    }
    return true;
}

ProbeResult<ProbeReport> RawConnection::read_answer(const Deadline& deadline, bool head_request,
                                                    BodyUse body_use) {
    Answer answer(head_request, body_use);
    const auto buffer = std::make_unique<std::array<char, kReadSize>>();
    std::string pending = std::exchange(left_over_, {});
    std::string_view data = pending;
    for (bool ended = false;;) {
        const Answer::State state = ended ? answer.end_of_stream() : answer.take(data);
        if (state == Answer::State::malformed) {
            return answer.malformed();
        }
        if (answer.too_large()) {
            return ProbeFailure{model::FailureClass::bad_length,
                                fmt::format("a body larger than {} MiB", kMostBody >> 20U)};
        }
        if (state == Answer::State::complete) {
            left_over_ = data;
            return answer.finish();
        }
        if (ended) {
            return ended_early(answer, send_error_);
        }
        if (!wait_for(socket_.get(), POLLIN, deadline.at)) {
            return ProbeFailure{
                model::FailureClass::timeout,
                fmt::format("{} within {}", answer.progress(), format_duration(deadline.allowed))};
        }
        const ssize_t received = ::recv(socket_.get(), buffer->data(), buffer->size(), 0);
        if (received < 0 && errno != EAGAIN && errno != EINTR) {
            return ProbeFailure{answer.started() ? model::FailureClass::reset_in_answer
                                                 : model::FailureClass::reset_before_answer,
                                reset_in_words(errno, answer.progress())};
        }
        ended = received == 0;
        data = {buffer->data(), static_cast<std::size_t>(std::max<ssize_t>(received, 0))};
    }
}

void RawConnection::acknowledge() {
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

bool RawConnection::is_readable_by(const Deadline& deadline) const {
    return !left_over_.empty() || wait_for(socket_.get(), POLLIN, deadline.at);
}

bool RawConnection::is_closed_by(const Deadline& deadline) {
    std::array<char, 4096> buffer{};
    while (wait_for(socket_.get(), POLLIN, deadline.at)) {
        const ssize_t received = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR)) {
            return true;
        }
        left_over_.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
    }
    return false;
}

}  // namespace benchhost::http
