#include "server.h"

#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum progress { DONE, BLOCKED, OVER };

static enum progress send_output(struct connection* connection) {
    while (connection->sent < connection->output_size) {
        const ssize_t size = send(connection->socket, connection->output + connection->sent,
                                  connection->output_size - connection->sent,
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
    connection->output_size = 0;
    connection->sent = 0;
    return DONE;
}

/* Answers what has been read until a file has to be sent first or there is no room. */
static void append_answers(struct connection* connection, const struct site* site) {
    size_t used = 0;
    struct request request;
    while (!connection->closing && connection->file < 0 &&
           read_request(connection->input + used, connection->filled - used, &request) &&
           append_answer(connection, site, &request)) {
        used += request.size;
    }
    memmove(connection->input, connection->input + used, connection->filled - used);
    connection->filled -= used;
}

/* 1: more bytes; 0: none now; -1: none ever. */
static int receive(struct connection* connection) {
    const ssize_t size = recv(connection->socket, connection->input + connection->filled,
                              INPUT_SIZE - connection->filled, 0);
    if (size > 0) {
        connection->filled += (size_t)size;
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
        if (connection->output_size > 0) {
            continue;
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
