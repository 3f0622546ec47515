/* An HTTP server on epoll without any library: the least that answering a request can cost.
 * One loop a thread; all loops accept from one socket. */
#ifndef EPOLL_SERVER_H
#define EPOLL_SERVER_H

#include <benchhost/plugin.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- what is answered ------------------------------------------------------------------------ */

/** What is answered; made once, read by all threads. */
struct route {
    uint32_t kind;
    char* path;
    char* content_type;
    char* body;
    size_t body_size;
    char* file;
    json_t* json; /**< parsed once; serialised for each request */
};
struct site {
    struct route* routes;
    size_t route_count;
};

/** A request as it stands in the connection's buffer, which it points into. */
struct request {
    const char* method;
    size_t method_size;
    const char* path; /**< without the query */
    size_t path_size;
    const char* query; /**< behind the '?' */
    size_t query_size;
    bool http_1_0;
    bool keep_alive;
    bool expects_continue;
    size_t head_size;
    size_t body_size;
    unsigned refusal;          /**< 0, or the status that refuses it */
    const struct route* route; /**< of find_route; NULL: none */
    uint64_t number;           /**< behind the path of a route that takes one */
};

/** Reads the head at the start of `bytes`. False when its end is not there yet. */
bool read_head(const char* bytes, size_t size, struct request* request);

bool is_method(const struct request* request, const char* method);

/** Sets the request's route and number. */
void find_route(const struct site* site, struct request* request);

/** a + b of "a=1&b=2". False when one is missing or is no whole number up to 2^52. */
bool sum_of(const char* fields, size_t size, uint64_t* sum);

/* ---- a connection ---------------------------------------------------------------------------- */

/** Bytes that grow. All 0: none yet. */
struct buffer {
    char* bytes;
    size_t size;
    size_t capacity;
};

/** False: no memory; then nothing has changed. */
bool reserve(struct buffer* buffer, size_t more);
bool append(struct buffer* buffer, const char* bytes, size_t size);
/** Forgets what is in it, and gives back what is much. */
void clear(struct buffer* buffer);

/** The body of the request that is being read: kept where the answer needs it, else counted. */
struct body {
    bool begun;
    bool kept;
    size_t left; /**< bytes that have not come yet */
    struct buffer bytes;
    uint64_t size;
    uint32_t checksum; /**< zlib's crc32 */
};

enum { INPUT_SIZE = 8192, ENOUGH_OUTPUT = 65536, MOST_BODY = 20 * 1024 * 1024 };

/** What a connection waits for; nothing: it is over. */
enum wanted { WANTS_NOTHING, WANTS_INPUT, WANTS_OUTPUT, WANTS_TIME };

/** One client. Owned by its loop. */
struct connection {
    int socket;
    enum wanted wanted;
    size_t filled;
    char input[INPUT_SIZE]; /**< heads, and what has come with them */
    struct body body;
    struct buffer output;
    size_t sent;
    bool closing;
    int file; /**< being sent after the output, or -1 */
    size_t file_left;
    uint64_t due; /**< when the request that is first may be answered, as of now(); 0: at once */
    size_t timer; /**< its place among the loop's timers, from 1 on; 0: it has none */
    struct connection* previous;
    struct connection* next;
};

/** Whether the answer is made of the whole body. */
bool needs_body(const struct request* request);
/** How long the answer has to wait, in milliseconds. */
uint64_t wait_of(const struct request* request);
/** Appends the answer to the connection's output. */
void append_answer(struct connection* connection, const struct request* request);

/** Reads, answers and writes as far as the socket lets; returns what to wait for. */
enum wanted serve_connection(struct connection* connection, const struct site* site);

/** Nanoseconds of the monotonic clock. */
uint64_t now(void);

/* ---- the server ------------------------------------------------------------------------------ */

/** Connections that wait for a time: a heap, the one that is due first in front. */
struct timers {
    struct connection** heap;
    size_t count;
    size_t capacity;
};

/** False: no memory. */
bool add_timer(struct timers* timers, struct connection* connection);
void remove_timer(struct timers* timers, struct connection* connection);

/** Serves with `threads` loops until `stop` is readable. BH_OK, or BH_FAILED and said why. */
int serve_site(const bh_host* host, const struct site* site, const bh_endpoint* endpoint, int stop);

#endif
