/* The border to benchhost: one server, "epoll", through the C ABI and without the SDK. */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct instance {
    const bh_host* host;
    struct site site;
    int stop; /**< an eventfd: readable once stop() was called */
};

static void* create(const bh_host* host) {
    struct instance* self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->host = host;
        self->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (self->stop < 0) {
            free(self);
            return NULL;
        }
    }
    return self;
}

/* Copies of what the host keeps only until configure returns. */
static char* copy(const char* bytes, size_t size) {
    char* text = malloc(size + 1);
    if (text != NULL) {
        memcpy(text, bytes != NULL ? bytes : "", size);
        text[size] = '\0';
    }
    return text;
}

static char* copy_text(const char* text) { return copy(text, text != NULL ? strlen(text) : 0); }

static int take_route(const bh_host* host, struct route* route, const bh_route* given) {
    route->kind = given->kind;
    route->path = copy_text(given->path);
    route->content_type = copy_text(given->content_type);
    route->body_size = given->body != NULL ? (size_t)given->body_size : 0;
    route->body = copy(given->body, route->body_size);
    route->file = copy_text(given->file);
    if (route->path == NULL || route->content_type == NULL || route->body == NULL ||
        route->file == NULL) {
        host->log(host, BH_LOG_ERROR, "out of memory");
        return BH_FAILED;
    }
    if (route->kind == BH_ROUTE_JSON || route->kind == BH_ROUTE_ITEMS) {
        json_error_t error;
        route->json = json_loadb(route->body, route->body_size, JSON_DECODE_ANY, &error);
        if (route->json == NULL) {
            char line[256];
            snprintf(line, sizeof line, "not JSON: %s", error.text);
            host->log(host, BH_LOG_ERROR, line);
            return BH_FAILED;
        }
    }
    if (route->kind == BH_ROUTE_ITEMS && !json_is_array(route->json)) {
        host->log(host, BH_LOG_ERROR, "the items are no JSON array");
        return BH_FAILED;
    }
    return BH_OK;
}

static int configure(void* instance, const bh_setting* const* settings, uint32_t setting_count,
                     const bh_route* const* routes, uint32_t route_count) {
    struct instance* self = instance;
    (void)settings; /* there are no options */
    (void)setting_count;
    self->site.routes = calloc(route_count + 1, sizeof *self->site.routes);
    if (self->site.routes == NULL) {
        return BH_FAILED;
    }
    for (uint32_t i = 0; i < route_count; ++i) {
        if (routes[i]->kind > BH_ROUTE_ITEMS) {
            continue; /* a kind that is not offered */
        }
        struct route* route = &self->site.routes[self->site.route_count++];
        if (take_route(self->host, route, routes[i]) != BH_OK) {
            return BH_FAILED;
        }
    }
    return BH_OK;
}

static int serve(void* instance, const bh_endpoint* endpoint) {
    struct instance* self = instance;
    return serve_site(self->host, &self->site, endpoint, self->stop);
}

static void stop(void* instance) {
    const struct instance* self = instance;
    const uint64_t one = 1;
    if (write(self->stop, &one, sizeof one) < 0) {
        return; /* full: it is set already */
    }
}

static void destroy(void* instance) {
    struct instance* self = instance;
    for (size_t i = 0; i < self->site.route_count; ++i) {
        struct route* route = &self->site.routes[i];
        free(route->path);
        free(route->content_type);
        free(route->body);
        free(route->file);
        json_decref(route->json);
    }
    free(self->site.routes);
    close(self->stop);
    free(self);
}

static const bh_server epoll_server = {
    .size = sizeof(bh_server),
    .caps = BH_CAP_THREADS | BH_CAP_LISTEN_FD,
    .id = "epoll",
    .name = "epoll (no library)",
    .version = "1",
    .language = "C",
    .concurrency = "an epoll loop a thread, all accepting from one socket",
    .url = "https://man7.org/linux/man-pages/man7/epoll.7.html",
    .create = create,
    .configure = configure,
    .serve = serve,
    .stop = stop,
    .destroy = destroy,
    .declared_class = BH_CLASS_RAW,
    /* Without a library there is none that compresses. */
    .route_kinds = 1u << BH_ROUTE_TEXT | 1u << BH_ROUTE_JSON | 1u << BH_ROUTE_FILE |
                   1u << BH_ROUTE_ABOUT | 1u << BH_ROUTE_ECHO | 1u << BH_ROUTE_UPLOAD |
                   1u << BH_ROUTE_SUM | 1u << BH_ROUTE_WAIT | 1u << BH_ROUTE_ITEMS,
};

static const bh_server* const servers[] = {&epoll_server};
static const bh_plugin plugin = {sizeof(bh_plugin), BH_ABI, 1, servers};

BH_EXPORT const bh_plugin* benchhost_plugin(uint32_t host_abi) {
    return host_abi == BH_ABI ? &plugin : NULL;
}
