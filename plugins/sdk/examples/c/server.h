/* An HTTP server on epoll without any library: the least that answering a request can cost.
 * One loop a thread; all loops accept from one socket. */
#ifndef EPOLL_SERVER_H
#define EPOLL_SERVER_H

#include <benchhost/plugin.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** What is answered; made once, read by all threads. */
struct site {
    struct route {
        uint32_t kind;
        char* path;
        char* content_type;
        char* body;
        size_t body_size;
        char* file;
        json_t* json; /**< parsed once; serialised for each request */
    } * routes;
    size_t route_count;
};

/** A request as it stands in the connection's buffer, which it points into. */
struct request {
    const char* method;
    size_t method_size;
    const char* path; /**< without the query */
    size_t path_size;
    bool http_1_0;
    bool keep_alive;
    size_t size;      /**< bytes of head and body */
    unsigned refusal; /**< 0, or the status that refuses it */
};

/** Reads the request at the start of `bytes`. False when its end is not there yet. */
bool read_request(const char* bytes, size_t size, struct request* request);

enum { INPUT_SIZE = 8192, OUTPUT_SIZE = 65536 };

/** What a connection waits for; nothing: it is over. */
enum wanted { WANTS_NOTHING, WANTS_INPUT, WANTS_OUTPUT };

/** One client. Owned by its loop. */
struct connection {
    int socket;
    enum wanted wanted;
    size_t filled;
    char input[INPUT_SIZE];
    size_t output_size;
    size_t sent;
    bool closing;
    int file; /**< being sent after the output, or -1 */
    size_t file_left;
    struct connection* previous;
    struct connection* next;
    char output[OUTPUT_SIZE];
};

/** Appends the answer to the connection's output. False when there is no room: send first. */
bool append_answer(struct connection* connection, const struct site* site,
                   const struct request* request);

/** Reads, answers and writes as far as the socket lets; returns what to wait for. */
enum wanted serve_connection(struct connection* connection, const struct site* site);

/** Serves with `threads` loops until `stop` is readable. BH_OK, or BH_FAILED and said why. */
int serve_site(const bh_host* host, const struct site* site, const bh_endpoint* endpoint, int stop);

#endif
