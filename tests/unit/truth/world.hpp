// What a simulated trial is drawn to be, so that the right verdict is known beforehand: the load,
// the server, the generator and the machine. Times in seconds, shares from 0 to 1.
#pragma once

#include "core/model/load_model.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace benchhost::truth {

struct Stall {
    double at = 0;  ///< after the beginning of the window
    double length = 0;
};

struct Server {
    unsigned processors = 1;  ///< and as many threads
    double cpu = 1e-4;        ///< of a processor, for one request on average
    double noise = 0;         ///< deviation of its logarithm
    double wait = 0;          ///< for something that needs no processor, for each request
    double hang = 0, drop = 0, wrong = 0;  ///< shares of the requests
    unsigned most_connections = 0;         ///< no others are served; 0: all are
    bool refuses = false;                  ///< the others at once; else they wait for ever
    std::optional<Stall> stall;
    bool spins = false;  ///< uses all of its processors even without work
    /// Requests/s that its processors bear, when nobody else has them.
    double capacity() const { return processors / cpu; }
};

struct Machine {
    double others_on_server = 0, others_on_client = 0;  ///< of the processors of that side
    std::optional<double> server_quota;                 ///< share of its processors that it gets
    bool tells_run_delay = true;
    bool tells_shares = true;  ///< the window is long enough for the kernel's ticks
};

struct World {
    std::uint64_t seed = 1;
    model::LoadModel load = model::ClosedLoop{};
    double warmup = 0.1, duration = 1, timeout = 1;
    Server server;
    double generator_cpu = 1e-5;  ///< of its only thread, for one request
    bool knows_ceiling = true;
    Machine machine;
};

std::string describe(const World& world);

/// Draws from one seed.
class Draw {
  public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}
    double between(double least, double most) {
        return std::uniform_real_distribution<>(least, most)(random_);
    }
    double log_between(double least, double most);
    unsigned whole(unsigned least, unsigned most) {
        return std::uniform_int_distribution<unsigned>(least, most)(random_);
    }
    bool chance(double share) { return between(0, 1) < share; }
    std::mt19937_64& random() { return random_; }

  private:
    std::mt19937_64 random_;
};

enum class Kind { closed, users, constant, poisson, stages };
inline constexpr Kind kKinds[] = {Kind::closed, Kind::users, Kind::constant, Kind::poisson,
                                  Kind::stages};
const char* to_string(Kind kind);

/// A trial of this kind, of some hundred to some thousand requests.
World draw_world(std::uint64_t seed, Kind kind);
/// What the server, the generator and the machine of a search are, and a load that it begins with.
World draw_search(std::uint64_t seed, model::LimitSearch& search);

}  // namespace benchhost::truth
