#define _GNU_SOURCE
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is(const char* text, size_t size, const char* what) {
    return size == strlen(what) && strncasecmp(text, what, size) == 0;
}

bool is_method(const struct request* request, const char* method) {
    return request->method_size == strlen(method) &&
           memcmp(request->method, method, request->method_size) == 0;
}

static const char* skip_blanks(const char* at, const char* end) {
    while (at < end && (*at == ' ' || *at == '\t')) {
        ++at;
    }
    return at;
}

/* "close" and "keep-alive" among the words of a Connection field. */
static void read_connection(const char* at, const char* end, struct request* request) {
    while (at < end) {
        const char* comma = memchr(at, ',', (size_t)(end - at));
        const char* word_end = comma != NULL ? comma : end;
        const char* word = skip_blanks(at, word_end);
        size_t size = (size_t)(word_end - word);
        while (size > 0 && (word[size - 1] == ' ' || word[size - 1] == '\t')) {
            --size;
        }
        if (is(word, size, "close")) {
            request->keep_alive = false;
        } else if (is(word, size, "keep-alive") && request->http_1_0) {
            request->keep_alive = true;
        }
        at = comma != NULL ? comma + 1 : end;
    }
}

static unsigned read_header(const char* line, const char* end, struct request* request) {
    const char* colon = memchr(line, ':', (size_t)(end - line));
    if (colon == NULL || colon == line) {
        return 400;
    }
    const size_t name_size = (size_t)(colon - line);
    const char* value = skip_blanks(colon + 1, end);
    if (is(line, name_size, "connection")) {
        read_connection(value, end, request);
    } else if (is(line, name_size, "content-length")) {
        char* rest = NULL;
        const unsigned long long length = strtoull(value, &rest, 10);
        if (rest == value || *value == '-' || skip_blanks(rest, end) != end) {
            return 400;
        }
        if (length > MOST_BODY) {
            return 413;
        }
        request->body_size = (size_t)length;
    } else if (is(line, name_size, "expect")) {
        request->expects_continue = is(value, (size_t)(end - value), "100-continue");
    } else if (is(line, name_size, "transfer-encoding")) {
        return 501;
    }
    return 0;
}

static unsigned read_request_line(const char* line, const char* end, struct request* request) {
    const char* first = memchr(line, ' ', (size_t)(end - line));
    const char* second = first != NULL ? memchr(first + 1, ' ', (size_t)(end - first - 1)) : NULL;
    if (second == NULL || first == line || first[1] != '/') {
        return 400;
    }
    request->method = line;
    request->method_size = (size_t)(first - line);
    request->path = first + 1;
    request->path_size = (size_t)(second - request->path);
    const char* query = memchr(request->path, '?', request->path_size);
    if (query != NULL) {
        request->path_size = (size_t)(query - request->path);
        request->query = query + 1;
        request->query_size = (size_t)(second - request->query);
    }
    const size_t version_size = (size_t)(end - second - 1);
    request->http_1_0 = is(second + 1, version_size, "HTTP/1.0");
    request->keep_alive = !request->http_1_0;
    return request->http_1_0 || is(second + 1, version_size, "HTTP/1.1") ? 0 : 400;
}

bool read_head(const char* bytes, size_t size, struct request* request) {
    memset(request, 0, sizeof *request);
    const char* end = memmem(bytes, size, "\r\n\r\n", 4);
    if (end == NULL) {
        request->refusal = size >= INPUT_SIZE ? 431 : 0;
        return request->refusal != 0;
    }
    const char* head_end = end + 4;
    const char* line_end = memmem(bytes, (size_t)(head_end - bytes), "\r\n", 2);
    request->refusal = read_request_line(bytes, line_end, request);
    for (const char* line = line_end + 2; request->refusal == 0 && line < end + 2;
         line = line_end + 2) {
        line_end = memmem(line, (size_t)(head_end - line), "\r\n", 2);
        request->refusal = read_header(line, line_end, request);
    }
    request->head_size = (size_t)(head_end - bytes);
    if (request->refusal != 0) {
        request->body_size = 0; /* it is not waited for */
    }
    return true;
}
