// The classes a failed request is counted under.
#pragma once

#include "core/base/described.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost::model {

// Defined and described at once; a line for each.
// clang-format off
BOOST_DEFINE_FIXED_ENUM_CLASS(FailureClass, std::uint8_t,
    connect_refused,
    connect_timeout,
    no_port_or_fd,        // the machine had no local port or file descriptor left
    reset_before_answer,  // RST, or FIN, before the first byte of the answer
    reset_in_answer,      // RST after the first byte
    closed_early,         // FIN before the body was complete
    write_error,
    timeout,              // no complete answer in time; the connection is closed
    malformed_answer,     // not HTTP/1.x, or beyond the header limit
    bad_status,
    bad_length,
    bad_body,
    bad_header,           // a field that was expected is not there, or has another value
    no_value)             // a right answer without what the next step of the flow needs
// clang-format on
inline constexpr std::size_t kFailureClasses = kEnumerators<FailureClass>;

/// The name in results and reports: "connect-refused" ...
std::string_view to_string(FailureClass failure);

/// Bytes that a server sent, as text for a report: what is not printable ASCII is escaped.
std::string escaped(std::string_view bytes);

/// Counts by class and, for each class, what was seen the first time (errno in words, or up to 256
/// bytes of the answer). One thread writes; merge after join.
class FailureCounts {
  public:
    void add(FailureClass failure, std::string_view seen);
    /// Hot path: counts without building the example; true when an example is still wanted.
    bool add(FailureClass failure) { return ++counts_[static_cast<std::size_t>(failure)] == 1; }
    void set_example(FailureClass failure, std::string_view seen);
    /// What another process counted; `seen` is kept where no example is known yet.
    void add_many(FailureClass failure, std::uint64_t count, std::string_view seen);
    void merge(const FailureCounts& other);

    std::uint64_t count(FailureClass failure) const {
        return counts_[static_cast<std::size_t>(failure)];
    }
    std::uint64_t total() const;
    const std::string& example(FailureClass failure) const {
        return examples_[static_cast<std::size_t>(failure)];
    }

  private:
    std::array<std::uint64_t, kFailureClasses> counts_{};
    std::array<std::string, kFailureClasses> examples_;
};

}  // namespace benchhost::model
