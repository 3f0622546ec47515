// How the values of [profile.<name>] are spelled and how large they may be.
#pragma once

#include "core/base/units.hpp"
#include "core/config/config_key.hpp"
#include "core/model/load_model.hpp"
#include "core/model/route.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::config {

constexpr std::uint64_t kMostPipeline = 64;
constexpr std::uint64_t kMostConnectionRequests = 1'000'000'000;

Shape<model::Route> usual_route();
Shape<Nanoseconds> window();
Shape<Nanoseconds> warmup();
Shape<Nanoseconds> latency();  ///< within the histogram's range
Shape<double> request_rate();
Shape<DurationRange> think_time();
Shape<double> pass_share();
Shape<double> resolution();
Shape<std::string> file_name();                           ///< of what no run writes by itself
Shape<std::vector<model::RateStage>> stages();            ///< "1k/s:10s, 5k/s:20s"
Shape<std::vector<model::SweepRate>> sweep();             ///< "1k/s, 5k/s", "20%, 80%"
Shape<double> load_of_search(model::LimitSearch::Of of);  ///< of one step

}  // namespace benchhost::config
