// Is an answer the right one? Compared while it is read, never stored.
#pragma once

#include "core/http/response_parser.hpp"
#include "core/load/load.hpp"
#include "core/model/failure.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace benchhost::load {

/// Immutable; shared by all load threads.
class AnswerCheck {
  public:
    AnswerCheck() = default;
    explicit AnswerCheck(const Expectation& expectation)
        : status_(expectation.status),
          compare_(expectation.verify == model::Verify::full && expectation.body.has_value()),
          measure_(expectation.verify != model::Verify::status && expectation.body.has_value()),
          body_(expectation.body.value_or("")) {}

    /// Whether `slice` is what the body should hold from `offset` on. Bytes beyond the expected
    /// end are judge()'s business.
    bool matches(std::uint64_t offset, std::string_view slice) const {
        if (!compare_ || offset + slice.size() > body_.size()) {
            return true;
        }
        return std::memcmp(body_.data() + offset, slice.data(), slice.size()) == 0;
    }

    /// The class of a complete answer that is wrong; `body_matches` is what matches() said of all
    /// its slices.
    std::optional<model::FailureClass> judge(const http::ResponseParser& answer,
                                             bool body_matches) const {
        if (answer.status() != status_) {
            return model::FailureClass::bad_status;
        }
        if (measure_ && answer.body_received() != body_.size()) {
            return model::FailureClass::bad_length;
        }
        if (!body_matches) {
            return model::FailureClass::bad_body;
        }
        return std::nullopt;
    }

    unsigned status() const { return status_; }
    std::uint64_t body_size() const { return body_.size(); }

  private:
    unsigned status_ = 200;
    bool compare_ = false;
    bool measure_ = false;
    std::string body_;
};

}  // namespace benchhost::load
