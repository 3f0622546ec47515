// GNU libmicrohttpd in epoll loops of our own: its own waits once more when exactly as many events
// are ready as it takes at a time, 128, before it serves any of them.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <microhttpd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
using Daemon = std::unique_ptr<MHD_Daemon, StopDaemon>;

/// Until `stop` is readable. One thread for each daemon.
void run_loop(MHD_Daemon* daemon, int stop) {
    const MHD_DaemonInfo* const events = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    pollfd watched[] = {{events->epoll_fd, POLLIN, 0}, {stop, POLLIN, 0}};
    while ((watched[1].revents & POLLIN) == 0) {
        MHD_UNSIGNED_LONG_LONG left = 0;  // ms; 0 where something was read and not yet served
        const bool must_not_wait = MHD_get_timeout(daemon, &left) == MHD_YES;
        constexpr MHD_UNSIGNED_LONG_LONG kLongest = 60'000;
        ::poll(watched, 2, must_not_wait ? static_cast<int>(std::min(left, kLongest)) : -1);
        MHD_run(daemon);
    }
}

MHD_Response* file_response(const std::string& path) {
    sdk::OpenFile file = sdk::open_file(path);
    return MHD_create_response_from_fd64(file.size, file.descriptor.release());
}

/// `reply` is gone when this returns: what does not belong to the site is copied.
MHD_Response* memory_response(std::string_view body, bool belongs_to_site) {
    return MHD_create_response_from_buffer(
        body.size(), const_cast<char*>(body.data()),
        belongs_to_site ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
}

class MicrohttpdServer {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "microhttpd",
        .name = "GNU libmicrohttpd",
        .version = BENCHHOST_LIBRARY_VERSION,
        .language = "C",
        .concurrency = "an epoll loop a thread, all accepting from one socket",
        .url = "https://www.gnu.org/software/libmicrohttpd/",
        .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
        .declared_class = BH_CLASS_PRODUCTION};

    explicit MicrohttpdServer(sdk::Host host) : host_(host) {}

    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& routes) {
        site_ = sdk::Site(routes);
    }

    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        sdk::block_broken_pipe_signals();
        const sdk::ListeningSocket listening = sdk::listen_at(endpoint);
        std::vector<Daemon> daemons;
        for (std::uint32_t i = 0; i < endpoint.threads; ++i) {
            daemons.push_back(start(listening.socket.duplicate()));
        }
        ready(listening.port);
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < daemons.size(); ++i) {
            threads.emplace_back(run_loop, daemons[i].get(), stop_.fd());
        }
        run_loop(daemons.front().get(), stop_.fd());  // until stop()
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    void stop() { stop_.set(); }

  private:
    Daemon start(sdk::Descriptor listener) {
        constexpr unsigned kConnections = 1'000'000;  // its default: 1020
        Daemon daemon(MHD_start_daemon(
            MHD_USE_EPOLL, 0, nullptr, nullptr, &answer, this, MHD_OPTION_LISTEN_SOCKET,
            listener.get(), MHD_OPTION_CONNECTION_LIMIT, kConnections,
            // Blocked by us: without this it sends no file by sendfile().
            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END));
        if (!daemon) {
            sdk::throw_system_error("MHD_start_daemon");
        }
        listener.release();  // the daemon closes it
        return daemon;
    }

    /// Called at least twice a request: with its head, then after its body. An answer given at the
    /// first call would make the library close the connection.
    static MHD_Result answer(void* self, MHD_Connection* connection, const char* url,
                             const char* method, const char* /*version*/, const char* /*upload*/,
                             std::size_t* upload_size, void** request) {
        static char seen;
        if (*request == nullptr || *upload_size != 0) {
            *request = &seen;
            *upload_size = 0;
            return MHD_YES;
        }
        const auto& server = *static_cast<MicrohttpdServer*>(self);
        std::string json;
        MHD_Response* response = nullptr;
        const sdk::Reply reply = server.site_.reply(method, url, json);
        try {
            response = reply.file != nullptr
                           ? file_response(*reply.file)
                           : memory_response(reply.body, reply.body.data() != json.data());
        } catch (const std::exception& error) {
            server.host_.error(error.what());
        }
        if (response == nullptr) {
            return MHD_NO;  // closes the connection
        }
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply.content_type);
        const MHD_Result queued = MHD_queue_response(connection, reply.status, response);
        MHD_destroy_response(response);
        return queued;
    }

    sdk::Host host_;
    sdk::Site site_;
    sdk::StopEvent stop_;
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<MicrohttpdServer>)
