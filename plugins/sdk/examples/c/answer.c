#include "server.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_HEAD = 512 };

static const char* reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 413:
            return "Content Too Large";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        default:
            return "Bad Request";
    }
}

static bool is_method(const struct request* request, const char* method) {
    return request->method_size == strlen(method) &&
           memcmp(request->method, method, request->method_size) == 0;
}

static const struct route* find_route(const struct site* site, const struct request* request) {
    for (size_t i = 0; i < site->route_count; ++i) {
        const struct route* route = &site->routes[i];
        if (strlen(route->path) == request->path_size &&
            memcmp(route->path, request->path, request->path_size) == 0) {
            return route;
        }
    }
    return NULL;
}

/* There has to be room for LONGEST_HEAD bytes. */
static void append_head(struct connection* connection, const struct request* request,
                        unsigned status, const char* content_type, size_t body_size) {
    const char* keep = "";
    if (connection->closing) {
        keep = "Connection: close\r\n";
    } else if (request->http_1_0) {
        keep = "Connection: keep-alive\r\n";
    }
    connection->output_size += (size_t)snprintf(
        connection->output + connection->output_size, LONGEST_HEAD,
        "HTTP/1.1 %u %s\r\nContent-Type: %.200s\r\nContent-Length: %zu\r\n%s%s\r\n", status,
        reason_of(status), content_type, body_size, status == 405 ? "Allow: GET, HEAD\r\n" : "",
        keep);
}

static void append_file(struct connection* connection, const struct request* request,
                        const struct route* route) {
    const int file = open(route->file, O_RDONLY | O_CLOEXEC);
    struct stat about;
    const bool is_open = file >= 0 && fstat(file, &about) == 0;
    const size_t size = is_open ? (size_t)about.st_size : 0;
    append_head(connection, request, is_open ? 200 : 500, route->content_type, size);
    if (is_open && size > 0 && !is_method(request, "HEAD")) {
        connection->file = file;
        connection->file_left = size;
    } else if (file >= 0) {
        close(file);
    }
}

/* The bytes of a route that is no file, with JSON serialised into `text`, which is `capacity`
 * large; more bytes than that means that they did not fit. */
static size_t body_of(const struct route* route, char* text, size_t capacity) {
    if (route->kind == BH_ROUTE_JSON) {
        return json_dumpb(route->json, text, capacity, JSON_COMPACT | JSON_ENCODE_ANY);
    }
    if (route->body_size <= capacity) {
        memcpy(text, route->body, route->body_size);
    }
    return route->body_size;
}

bool append_answer(struct connection* connection, const struct site* site,
                   const struct request* request) {
    const size_t room = OUTPUT_SIZE - connection->output_size;
    if (room < LONGEST_HEAD) {
        return false;
    }
    connection->closing = request->refusal != 0 || !request->keep_alive;
    const struct route* route = request->refusal == 0 ? find_route(site, request) : NULL;
    const bool head_only = is_method(request, "HEAD");
    if (route == NULL) {
        append_head(connection, request, request->refusal != 0 ? request->refusal : 404,
                    "text/plain", 0);
    } else if (!head_only && !is_method(request, "GET")) {
        append_head(connection, request, 405, "text/plain", 0);
    } else if (route->kind == BH_ROUTE_FILE) {
        append_file(connection, request, route);
    } else {
        /* The body first, where it will stand behind the longest head: its size is in the head. */
        char* const body = connection->output + connection->output_size + LONGEST_HEAD;
        const size_t capacity = room - LONGEST_HEAD;
        const size_t size = body_of(route, body, capacity);
        if (size > capacity) {
            connection->closing = false;
            if (connection->output_size > 0) {
                return false;
            }
            connection->closing = true; /* larger than all the room there is */
            append_head(connection, request, 500, "text/plain", 0);
            return true;
        }
        append_head(connection, request, 200, route->content_type, size);
        if (!head_only) {
            memmove(connection->output + connection->output_size, body, size);
            connection->output_size += size;
        }
    }
    return true;
}
