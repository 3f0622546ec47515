// How a body may be coded (RFC 9110, section 8.4.1).
#pragma once

#include "core/base/described.hpp"

#include <cstdint>

namespace benchhost::http {

/// `other`: one that is not known here, or several.
BOOST_DEFINE_FIXED_ENUM_CLASS(ContentCoding, std::uint8_t, identity, gzip, deflate, br, zstd, other)

}  // namespace benchhost::http
