// What a server does with bytes: every route, and requests as clients really send them.
#pragma once

#include "core/conformance/findings.hpp"
#include "core/conformance/subject.hpp"

namespace benchhost::conformance {

/// A route on a connection of its own: status, bytes, content type.
Finding check_route(Subject& subject, model::Route route);

/// A second request on the connection of the first.
Finding check_keep_alive(Subject& subject);
/// `Connection: close` is obeyed.
Finding check_close(Subject& subject);
/// An HTTP/1.0 request is answered, and its connection closed.
Finding check_http_1_0(Subject& subject);
/// A request in two pieces is answered, once, after the second.
Finding check_split(Subject& subject);
/// Three requests in one write are answered in their order.
Finding check_pipelined(Subject& subject);
/// No answer on a kept connection waits for the acknowledgement of its own beginning.
Finding check_delayed_ack(Subject& subject);
/// 404 for what is not there.
Finding check_unknown_path(Subject& subject);
/// 4xx for what is not HTTP.
Finding check_bad_request(Subject& subject);
/// HEAD is answered like GET, without a body.
Finding check_head(Subject& subject);
/// A connection that is open and silent holds up nobody.
Finding check_silent_connection(Subject& subject);

}  // namespace benchhost::conformance
