// Any program as a server, from the config alone.
#include "template.hpp"

#include <benchhost/command.hpp>
#include <benchhost/plugin.hpp>

#include <sys/un.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
namespace sdk = benchhost::sdk;
using benchhost::command_server::expand;
using benchhost::command_server::find_program;
using benchhost::command_server::Placeholders;
using benchhost::command_server::split_words;

constexpr std::string_view kEnvironment = "env.";

void write_file(const fs::path& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
        throw std::runtime_error("cannot read " + path);
    }
    return content;
}

/// Where benchhost was started: we ourselves stand in the trial's folder by now, and the shell's
/// PWD still names the other one.
std::string started_in() {
    const char* directory = std::getenv("PWD");
    std::error_code error;
    return directory != nullptr && fs::is_directory(directory, error) ? directory
                                                                      : fs::current_path().string();
}

class CommandServer {
  public:
    // Which of them a program answers, says the option routes by way of probe().
    static constexpr std::uint32_t kAnyRoute =
        sdk::kEveryRoute | sdk::route_kinds({BH_ROUTE_COMPRESSED});
    static constexpr sdk::Description kDescription = {.id = "command",
                                                      .name = "A program of your own",
                                                      .language = "any",
                                                      .concurrency = "as the program does it",
                                                      .caps = BH_CAP_NEEDS_SETTINGS,
                                                      .route_kinds = kAnyRoute};
    static constexpr bh_option kOptions[] = {
        sdk::text_option("argv", nullptr,
                         "the program and its arguments, with placeholders; quotes group words"),
        sdk::text_option("workdir", nullptr, "its working directory; default: the trial's own"),
        sdk::text_option("template", nullptr,
                         "a file whose placeholders are filled in; the result is {conf}"),
        sdk::text_option("routes", "text json file about",
                         "which routes it answers: text json file about echo upload sum wait items "
                         "compressed"),
        sdk::text_option("version", nullptr, "what the report prints as its version"),
        sdk::choice_option("class", "production|tuned|raw", nullptr,
                           "what the report prints as its class (docs/fairness.md)"),
        sdk::prefix_option("env.", "environment variables, with placeholders")};

    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes) {
        settings_ = settings;
        routes_ = routes;
        words_ = split_words(settings.text("argv"));
        if (words_.empty()) {
            throw std::invalid_argument("option argv is empty");
        }
    }

    sdk::Program program(const sdk::Endpoint& endpoint, const std::string& directory) {
        Placeholders known = {{"host", endpoint.address},
                              {"port", std::to_string(endpoint.port)},
                              {"dir", directory},
                              {"cwd", started_in()}};
        for (const sdk::Route& route : routes_) {
            add_route(known, route, directory);
        }
        std::string config;
        if (settings_.has("template")) {
            config = read_file(expand(settings_.text("template"), known));
        }
        sdk::Program program;
        if (asks_for("{fd}", config)) {
            program.inherited_fd = sdk::listening_socket(endpoint, kBacklog);
            known["fd"] = std::to_string(program.inherited_fd);
        }
        if (asks_for("{unix}", config)) {
            program.unix_socket = (fs::path(directory) / "server.sock").string();
            check_length(program.unix_socket);
            known["unix"] = program.unix_socket;
        }
        if (settings_.has("template")) {
            const fs::path filled = fs::path(directory) / "server.conf";
            write_file(filled, expand(config, known));
            known["conf"] = filled.string();
        }
        for (const std::string& word : words_) {
            program.argv.push_back(expand(word, known));
        }
        for (const auto& [key, value] : settings_.values()) {
            if (key.compare(0, kEnvironment.size(), kEnvironment) == 0) {
                program.environment.emplace_back(key.substr(kEnvironment.size()),
                                                 expand(value, known));
            }
        }
        if (settings_.has("workdir")) {
            program.working_directory = expand(settings_.text("workdir"), known);
        }
        return program;
    }

    /// The program is not asked, for nobody knows how: it is enough that it is there.
    sdk::Program probe() {
        const std::string found = find_program(expand(words_.front(), {{"cwd", started_in()}}));
        std::string answer = R"({"details":{"program":)";
        append_quoted(answer, found);
        if (settings_.has("class")) {
            answer += R"(,"class":)";
            append_quoted(answer, settings_.text("class"));
        }
        answer += R"(},"routes":[)";
        std::istringstream routes(settings_.text("routes"));
        for (std::string word; routes >> word;) {
            answer += answer.back() == '[' ? "" : ",";
            append_quoted(answer, word);
        }
        answer += ']';
        if (settings_.has("version")) {
            answer += R"(,"version":)";
            append_quoted(answer, settings_.text("version"));
        }
        answer += '}';
        sdk::Program program;
        program.argv = {"printf", "%s", answer};
        return program;
    }

  private:
    static constexpr int kBacklog = 4096;

    /// A socket is made only for a program that takes it.
    bool asks_for(const char* placeholder, const std::string& config) const {
        const auto has = [&](const std::string& text) {
            return text.find(placeholder) != std::string::npos;
        };
        return has(config) || std::any_of(words_.begin(), words_.end(), has) ||
               std::any_of(
                   settings_.values().begin(), settings_.values().end(), [&](const auto& setting) {
                       return setting.first.compare(0, kEnvironment.size(), kEnvironment) == 0 &&
                              has(setting.second);
                   });
    }

    static void check_length(const std::string& socket_path) {
        if (socket_path.size() >= sizeof(sockaddr_un::sun_path)) {
            throw std::runtime_error("{unix}: the path " + socket_path + " has more than " +
                                     std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                                     " bytes; choose a shorter folder by --out");
        }
    }

    /// {text} {text_file} {text_type}, {json} ..., {file} {file_type}; of a route that answers out
    /// of the request the type alone.
    static void add_route(Placeholders& known, const sdk::Route& route,
                          const std::string& directory) {
        const std::string name = route.path.substr(1);
        known[name + "_type"] = route.content_type;
        if (route.kind == BH_ROUTE_FILE) {
            known[name] = route.file;
            return;
        }
        if (route.kind == BH_ROUTE_ECHO || route.kind == BH_ROUTE_UPLOAD ||
            route.kind == BH_ROUTE_SUM) {
            return;
        }
        const fs::path path = fs::path(directory) / name;
        write_file(path, route.body);
        known[name] = route.body;
        known[name + "_file"] = path.string();
    }

    static void append_quoted(std::string& out, const std::string& text) {
        out += '"';
        for (const char letter : text) {
            if (letter == '"' || letter == '\\') {
                out += '\\';
            }
            out += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
        }
        out += '"';
    }

    sdk::Settings settings_;
    std::vector<sdk::Route> routes_;
    std::vector<std::string> words_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::command<CommandServer>)
