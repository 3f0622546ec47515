// The servers of this plugin: which app each one is, and which programs may serve it.
#pragma once

#include <benchhost/values.hpp>

#include <cstdint>

namespace benchhost::python {

/// One row. The app is apps/<app>.py.
struct Framework {
    sdk::Description about;
    const char* app = "";
    const char* servers = "";               ///< choices of the option server, separated by '|'
    const char* server = "";                ///< its default: as the framework's users start it
    const char* environment = "servers";    ///< folder among the virtual environments
    bool own_server_takes_workers = false;  ///< server = builtin with workers > 1
    bool own_server_takes_a_socket = true;  ///< server = builtin with bind = fd
};

/// Of those that have compression of their own.
inline constexpr std::uint32_t kCompressingToo =
    sdk::kEveryRoute | sdk::route_kinds({BH_ROUTE_COMPRESSED});

constexpr sdk::Description describe(const char* id, const char* name, const char* concurrency,
                                    const char* url, std::uint32_t routes = sdk::kEveryRoute) {
    return {id, name, nullptr, "Python", concurrency, url, 0, nullptr, routes};
}

inline constexpr const char* kOneLoop = "one process, one event loop";
inline constexpr const char* kOneAtATime = "one process, one request at a time";
inline constexpr const char* kWsgiServers = "builtin|waitress|gunicorn";
inline constexpr const char* kAsgiServers = "uvicorn|gunicorn+uvicorn|granian";

// The nine of the original benchmark, started as it started them.
inline constexpr Framework kAiohttp = {
    .about = describe("aiohttp", "aiohttp", kOneLoop, "https://docs.aiohttp.org", kCompressingToo),
    .app = "aiohttp_app",
    .servers = "builtin",
    .server = "builtin"};
inline constexpr Framework kBottle = {
    .about = describe("bottle", "Bottle", kOneAtATime, "https://bottlepy.org"),
    .app = "bottle_app",
    .servers = kWsgiServers,
    .server = "builtin"};
inline constexpr Framework kDjango = {
    .about = describe("django", "Django", "a master and one worker, one request at a time",
                      "https://www.djangoproject.com", kCompressingToo),
    .app = "django_app",
    .servers = "gunicorn|waitress",
    .server = "gunicorn"};
inline constexpr Framework kFlask = {
    .about = describe("flask", "Flask", "one process, a thread per connection",
                      "https://flask.palletsprojects.com"),
    .app = "flask_app",
    .servers = kWsgiServers,
    .server = "builtin"};
inline constexpr Framework kJapronto = {
    .about = describe("japronto", "Japronto", "a parent and one worker with one event loop",
                      "https://github.com/squeaky-pl/japronto"),
    .app = "japronto_app",
    .servers = "builtin",
    .server = "builtin",
    .environment = "japronto",
    .own_server_takes_workers = true};
inline constexpr Framework kPyramid = {
    .about = describe("pyramid", "Pyramid", kOneAtATime, "https://trypyramid.com", kCompressingToo),
    .app = "pyramid_app",
    .servers = kWsgiServers,
    .server = "builtin"};
inline constexpr Framework kSanic = {
    .about = describe("sanic", "Sanic", kOneLoop, "https://sanic.dev"),
    .app = "sanic_app",
    .servers = "builtin",
    .server = "builtin",
    .own_server_takes_workers = true};
inline constexpr Framework kStarlette = {
    .about =
        describe("starlette", "Starlette", kOneLoop, "https://www.starlette.io", kCompressingToo),
    .app = "starlette_app",
    .servers = kAsgiServers,
    .server = "uvicorn"};
inline constexpr Framework kTornado = {
    .about =
        describe("tornado", "Tornado", kOneLoop, "https://www.tornadoweb.org", kCompressingToo),
    .app = "tornado_app",
    .servers = "builtin",
    .server = "builtin"};

// What else people use today.
inline constexpr Framework kBlacksheep = {
    .about = describe("blacksheep", "BlackSheep", kOneLoop, "https://www.neoteroi.dev/blacksheep",
                      kCompressingToo),
    .app = "blacksheep_app",
    .servers = kAsgiServers,
    .server = "uvicorn"};
inline constexpr Framework kFalcon = {
    .about = describe("falcon", "Falcon", "a master and one worker, one request at a time",
                      "https://falcon.readthedocs.io"),
    .app = "falcon_app",
    .servers = "gunicorn|waitress",
    .server = "gunicorn"};
inline constexpr Framework kFastapi = {
    .about =
        describe("fastapi", "FastAPI", kOneLoop, "https://fastapi.tiangolo.com", kCompressingToo),
    .app = "fastapi_app",
    .servers = kAsgiServers,
    .server = "uvicorn"};
inline constexpr Framework kGranian = {
    .about =
        describe("granian", "Granian (plain ASGI)", "a master and one worker with one event loop",
                 "https://github.com/emmett-framework/granian"),
    .app = "asgi_app",
    .servers = "granian",
    .server = "granian"};
inline constexpr Framework kLitestar = {
    .about = describe("litestar", "Litestar", kOneLoop, "https://litestar.dev", kCompressingToo),
    .app = "litestar_app",
    .servers = kAsgiServers,
    .server = "uvicorn"};
inline constexpr Framework kRobyn = {
    .about = describe("robyn", "Robyn", "one process, one worker thread", "https://robyn.tech"),
    .app = "robyn_app",
    .servers = "builtin",
    .server = "builtin",
    .own_server_takes_workers = true,
    .own_server_takes_a_socket = false};

}  // namespace benchhost::python
