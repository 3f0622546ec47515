// Is an answer the right one? Compared while it is read, never stored.
#pragma once

#include "core/http/response_parser.hpp"
#include "core/model/failure.hpp"
#include "core/model/load_model.hpp"
#include "core/requests/request_template.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace benchhost::load {

/// Of one kind of request, which outlives it. Immutable; shared by all load threads.
class AnswerCheck {
  public:
    AnswerCheck(model::Verify verify, const requests::RequestTemplate& request)
        : status_(request.expected_status()) {
        const auto& body = request.expected_body();
        if (!body || verify == model::Verify::status) {
            return;
        }
        measures_ = true;
        compares_ = verify == model::Verify::full;
        drawn_ = body->is_fixed() ? nullptr : &*body;
        if (body->shortest() == body->longest()) {
            length_ = body->longest();
        }
        fixed_ = body->is_fixed() ? std::string_view(body->fixed_text()) : std::string_view();
    }

    /// Whether `slice` is what the body should hold from `offset` on. Bytes beyond the expected
    /// end are judge()'s business.
    bool matches(const requests::Identity& request, std::uint64_t offset,
                 std::string_view slice) const {
        if (drawn_ != nullptr) [[unlikely]] {
            return !compares_ || drawn_->matches(request, offset, slice);
        }
        if (!compares_ || offset + slice.size() > fixed_.size()) {
            return true;
        }
        return std::memcmp(fixed_.data() + offset, slice.data(), slice.size()) == 0;
    }

    /// The class of a complete answer that is wrong; `body_matches` is what matches() said of all
    /// its slices.
    std::optional<model::FailureClass> judge(const requests::Identity& request,
                                             const http::ResponseParser& answer,
                                             bool body_matches) const {
        if (answer.status() != status_) {
            return model::FailureClass::bad_status;
        }
        if (measures_ && answer.body_received() != length(request)) {
            return model::FailureClass::bad_length;
        }
        if (!body_matches) {
            return model::FailureClass::bad_body;
        }
        return std::nullopt;
    }

    /// The same of an answer that was compressed, whose decoded body was or was not the right one.
    std::optional<model::FailureClass> judge_coded(const http::ResponseParser& answer,
                                                   bool is_right) const {
        if (answer.status() != status_) {
            return model::FailureClass::bad_status;
        }
        return is_right ? std::nullopt : std::optional(model::FailureClass::bad_body);
    }

  private:
    std::uint64_t length(const requests::Identity& request) const {
        return length_ ? *length_ : drawn_->length(request);
    }

    unsigned status_ = 200;
    bool compares_ = false;
    bool measures_ = false;
    std::optional<std::uint64_t> length_;            ///< when all have the same
    const requests::TextTemplate* drawn_ = nullptr;  ///< nullptr: fixed_
    std::string_view fixed_;
};

}  // namespace benchhost::load
