#include "server.h"

#include <string.h>

static bool takes_number(const struct route* route) {
    return route->kind == BH_ROUTE_WAIT || route->kind == BH_ROUTE_ITEMS;
}

static bool read_number(const char* text, size_t size, uint64_t* number) {
    *number = 0;
    for (size_t i = 0; i < size; ++i) {
        if (text[i] < '0' || text[i] > '9' || *number >= UINT64_MAX / 10) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text[i] - '0');
    }
    return size > 0;
}

void find_route(const struct site* site, struct request* request) {
    for (size_t i = 0; i < site->route_count; ++i) {
        const struct route* route = &site->routes[i];
        const size_t size = strlen(route->path);
        if (size > request->path_size || memcmp(route->path, request->path, size) != 0) {
            continue;
        }
        const char* rest = request->path + size;
        const size_t rest_size = request->path_size - size;
        if (takes_number(route) ? rest_size > 0 && *rest == '/' &&
                                      read_number(rest + 1, rest_size - 1, &request->number)
                                : rest_size == 0) {
            request->route = route;
            return;
        }
    }
}

/* A field's name and value need no escape here: they are a letter and digits. */
static bool read_field(const char* fields, size_t size, char name, uint64_t* number) {
    const char* const end = fields + size;
    while (fields < end) {
        const char* stop = memchr(fields, '&', (size_t)(end - fields));
        if (stop == NULL) {
            stop = end;
        }
        if (stop - fields > 1 && fields[0] == name && fields[1] == '=') {
            return read_number(fields + 2, (size_t)(stop - fields) - 2, number) &&
                   *number <= (uint64_t)1 << 52;
        }
        fields = stop < end ? stop + 1 : end;
    }
    return false;
}

bool sum_of(const char* fields, size_t size, uint64_t* sum) {
    uint64_t a = 0;
    uint64_t b = 0;
    if (fields == NULL || !read_field(fields, size, 'a', &a) ||
        !read_field(fields, size, 'b', &b)) {
        return false;
    }
    *sum = a + b;
    return true;
}
