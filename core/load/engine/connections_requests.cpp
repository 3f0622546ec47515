// Connections, the writing side: from planned requests to the bytes in the socket.
#include "core/load/engine/connections.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace benchhost::load {

void Connections::submit(std::uint32_t index, std::span<const PlannedRequest> requests,
                         Instant now) {
    Connection& connection = connections_[index];
    const bool is_open = connection.state == State::open;
    if (is_open && connection.in_flight == 0) {
        deadlines_[index] = now + traffic_.timeout;
    }
    for (const PlannedRequest& request : requests) {
        slot(index, connection.in_flight) = {request.at, is_open ? now : kNever, request.number,
                                             request.kind};
        ++connection.in_flight;
        tally_.sent(request, connection.used, now);
        connection.used = true;
        connection.asked = true;
    }
    const auto count = static_cast<std::uint32_t>(requests.size());
    requests_in_flight_ += count;
    if (is_open) {
        tally_.written(count, now);
        write(index, count, now);
        return;
    }
    connection.unwritten = static_cast<std::uint16_t>(connection.unwritten + count);
    if (connection.state == State::closed && !connection.backing_off) {
        open(index, now);
    }
}

Request Connections::pop_slot(std::uint32_t index) {
    Connection& connection = connections_[index];
    const Request request = slot(index, 0);
    ++connection.first_slot;
    if (connection.first_slot == traffic_.pipeline) {
        connection.first_slot = 0;
    }
    --connection.in_flight;
    ++connection.freed;
    --requests_in_flight_;
    return request;
}

// The last `requests` of those in flight.
void Connections::write(std::uint32_t index, std::uint32_t requests, Instant now) {
    Connection& connection = connections_[index];
    const bool waits = connection.unsent_bytes != 0;  // for room in the socket
    if (traffic_.repeated.empty()) {
        for (std::uint32_t nth = connection.in_flight - requests; nth < connection.in_flight;
             ++nth) {
            const Request& request = slot(index, nth);
            connection.unsent_bytes += kind_of(request).length(identity_of(index, request));
        }
        if (!waits) {
            write_rest(index, now);
        }
        return;
    }
    std::size_t bytes = requests * traffic_.request_size;
    if (!waits) [[likely]] {
        const ssize_t written = kernel_.send(connection.socket, {traffic_.repeated.data(), bytes});
        if (written == static_cast<ssize_t>(bytes)) [[likely]] {
            return;
        }
        if (written < 0 && errno != EAGAIN) {
            on_error(index, Call::send, errno, now);
            return;
        }
        bytes -= static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    }
    connection.unsent_bytes += bytes;
}

void Connections::write_rest(std::uint32_t index, Instant now) {
    Connection& connection = connections_[index];
    while (connection.unsent_bytes != 0) {
        const ssize_t written = kernel_.send(connection.socket, unsent(index));
        if (written < 0) {
            if (errno != EAGAIN) {
                on_error(index, Call::send, errno, now);
            }
            return;
        }
        connection.unsent_bytes -= static_cast<std::uint64_t>(written);
    }
}

// The next bytes to be written, all of them or a part.
std::string_view Connections::unsent(std::uint32_t index) {
    if (traffic_.repeated.empty()) {
        return make_unsent(index);
    }
    // All requests are the same bytes, so what is left tells where in one we are.
    const std::uint64_t left = connections_[index].unsent_bytes;
    const std::size_t size = traffic_.request_size;
    const auto at = static_cast<std::size_t>((size - left % size) % size);
    const std::string_view from = std::string_view(traffic_.repeated).substr(at);
    return from.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, from.size())));
}

std::uint64_t Connections::length_in_flight(std::uint32_t index) {
    std::uint64_t length = 0;
    for (std::uint32_t nth = 0; nth < connections_[index].in_flight; ++nth) {
        const Request& request = slot(index, nth);
        length += kind_of(request).length(identity_of(index, request));
    }
    return length;
}

// What is written at once is counted as unsent only once a part of it was taken.
bool Connections::none_has_left(std::uint32_t index) {
    const std::uint64_t left = connections_[index].unsent_bytes;
    return left == 0 || left == length_in_flight(index);
}

// Where all requests are the same bytes, unsent() goes on with it.
bool Connections::was_answered_early(std::uint32_t index) {
    const std::uint64_t left = connections_[index].unsent_bytes;
    return left != 0 && traffic_.repeated.empty() && left > length_in_flight(index);
}

// What is in flight ends with what is unsent: from there on it is made anew.
std::string_view Connections::make_unsent(std::uint32_t index) {
    const Connection& connection = connections_[index];
    const auto length_of = [&](std::uint32_t nth) {
        const Request& request = slot(index, nth);
        return kind_of(request).length(identity_of(index, request));
    };
    std::uint32_t nth = connection.in_flight - 1U;
    std::uint64_t left = connection.unsent_bytes;
    for (std::uint64_t length = length_of(nth); left > length; length = length_of(--nth)) {
        left -= length;
    }
    std::uint64_t offset = length_of(nth) - left;
    char* const begin = send_buffer_.get();
    std::size_t size = 0;
    for (;; ++nth, offset = 0) {
        const Request& request = slot(index, nth);
        const auto piece =
            kind_of(request).piece(identity_of(index, request), offset, begin + size);
        const bool is_last = nth + 1U == connection.in_flight;
        if (size == 0 && (is_last || piece.size() > kind_of(request).room())) {
            return piece;
        }
        if (piece.size() > kind_of(request).room()) {
            break;
        }
        std::memmove(begin + size, piece.data(), piece.size());
        size += piece.size();
        if (is_last || offset + piece.size() < length_of(nth) ||
            kind_of(slot(index, nth + 1U)).room() > traffic_.room - size) {
            break;
        }
    }
    return {begin, size};
}

}  // namespace benchhost::load
