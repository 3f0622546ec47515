/* The tables of the plugin ABI: static data, which Go cannot have. */
#include "abi.h"

#include "_cgo_export.h"

void host_log_error(const bh_host* host, const char* message) {
    host->log(host, BH_LOG_ERROR, message);
}

void host_ready(const bh_host* host, uint16_t port) { host->ready(host, port); }

/* The functions exported by Go take no pointers to const. */
static void* create(const bh_host* host) { return goCreate((bh_host*)host); }
static int configure(void* self, const bh_setting* const* settings, uint32_t setting_count,
                     const bh_route* const* routes, uint32_t route_count) {
    (void)settings; /* there are no options */
    (void)setting_count;
    return goConfigure(self, (bh_route**)routes, route_count);
}
static int serve(void* self, const bh_endpoint* endpoint) {
    return goServe(self, (bh_endpoint*)endpoint);
}
static void stop(void* self) { goStop(self); }
static void destroy(void* self) { goDestroy(self); }

static const bh_server nethttp = {
    .size = sizeof(bh_server),
    .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
    .id = "nethttp",
    .name = "Go net/http",
    .version = GO_VERSION,
    .language = "Go",
    .concurrency = "a goroutine per connection; GOMAXPROCS = threads",
    .url = "https://pkg.go.dev/net/http",
    .create = create,
    .configure = configure,
    .serve = serve,
    .stop = stop,
    .destroy = destroy,
    .declared_class = BH_CLASS_PRODUCTION,
    .route_kinds = 1u << BH_ROUTE_TEXT | 1u << BH_ROUTE_JSON | 1u << BH_ROUTE_FILE |
                   1u << BH_ROUTE_ABOUT | 1u << BH_ROUTE_ECHO | 1u << BH_ROUTE_UPLOAD |
                   1u << BH_ROUTE_SUM | 1u << BH_ROUTE_WAIT | 1u << BH_ROUTE_ITEMS |
                   1u << BH_ROUTE_COMPRESSED,
};
static const bh_server* const servers[] = {&nethttp};
static const bh_plugin plugin = {sizeof(bh_plugin), BH_ABI, 1, servers};

BH_EXPORT const bh_plugin* benchhost_plugin(uint32_t host_abi) {
    return host_abi == BH_ABI ? &plugin : NULL;
}
