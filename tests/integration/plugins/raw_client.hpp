// An HTTP client of bytes: sends what it is given and reads one answer at a time.
#pragma once

#include "core/base/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost::test {

struct Answer {
    int status = 0;  ///< 0: the connection ended, or nothing came in time
    std::string head;
    std::string body;

    /// The value of a header field, whatever the case of its name; "" when there is none.
    std::string field(std::string_view name) const;
};

/// One connection to 127.0.0.1; every wait ends after ten seconds.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port);
    bool is_connected() const { return connected_; }
    void send(std::string_view bytes) const;
    /// The next answer; its body has Content-Length bytes, or none after HEAD.
    Answer read_answer(bool head_only = false);
    /// Whether the server has closed the connection and nothing is left to read.
    bool at_end();

  private:
    bool fill();

    UniqueFd socket_;
    bool connected_ = false;
    std::string pending_;
};

/// One request on a connection of its own.
Answer ask(std::uint16_t port, std::string_view request);

}  // namespace benchhost::test
