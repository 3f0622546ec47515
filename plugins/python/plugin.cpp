// Python web frameworks, each a row of its own; see frameworks.hpp and apps/.
#include "frameworks.hpp"
#include "python_program.hpp"

#include <benchhost/command.hpp>
#include <benchhost/plugin.hpp>

namespace {

namespace sdk = benchhost::sdk;
namespace python = benchhost::python;

template <const python::Framework& framework>
class Server : public python::PythonProgram {
  public:
    static constexpr sdk::Description kDescription = framework.about;
    static constexpr bh_option kOptions[] = {
        sdk::text_option(
            "interpreter", nullptr,
            "Python that has the framework; default: the environment of ./dev servers"),
        sdk::choice_option("server", framework.servers, framework.server,
                           "what serves it; builtin: the framework's own server"),
        sdk::choice_option("bind", "native|fd", "native",
                           "native: the server listens; fd: on a socket it inherits, backlog 511"),
        sdk::number_option("workers", "1", "worker processes, where the server can have several"),
        sdk::yes_no_option("access_log", "no", "write a line for each request"),
        sdk::prefix_option("env.", "environment variables of the server")};

    Server() : PythonProgram(framework) {}
};

}  // namespace

BENCHHOST_PLUGIN(sdk::command<Server<python::kAiohttp>>, sdk::command<Server<python::kBlacksheep>>,
                 sdk::command<Server<python::kBottle>>, sdk::command<Server<python::kDjango>>,
                 sdk::command<Server<python::kFalcon>>, sdk::command<Server<python::kFastapi>>,
                 sdk::command<Server<python::kFlask>>, sdk::command<Server<python::kGranian>>,
                 sdk::command<Server<python::kJapronto>>, sdk::command<Server<python::kLitestar>>,
                 sdk::command<Server<python::kPyramid>>, sdk::command<Server<python::kRobyn>>,
                 sdk::command<Server<python::kSanic>>, sdk::command<Server<python::kStarlette>>,
                 sdk::command<Server<python::kTornado>>)
