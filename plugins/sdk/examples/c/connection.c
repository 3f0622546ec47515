#include "server.h"

#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

uint64_t now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (uint64_t)moment.tv_sec * 1000000000 + (uint64_t)moment.tv_nsec;
}

enum progress { DONE, BLOCKED, OVER };

static enum progress send_output(struct connection* connection) {
    while (connection->sent < connection->output.size) {
        const ssize_t size = send(connection->socket, connection->output.bytes + connection->sent,
                                  connection->output.size - connection->sent,
                                  MSG_NOSIGNAL | (connection->file_left > 0 ? MSG_MORE : 0));
        if (size < 0) {
            return errno == EAGAIN ? BLOCKED : OVER;
        }
        connection->sent += (size_t)size;
    }
    while (connection->file_left > 0) {
        const ssize_t size =
            sendfile(connection->socket, connection->file, NULL, connection->file_left);
        if (size <= 0) { /* 0: the file has become shorter than was said */
            return size < 0 && errno == EAGAIN ? BLOCKED : OVER;
        }
        connection->file_left -= (size_t)size;
    }
    if (connection->file >= 0) {
        close(connection->file);
        connection->file = -1;
    }
    clear(&connection->output);
    connection->sent = 0;
    return DONE;
}

/* `bytes` are the next of the body; one that is kept has them already. */
static void take_body(struct body* body, const char* bytes, size_t size) {
    if (body->kept) {
        body->bytes.size += size;
    } else {
        body->checksum = (uint32_t)crc32_z(body->checksum, (const Bytef*)bytes, size);
        body->size += size;
    }
    body->left -= size;
}

/* Takes what is there of the body out of the input, where the next request follows. False: there is
 * more to come. */
static bool read_body(struct connection* connection, const struct request* request, size_t used) {
    struct body* body = &connection->body;
    if (body->begun) {
        return true; /* the rest of it has come since */
    }
    body->begun = true;
    body->kept = needs_body(request);
    body->size = 0;
    body->checksum = 0;
    if (body->kept && !reserve(&body->bytes, request->body_size)) {
        connection->closing = true;
        return false;
    }
    char* first = connection->input + used + request->head_size;
    const size_t behind = connection->filled - used - request->head_size;
    const size_t size = behind < request->body_size ? behind : request->body_size;
    body->left = request->body_size;
    if (size > 0) {
        if (body->kept) {
            memcpy(body->bytes.bytes, first, size);
        }
        take_body(body, first, size);
        memmove(first, first + size, behind - size);
        connection->filled -= size;
    }
    if (body->left > 0 && request->expects_continue && !request->http_1_0) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        append(&connection->output, go_on, sizeof go_on - 1);
    }
    return body->left == 0;
}

/* The time of a wait begins when all before it is answered. */
static bool is_early(struct connection* connection, const struct request* request) {
    if (connection->due == 0) {
        const uint64_t wait = wait_of(request);
        if (wait == 0) {
            return false;
        }
        connection->due = now() + wait * 1000000;
    }
    if (now() < connection->due) {
        return true;
    }
    connection->due = 0;
    return false;
}

/* Answers what has been read until something has to be sent, or to come, or to pass first. */
static void append_answers(struct connection* connection, const struct site* site) {
    size_t used = 0;
    struct request request;
    while (!connection->closing && connection->file < 0 && connection->body.left == 0 &&
           connection->output.size < ENOUGH_OUTPUT &&
           read_head(connection->input + used, connection->filled - used, &request)) {
        if (request.refusal == 0) {
            find_route(site, &request);
        }
        if (!read_body(connection, &request, used) || is_early(connection, &request)) {
            break;
        }
        append_answer(connection, &request);
        connection->body.begun = false;
        clear(&connection->body.bytes);
        used += request.head_size;
    }
    memmove(connection->input, connection->input + used, connection->filled - used);
    connection->filled -= used;
}

static ssize_t receive_body(struct connection* connection) {
    struct body* body = &connection->body;
    char block[65536];
    char* const into = body->kept ? body->bytes.bytes + body->bytes.size : block;
    const size_t room = body->kept || body->left < sizeof block ? body->left : sizeof block;
    const ssize_t size = recv(connection->socket, into, room, 0);
    if (size > 0) {
        take_body(body, into, (size_t)size);
    }
    return size;
}

static ssize_t receive_input(struct connection* connection) {
    const ssize_t size = recv(connection->socket, connection->input + connection->filled,
                              INPUT_SIZE - connection->filled, 0);
    connection->filled += size > 0 ? (size_t)size : 0;
    return size;
}

/* 1: more bytes; 0: none now; -1: none ever. */
static int receive(struct connection* connection) {
    const ssize_t size =
        connection->body.left > 0 ? receive_body(connection) : receive_input(connection);
    if (size > 0) {
        return 1;
    }
    return size < 0 && errno == EAGAIN ? 0 : -1;
}

/* The client has to close, too: an unread byte would turn our last answer into a reset. */
static enum wanted drop_input(struct connection* connection) {
    shutdown(connection->socket, SHUT_WR);
    int received = 1;
    while (received > 0) {
        connection->filled = 0;
        received = receive(connection);
    }
    return received == 0 ? WANTS_INPUT : WANTS_NOTHING;
}

enum wanted serve_connection(struct connection* connection, const struct site* site) {
    for (bool received = false;;) {
        const enum progress sent = send_output(connection);
        if (sent != DONE) {
            return sent == BLOCKED ? WANTS_OUTPUT : WANTS_NOTHING;
        }
        if (connection->closing) {
            return drop_input(connection);
        }
        append_answers(connection, site);
        if (connection->output.size > 0 || connection->closing) {
            continue;
        }
        if (connection->due > 0) {
            return WANTS_TIME;
        }
        if (received) {
            return WANTS_INPUT; /* epoll says when there is more: one recv() a turn */
        }
        const int result = receive(connection);
        if (result <= 0) {
            return result == 0 ? WANTS_INPUT : WANTS_NOTHING;
        }
        received = true;
        append_answers(connection, site);
    }
}
