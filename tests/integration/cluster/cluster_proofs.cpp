// Proves under MPI what several ranks generate together, as the server sees it. Rank 0 runs an
// oracle server on the address that it is given, the others ask it:
//
//   mpirun ... cluster_proofs ADDRESS [counts]
//
// "counts" leaves out what a busy machine would make late. Exit code 0: every proof passed.
#include "core/cluster/cluster_generator.hpp"
#include "core/cluster/load_rank.hpp"
#include "core/machine/cpu_list.hpp"
#include "core/selftest/arrival_proof.hpp"
#include "core/selftest/oracle_server.hpp"
#include "core/servers/null_server.hpp"

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <numeric>
#include <string_view>

namespace benchhost::cluster {
namespace {

using namespace std::chrono_literals;

constexpr const char* kBody = "Hello World!";
// The ranks share the processors of one machine with each other, with the server, and often with
// the guests of other people: a wake-up that comes late joins two short gaps.
constexpr double kSlack = 4;

class Proofs {
  public:
    Proofs(ClusterGenerator& generator, std::string address)
        : generator_(generator), address_(std::move(address)) {}

    bool all_passed() const { return passed_; }

    /// What the server counted is what the ranks counted, whole and in parts.
    void conservation(const std::string& name, const model::LoadModel& model) {
        auto server = start();
        const auto spec = spec_for(*server, model);
        const auto generated = run(spec);
        server->stop();
        const auto& books = generated.report.books;
        std::uint64_t of_parts = 0;
        for (const auto& part : generated.parts) {
            of_parts += part.requests.sent;
        }
        const auto counted = server->arrivals().size();
        tell(name,
             counted == books.sent && of_parts == books.sent && books.balance() &&
                 generated.parts.size() == 2 && books.failed == 0,
             fmt::format("the server counted {} requests, the ranks sent {} in {} parts that have "
                         "{}; {} failed",
                         counted, books.sent, generated.parts.size(), of_parts, books.failed));
    }

    void poisson() {
        constexpr double kRate = 200;
        auto server = start();
        model::OpenLoop model;
        model.rate = kRate;
        model.arrivals = model::Arrivals::poisson;
        model.connections = 32;
        auto spec = spec_for(*server, model);
        spec.duration = 8s;
        const auto generated = run(spec);
        server->stop();
        const auto planned = selftest::planned_times(spec, generated.report.window_start);
        tell("Poisson: the schedule of one process",
             planned.size() == server->arrivals().size() &&
                 planned.size() == generated.report.books.planned,
             fmt::format("planned {}, seen by the server {}", planned.size(),
                         server->arrivals().size()));
        const auto proof = selftest::poisson_proof(server->arrivals(), kRate, kSlack);
        tell(proof.name, proof.pass, fmt::format("{:.4f}, {}", proof.measured, proof.bound));
        // One machine, one clock: what is compared with the plan is the common start, too.
        const auto errors = selftest::arrival_errors(server->arrivals(), planned);
        const double median = errors.empty() ? 1e9 : errors[errors.size() / 2];
        tell("Poisson: error of the arrivals, median", median > -500 && median < 5000,
             fmt::format("{:.0f} us, within -500 to 5000 us", median));
    }

  private:
    std::unique_ptr<selftest::OracleServer> start() {
        selftest::OracleServer::Options options;
        options.answer = servers::canned_answer(kBody);
        return selftest::OracleServer::start(servers::listen_tcp(address_).value(), options)
            .value();
    }

    static load::LoadSpec spec_for(const selftest::OracleServer& server,
                                   const model::LoadModel& model) {
        load::LoadSpec spec;
        spec.target = server.target();
        spec.expectation.body = kBody;
        spec.model = model;
        spec.duration = 2s;
        spec.timeout = 20s;
        return spec;
    }

    trial::GeneratedLoad run(const load::LoadSpec& spec) {
        const std::atomic<bool> stop{false};
        return generator_.run(spec, stop, nullptr).value();
    }

    void tell(const std::string& name, bool pass, const std::string& seen) {
        fmt::print("{} {}: {}\n", pass ? "pass" : "FAIL", name, seen);
        passed_ = passed_ && pass;
    }

    ClusterGenerator& generator_;
    std::string address_;
    bool passed_ = true;
};

bool prove(Link& link, const std::vector<RankFacts>& ranks, const std::string& address,
           bool only_counts) {
    const std::atomic<bool> interrupted{false};
    std::atomic<bool> warned{false};
    CpuShares shares;
    shares.generators = {{}, {0}, {0}};
    for (std::size_t i = 1; i < ranks.size(); ++i) {
        shares.generators[i] = {ranks[i].cpus[(i - 1) % ranks[i].cpus.size()]};
    }
    ClusterGenerator generator(link, ranks, shares, {interrupted, warned});
    Proofs proofs(generator, address);
    proofs.conservation("closed loop", model::ClosedLoop{7});
    model::OpenLoop constant;
    constant.rate = 1000;
    constant.connections = 16;
    proofs.conservation("constant rate", constant);
    if (!only_counts) {
        proofs.poisson();
    }
    return proofs.all_passed();
}

}  // namespace
}  // namespace benchhost::cluster

int main(int argc, char** argv) {
    using namespace benchhost::cluster;
    boost::mpi::environment environment(argc, argv, boost::mpi::threading::funneled, false);
    boost::mpi::communicator world;
    if (argc < 2 || argc > 3 || world.size() != 3) {
        fmt::print(stderr, "usage: mpirun -n 3 ... cluster_proofs ADDRESS [counts]\n");
        return 2;
    }
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    RankFacts own;
    own.rank = static_cast<std::uint32_t>(world.rank());
    own.host = host;
    own.cpus = benchhost::machine::allowed_cpus();
    std::vector<RankFacts> ranks;
    boost::mpi::all_gather(world, own, ranks);
    Link link(world);
    if (world.rank() != 0) {
        const std::atomic<bool> never{false};
        serve_orders(link, never);
        return 0;
    }
    const bool only_counts = argc == 3 && std::string_view(argv[2]) == "counts";
    return prove(link, ranks, argv[1], only_counts) ? 0 : 1;
}
