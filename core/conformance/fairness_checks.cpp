#include "core/conformance/fairness_checks.hpp"

#include "core/conformance/evidence.hpp"
#include "core/trial/probe_routes.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <thread>
#include <vector>

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

/// Processor time of the server for one request, in microseconds, over some of them.
struct Cost {
    double us = 0;
    std::optional<std::string> problem;
};

Cost cost_of(Subject& subject, model::Route route) {
    constexpr int kRequests = 24;
    Cost cost;
    Client client(subject);
    const auto before = subject.server().usage(false);
    for (int i = 0; i < kRequests && !cost.problem; ++i) {
        cost.problem = client.ask(route);
    }
    const auto after = subject.server().usage(false);
    if (!before || !after) {
        cost.problem = cost.problem.value_or("its processor time cannot be read");
        return cost;
    }
    cost.us = to_seconds(after->cpu - before->cpu) * 1e6 / kRequests;
    return cost;
}

/// What JSON costs more than text, in pairs whose order changes each time.
struct Surcharge {
    std::vector<double> us;
    std::optional<std::string> problem;

    void measure(Subject& subject, std::size_t pairs) {
        while (us.size() < pairs && !problem) {
            const bool text_first = us.size() % 2 == 0;
            const auto first =
                cost_of(subject, text_first ? model::Route::text : model::Route::json);
            const auto then =
                cost_of(subject, text_first ? model::Route::json : model::Route::text);
            problem = first.problem ? first.problem : then.problem;
            us.push_back(text_first ? then.us - first.us : first.us - then.us);
        }
    }
};

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
    // Both, so that looks which the machine has delayed are not too few.
    constexpr int kLooks = 60;
    const auto until = steady_clock::now() + std::chrono::seconds(3);
    for (int look = 0; look < kLooks || steady_clock::now() < until; ++look) {
        std::this_thread::sleep_for(milliseconds(50));  // it is time itself that is waited for
        const auto now = date_now();
        if (now != first) {
            return now.empty() ? warn("not every answer has a Date") : pass("moves");
        }
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
    // Copying takes a tenth of a nanosecond a byte, serialising one or more.
    constexpr double kLeastUsPerByte = 0.22e-3;
    const auto size = subject.payload().of(model::Route::json).body.size();
    for (const auto route : {model::Route::text, model::Route::json}) {
        if (const auto cold = cost_of(subject, route);
            cold.problem) {  // what comes first costs more
            return fail(*cold.problem);
        }
    }
    Surcharge surcharge;
    Centre centre;
    for (const std::size_t pairs : {12U, 24U, 48U}) {
        surcharge.measure(subject, pairs);
        if (surcharge.problem) {
            return fail(*surcharge.problem);
        }
        centre = centre_against(surcharge.us, kLeastUsPerByte * static_cast<double>(size));
        if (centre.side != Centre::Side::unclear) {
            break;
        }
    }
    const auto costs = fmt::format(
        "{:.0f} us more processor time ({:.0f} to {:.0f}) for {} bytes of JSON than for the same "
        "bytes as text",
        centre.value, centre.low, centre.high, size);
    return centre.side == Centre::Side::above ? pass(costs)
           : centre.side == Centre::Side::below
               ? fail(costs + ": it is not serialised for each request")
               : cannot_tell(costs);
}

}  // namespace benchhost::conformance
