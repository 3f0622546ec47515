// How a trial ended, and what its figures are figures of.
#pragma once

#include "core/base/described.hpp"

namespace benchhost::model {

BOOST_DEFINE_ENUM_CLASS(Outcome, ok, failed, skipped)
BOOST_DEFINE_ENUM_CLASS(Verdict, server_bound, client_bound, machine_bound, link_bound,
                        load_limited, invalid, not_known)
inline const char* to_string(Outcome outcome) { return word_of(outcome); }
/// "server-bound" ...
inline const char* to_string(Verdict verdict) { return word_of(verdict); }

}  // namespace benchhost::model
