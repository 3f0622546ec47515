// Finds where requests end, for servers that care about nothing else.
#pragma once

#include <cstddef>
#include <string_view>

namespace benchhost::servers {

/// Counts empty lines (the ends of requests without a body) in a stream, wherever the reads were
/// split. One per connection.
class RequestCounter {
  public:
    std::size_t count(std::string_view data);

  private:
    std::size_t matched_ = 0;  // bytes of the empty line that the last read ended with
};

}  // namespace benchhost::servers
