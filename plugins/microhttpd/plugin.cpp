// GNU libmicrohttpd with its own epoll threads.
#include <benchhost/plugin.hpp>
#include <benchhost/posix.hpp>
#include <benchhost/site.hpp>

#include <microhttpd.h>

#include <string>
#include <utility>
#include <vector>

namespace {

namespace sdk = benchhost::sdk;

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
        constexpr unsigned kConnections = 1'000'000;  // its default: 1020
        sdk::ListeningSocket listening = sdk::listen_at(endpoint);
        std::vector<MHD_OptionItem> pool;
        if (endpoint.threads > 1) {
            pool.push_back({MHD_OPTION_THREAD_POOL_SIZE, endpoint.threads, nullptr});
        }
        pool.push_back({MHD_OPTION_END, 0, nullptr});
        MHD_Daemon* const daemon = MHD_start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD, 0, nullptr, nullptr, &answer, this,
            MHD_OPTION_LISTEN_SOCKET, listening.socket.get(), MHD_OPTION_CONNECTION_LIMIT,
            kConnections, MHD_OPTION_ARRAY, pool.data(), MHD_OPTION_END);
        if (daemon == nullptr) {
            sdk::throw_system_error("MHD_start_daemon");
        }
        listening.socket.release();  // the daemon closes it
        ready(listening.port);
        stop_.wait();
        MHD_stop_daemon(daemon);
    }

    void stop() { stop_.set(); }

  private:
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
