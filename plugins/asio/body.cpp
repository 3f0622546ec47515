#include "body.hpp"

#include <benchhost/site.hpp>

#include <charconv>
#include <system_error>

namespace benchhost::asio_server {

Body::Body(const Request& request) : chunked_(request.chunked), left_(request.content_length) {
    if (chunked_) {
        state_ = State::size;
    } else if (left_ > 0) {
        state_ = State::content;
    }
}

Body::Piece Body::take(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ != State::end && state_ != State::refused) {
        if (state_ != State::content) {
            step(bytes[used++]);
            continue;
        }
        const std::string_view content = bytes.substr(used, static_cast<std::size_t>(left_));
        left_ -= content.size();
        if (left_ == 0) {
            state_ = chunked_ ? State::chunk_return : State::end;
        }
        return {used + content.size(), content};
    }
    return {used, {}};
}

void Body::step(char letter) {
    switch (state_) {
        case State::size:
            step_size(letter);
            break;
        case State::extension:
            state_ = letter == '\r' ? State::size_newline : State::extension;
            break;
        case State::size_newline:
            taken_ += left_;
            expect(letter, '\n', left_ > 0 ? State::content : State::trailer);
            break;
        case State::chunk_return:
            expect(letter, '\r', State::chunk_newline);
            break;
        case State::chunk_newline:
            has_size_ = false;
            expect(letter, '\n', State::size);
            break;
        case State::trailer:
            state_ = letter == '\r' ? State::last_newline : State::trailer_field;
            break;
        case State::trailer_field:
            state_ = letter == '\n' ? State::trailer : State::trailer_field;
            break;
        case State::last_newline:
            expect(letter, '\n', State::end);
            break;
        case State::end:
        case State::refused:
        case State::content:
            break;
    }
}

void Body::step_size(char letter) {
    unsigned digit = 0;
    if (std::from_chars(&letter, &letter + 1, digit, 16).ec == std::errc()) {
        has_size_ = true;
        left_ = left_ * 16 + digit;
        if (left_ > sdk::kMostUpload - taken_) {
            refuse(413);
        }
    } else if (!has_size_) {
        refuse(400);
    } else if (letter == '\r') {
        state_ = State::size_newline;
    } else if (letter == ';' || letter == ' ' || letter == '\t') {
        state_ = State::extension;
    } else {
        refuse(400);
    }
}

void Body::expect(char letter, char expected, State next) {
    if (letter == expected) {
        state_ = next;
    } else {
        refuse(400);
    }
}

void Body::refuse(unsigned status) {
    state_ = State::refused;
    refusal_ = status;
}

}  // namespace benchhost::asio_server
