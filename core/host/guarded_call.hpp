// Calling into a plugin that may break the rule that no exception crosses the border.
#pragma once

#include "core/base/result.hpp"

#include <exception>
#include <string>

namespace benchhost::host {

/// Runs `call`; an exception becomes the Error "create threw an exception: what it says".
template <class Call>
Status guarded(const std::string& function, const Call& call) {
    try {
        call();
        return {};
    } catch (const std::exception& thrown) {
        return Error{ErrorCode::server,
                     function + " threw an exception across the plugin border: " + thrown.what()};
    } catch (...) {
        return Error{ErrorCode::server,
                     function + " threw an exception of an unknown type across the plugin border"};
    }
}

}  // namespace benchhost::host
