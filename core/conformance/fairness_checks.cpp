#include "core/conformance/fairness_checks.hpp"

#include "core/trial/probe_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace benchhost::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// One connection after another, kept as long as the server keeps it.
class Client {
  public:
    explicit Client(Subject& subject) : subject_(subject) {}

    /// What is wrong with the answer, or nothing.
    std::optional<std::string> ask(model::Route route) {
        if (!connection_) {
            auto opened = subject_.connect();
            if (!opened) {
                return in_words(opened.error());
            }
            connection_ = std::move(*opened);
        }
        (void)connection_->send(subject_.get(route), in_time());  // a missing answer tells
        const auto answer = connection_->read_answer(in_time());
        if (auto wrong = subject_.wrong(answer, route)) {
            return wrong;
        }
        if (!answer->keeps_alive) {
            connection_.reset();
        }
        return std::nullopt;
    }

  private:
    Subject& subject_;
    std::optional<http::RawConnection> connection_;
};

struct Cost {
    double us = 0;  ///< processor time of the server for one request, the least of some batches
    std::optional<std::string> problem;
};

Cost cost_of(Subject& subject, model::Route route, int requests) {
    Cost cost;
    Client client(subject);
    const auto before = subject.server().usage(false);
    for (int i = 0; i < requests && !cost.problem; ++i) {
        cost.problem = client.ask(route);
    }
    const auto after = subject.server().usage(false);
    if (!before || !after) {
        cost.problem = cost.problem.value_or("its processor time cannot be read");
        return cost;
    }
    cost.us = to_seconds(after->cpu - before->cpu) * 1e6 / requests;
    return cost;
}

}  // namespace

Finding check_file_is_read(Subject& subject) {
    Client client(subject);
    if (auto wrong = client.ask(model::Route::file)) {
        return fail(*wrong);
    }
    if (const auto swapped = subject.payload().swap_file(NoncePayload::Swap::in_place); !swapped) {
        return warn(swapped.error().message);
    }
    if (client.ask(model::Route::file)) {
        return fail(
            "/file still sends the old bytes after the file was overwritten by others of "
            "the same length: it is not read for each request");
    }
    if (const auto swapped = subject.payload().swap_file(NoncePayload::Swap::by_rename); !swapped) {
        return warn(swapped.error().message);
    }
    if (client.ask(model::Route::file)) {
        return warn("/file keeps the file open: a new file of that name is not seen");
    }
    return pass("read again after each change");
}

Finding check_date(Subject& subject) {
    const auto date_now = [&]() -> std::string {
        const auto answer = subject.ask(subject.get(model::Route::text, "Connection: close\r\n"));
        return answer ? trial::header(*answer, "date") : "";
    };
    const auto first = date_now();
    if (first.empty()) {
        return pass("sends none");
    }
    const auto until = steady_clock::now() + std::chrono::seconds(4);
    while (steady_clock::now() < until) {
        if (date_now() != first) {
            return pass("moves");
        }
        std::this_thread::sleep_for(milliseconds(50));  // it is time itself that is waited for
    }
    return fail(
        fmt::format("Date stands still at \"{}\": the answer was prepared beforehand", first));
}

Finding check_class(const std::optional<std::string>& declared_class) {
    if (!declared_class) {
        return warn("declares none of production, tuned and raw; the table shows a dash");
    }
    if (*declared_class != "production" && *declared_class != "tuned" && *declared_class != "raw") {
        return fail(fmt::format("declares the class \"{}\"; there are production, tuned and raw",
                                *declared_class));
    }
    return pass(*declared_class);
}

Finding check_json_is_serialised(Subject& subject) {
    constexpr int kBatches = 4;
    constexpr int kRequests = 60;
    // Copying as many bytes takes a tenth of it, serialising them several times as long.
    constexpr double kLeastUs = 8;
    double text = 0;
    double json = 0;
    for (int batch = 0; batch < kBatches; ++batch) {
        const auto one = cost_of(subject, model::Route::text, kRequests);
        const auto other = cost_of(subject, model::Route::json, kRequests);
        if (one.problem || other.problem) {
            return fail(one.problem ? *one.problem : *other.problem);
        }
        text = batch == 0 ? one.us : std::min(text, one.us);
        json = batch == 0 ? other.us : std::min(json, other.us);
    }
    const auto size = subject.payload().of(model::Route::json).body.size();
    const auto costs = fmt::format(
        "{:.0f} us of processor time for {} bytes of JSON, {:.0f} us "
        "for the same bytes as text",
        json, size, text);
    return json - text < kLeastUs ? fail(costs + ": it is not serialised for each request")
                                  : pass(costs);
}

}  // namespace benchhost::conformance
