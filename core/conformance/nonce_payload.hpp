// What a server under check has to answer: different in every check, so that nothing prepared fits.
#pragma once

#include "core/base/result.hpp"
#include "core/model/payload.hpp"
#include "core/process/server_process.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::conformance {

/// Elements of the array that items are taken out of.
inline constexpr std::size_t kNonceItems = 1000;

/// Routes whose bodies hold a nonce, where they are given one. JSON is given to the server with
/// blanks between its tokens, and expected without: whoever copies instead of serialising answers
/// the blanks.
class NoncePayload {
  public:
    /// Writes the file into `directory`. `json_members`: how many small objects the JSON holds;
    /// the text is then as long as the JSON, byte for byte the same.
    static Result<NoncePayload> make(const std::filesystem::path& directory,
                                     std::size_t json_members = 3);

    /// What a right answer is; of a route that answers out of the request all but the body.
    const model::RouteContent& of(model::Route route) const { return expected_.of(route); }
    /// What is answered to a request for so many items, kNonceItems at most.
    std::string first_items(std::size_t count) const;
    /// What the server is given.
    const std::vector<model::RouteContent>& given() const { return given_; }

    enum class Swap { in_place, by_rename };
    /// Other bytes of the same length in the file, with a later time of change; expected from now
    /// on.
    Status swap_file(Swap how);

  private:
    std::vector<std::string> items_;
    model::Payload expected_;
    std::vector<model::RouteContent> given_;
};

}  // namespace benchhost::conformance
