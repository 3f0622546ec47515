// Does a server do what each route asks, with bytes and numbers that nobody has had before?
#pragma once

#include "core/conformance/findings.hpp"
#include "core/conformance/subject.hpp"

namespace benchhost::conformance {

/// Of a route that the server offers: check_route, or one of the following.
Finding check_offered_route(Subject& subject, model::Route route);

/// A small body and a large one come back as they were, on one connection where the server keeps
/// it.
Finding check_echo(Subject& subject);
/// The largest body that may come, and one in chunks: length and checksum.
Finding check_upload(Subject& subject);
/// By query and by form, other numbers each time; 400 where one is missing.
Finding check_sum(Subject& subject);
/// No answer before its time. How requests that wait at once are answered is told; it fails nobody.
Finding check_wait(Subject& subject);
/// None, one, some and all items; 404 for more.
Finding check_items(Subject& subject);
/// Compressed where the client allows it, and only there.
Finding check_compressed(Subject& subject);

}  // namespace benchhost::conformance
