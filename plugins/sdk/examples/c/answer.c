#include "server.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_HEAD = 512, LONGEST_WAIT = 60000 };

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

static bool takes_get(const struct route* route) {
    return route->kind != BH_ROUTE_ECHO && route->kind != BH_ROUTE_UPLOAD;
}

static bool takes_post(const struct route* route) {
    return !takes_get(route) || route->kind == BH_ROUTE_SUM;
}

static bool has_method(const struct request* request) {
    if (is_method(request, "POST")) {
        return takes_post(request->route);
    }
    return takes_get(request->route) && (is_method(request, "GET") || is_method(request, "HEAD"));
}

/* As an Allow field names them. */
static const char* methods_of(const struct route* route) {
    if (!takes_get(route)) {
        return "POST";
    }
    return takes_post(route) ? "GET, HEAD, POST" : "GET, HEAD";
}

bool needs_body(const struct request* request) {
    const struct route* route = request->route;
    return route != NULL && is_method(request, "POST") && takes_post(route) &&
           route->kind != BH_ROUTE_UPLOAD;
}

uint64_t wait_of(const struct request* request) {
    const struct route* route = request->route;
    return route != NULL && route->kind == BH_ROUTE_WAIT && has_method(request) &&
                   request->number <= LONGEST_WAIT
               ? request->number
               : 0;
}

/* False: no memory, as everywhere below. */
static bool append_head(struct connection* connection, const struct request* request,
                        unsigned status, const char* content_type, size_t body_size) {
    struct buffer* out = &connection->output;
    if (!reserve(out, LONGEST_HEAD)) {
        return false;
    }
    const char* keep = "";
    if (connection->closing) {
        keep = "Connection: close\r\n";
    } else if (request->http_1_0) {
        keep = "Connection: keep-alive\r\n";
    }
    const bool wrong_method = status == 405;
    out->size += (size_t)snprintf(
        out->bytes + out->size, LONGEST_HEAD,
        "HTTP/1.1 %u %s\r\nContent-Type: %.200s\r\nContent-Length: %zu\r\n%s%s%s%s\r\n", status,
        reason_of(status), content_type, body_size, wrong_method ? "Allow: " : "",
        wrong_method ? methods_of(request->route) : "", wrong_method ? "\r\n" : "", keep);
    return true;
}

static bool append_bytes(struct connection* connection, const struct request* request,
                         const char* bytes, size_t size) {
    return append_head(connection, request, 200, request->route->content_type, size) &&
           (is_method(request, "HEAD") || append(&connection->output, bytes, size));
}

static bool append_refusal(struct connection* connection, const struct request* request,
                           unsigned status) {
    return append_head(connection, request, status, "text/plain", 0);
}

static bool append_file(struct connection* connection, const struct request* request) {
    const int file = open(request->route->file, O_RDONLY | O_CLOEXEC);
    struct stat about;
    const bool is_open = file >= 0 && fstat(file, &about) == 0;
    const size_t size = is_open ? (size_t)about.st_size : 0;
    const bool appended =
        append_head(connection, request, is_open ? 200 : 500, request->route->content_type, size);
    if (appended && is_open && size > 0 && !is_method(request, "HEAD")) {
        connection->file = file;
        connection->file_left = size;
    } else if (file >= 0) {
        close(file);
    }
    return appended;
}

static int append_text(const char* text, size_t size, void* buffer) {
    return append(buffer, text, size) ? 0 : -1;
}

static bool append_json(struct buffer* out, const json_t* json) {
    return json_dump_callback(json, append_text, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

/* There are `count` of them. */
static bool append_items(struct buffer* out, const json_t* items, uint64_t count) {
    char start[64];
    snprintf(start, sizeof start, "{\"count\":%" PRIu64 ",\"items\":[", count);
    bool appended = append(out, start, strlen(start));
    for (size_t i = 0; appended && i < count; ++i) {
        appended = (i == 0 || append(out, ",", 1)) && append_json(out, json_array_get(items, i));
    }
    return appended && append(out, "]}", 2);
}

/* The body comes first, where it will stand behind the longest head: its size is in the head. */
static bool append_document(struct connection* connection, const struct request* request) {
    const struct route* route = request->route;
    struct buffer* out = &connection->output;
    const size_t start = out->size;
    const size_t body_start = start + LONGEST_HEAD;
    if (!reserve(out, LONGEST_HEAD)) {
        return false;
    }
    out->size = body_start;
    const bool appended = route->kind == BH_ROUTE_ITEMS
                              ? append_items(out, route->json, request->number)
                              : append_json(out, route->json);
    const size_t size = out->size - body_start;
    out->size = start;
    if (!appended || !append_head(connection, request, 200, route->content_type, size)) {
        return false;
    }
    if (!is_method(request, "HEAD")) {
        memmove(out->bytes + out->size, out->bytes + body_start, size);
        out->size += size;
    }
    return true;
}

static bool append_sum(struct connection* connection, const struct request* request) {
    const struct buffer* form = &connection->body.bytes;
    const bool is_form = is_method(request, "POST");
    char text[32];
    uint64_t sum = 0;
    if (!sum_of(is_form ? form->bytes : request->query, is_form ? form->size : request->query_size,
                &sum)) {
        return append_refusal(connection, request, 400);
    }
    snprintf(text, sizeof text, "%" PRIu64, sum);
    return append_bytes(connection, request, text, strlen(text));
}

static bool append_upload(struct connection* connection, const struct request* request) {
    char text[48];
    snprintf(text, sizeof text, "%" PRIu64 " %08" PRIx32, connection->body.size,
             connection->body.checksum);
    return append_bytes(connection, request, text, strlen(text));
}

static bool append_route(struct connection* connection, const struct request* request) {
    const struct route* route = request->route;
    const struct buffer* body = &connection->body.bytes;
    switch (route->kind) {
        case BH_ROUTE_FILE:
            return append_file(connection, request);
        case BH_ROUTE_JSON:
            return append_document(connection, request);
        case BH_ROUTE_ECHO:
            return append_bytes(connection, request, body->bytes, body->size);
        case BH_ROUTE_UPLOAD:
            return append_upload(connection, request);
        case BH_ROUTE_SUM:
            return append_sum(connection, request);
        case BH_ROUTE_ITEMS:
            return request->number <= json_array_size(route->json)
                       ? append_document(connection, request)
                       : append_refusal(connection, request, 404);
        case BH_ROUTE_WAIT:
            if (request->number > LONGEST_WAIT) {
                return append_refusal(connection, request, 400);
            }
            return append_bytes(connection, request, route->body, route->body_size);
        default:
            return append_bytes(connection, request, route->body, route->body_size);
    }
}

void append_answer(struct connection* connection, const struct request* request) {
    connection->closing = request->refusal != 0 || !request->keep_alive;
    bool appended = false;
    if (request->refusal != 0) {
        appended = append_refusal(connection, request, request->refusal);
    } else if (request->route == NULL) {
        appended = append_refusal(connection, request, 404);
    } else if (!has_method(request)) {
        appended = append_refusal(connection, request, 405);
    } else {
        appended = append_route(connection, request);
    }
    if (!appended) {
        connection->closing = true; /* the client sees no answer */
    }
}
