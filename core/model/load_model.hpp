// The load models of docs/measurement.md as data: who decides when the next request goes. Each says
// in a file of its own what the others have to know about it; they ask by a visit, so that a model
// which does not say it does not compile:
//   kName                  load = ..., and what results.json calls it
//   kOpensAhead            its connections are open before the load begins
//   kNeverPauses           every connection has a request on the wire all the time
//   kPipelines             a connection may have several
//   kDividesByConnections  its load is divided among threads as its connections are
//   kOffersAllTheSame      whatever the server does, all are asked for the same
//   describe()             the heading of its tables
//   check()                whether the engine can run it
//   open_at_once()         connections
//   build_up()             how long it takes until all of the load is there
//   offered_ceiling()      the most requests/s that it can ask; absent where the server decides
//   mean_pause()           between an answer and the next request of a connection
//   make_quick(share)      for a quick look, whose window is this share of the one asked for
#pragma once

#include "core/model/closed_loop.hpp"
#include "core/model/limit_search.hpp"
#include "core/model/open_loop.hpp"
#include "core/model/virtual_users.hpp"

#include <boost/describe/enum.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace benchhost::model {

/// What the engine can run.
using LoadModel = std::variant<ClosedLoop, VirtualUsers, OpenLoop>;

template <class Variant, class... More>
struct Widened;
template <class... Models, class... More>
struct Widened<std::variant<Models...>, More...> {
    using type = std::variant<Models..., More...>;
};
/// What a trial does: one of these loads, or a series of them.
using TrialLoad = Widened<LoadModel, RateSweep, LimitSearch>::type;

/// For a visit that tells the models apart.
template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// "closed" ...
inline std::string load_name(const TrialLoad& load) {
    return std::visit([](const auto& each) { return std::string(each.kName); }, load);
}

/// kOffersAllTheSame of the load with this name: a file of results may have no more of it.
inline bool offers_all_the_same(std::string_view name) {
    return [&]<class... Loads>(const std::variant<Loads...>* /*of these*/) {
        return ((Loads::kName == name && Loads::kOffersAllTheSame) || ...);
    }(static_cast<const TrialLoad*>(nullptr));
}

/// How closely each answer is compared with what was expected.
enum class Verify { full, length, status };
BOOST_DESCRIBE_ENUM(Verify, full, length, status)

}  // namespace benchhost::model
