#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, EVENTS_AT_ONCE = 256 };

/** What one thread runs. */
struct loop {
    const struct site* site;
    int epoll;
    int listener;
    int stop;
    struct connection* connections;
    struct timers timers;
};

/* Marks by which a loop knows the events that are no connection's. */
static char listener_mark;
static char stop_mark;

static int fail(const bh_host* host, const char* what) {
    char line[256];
    snprintf(line, sizeof line, "%s: %s", what, strerror(errno));
    host->log(host, BH_LOG_ERROR, line);
    return BH_FAILED;
}

static bool watch(const struct loop* loop, int fd, uint32_t events, void* mark) {
    struct epoll_event event = {.events = events, .data = {.ptr = mark}};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void end_connection(struct loop* loop, struct connection* connection) {
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        loop->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    if (connection->timer > 0) {
        remove_timer(&loop->timers, connection);
    }
    if (connection->file >= 0) {
        close(connection->file);
    }
    close(connection->socket);
    free(connection->body.bytes.bytes);
    free(connection->output.bytes);
    free(connection);
}

static void accept_connections(struct loop* loop) {
    int socket = -1;
    while ((socket = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection* connection = calloc(1, sizeof *connection);
        if (connection == NULL) {
            close(socket);
            return;
        }
        const int yes = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        connection->socket = socket;
        connection->wanted = WANTS_INPUT;
        connection->file = -1;
        connection->next = loop->connections;
        if (connection->next != NULL) {
            connection->next->previous = connection;
        }
        loop->connections = connection;
        if (!watch(loop, socket, EPOLLIN, connection)) {
            end_connection(loop, connection);
        }
    }
}

/* While it waits for a time only its end is asked for, which epoll always tells. */
static uint32_t events_of(enum wanted wanted) {
    if (wanted == WANTS_TIME) {
        return 0;
    }
    return wanted == WANTS_INPUT ? EPOLLIN : EPOLLOUT;
}

static void serve(struct loop* loop, struct connection* connection) {
    const enum wanted wanted = serve_connection(connection, loop->site);
    if (wanted == WANTS_NOTHING ||
        (wanted == WANTS_TIME && !add_timer(&loop->timers, connection))) {
        end_connection(loop, connection);
    } else if (wanted != connection->wanted) {
        struct epoll_event event = {.events = events_of(wanted), .data = {.ptr = connection}};
        connection->wanted = wanted;
        epoll_ctl(loop->epoll, EPOLL_CTL_MOD, connection->socket, &event);
    }
}

static void serve_event(struct loop* loop, struct connection* connection) {
    if (connection->wanted == WANTS_TIME) {
        end_connection(loop, connection);
    } else {
        serve(loop, connection);
    }
}

/* For epoll_wait: -1 when nothing waits. Rounded up, or it would ask again and again. */
static int milliseconds_left(const struct loop* loop) {
    if (loop->timers.count == 0) {
        return -1;
    }
    const uint64_t moment = now();
    const uint64_t due = loop->timers.heap[0]->due;
    return due > moment ? (int)((due - moment + 999999) / 1000000) : 0;
}

static void serve_due(struct loop* loop) {
    while (milliseconds_left(loop) == 0) {
        struct connection* connection = loop->timers.heap[0];
        remove_timer(&loop->timers, connection);
        serve(loop, connection);
    }
}

static void* run_loop(void* argument) {
    struct loop* loop = argument;
    struct epoll_event events[EVENTS_AT_ONCE];
    for (bool stopped = false; !stopped;) {
        const int count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, milliseconds_left(loop));
        for (int i = 0; i < count; ++i) {
            if (events[i].data.ptr == &stop_mark) {
                stopped = true;
            } else if (events[i].data.ptr == &listener_mark) {
                accept_connections(loop);
            } else {
                serve_event(loop, events[i].data.ptr);
            }
        }
        serve_due(loop);
    }
    while (loop->connections != NULL) {
        end_connection(loop, loop->connections);
    }
    free(loop->timers.heap);
    close(loop->epoll);
    return NULL;
}

/* A bound, listening socket, or -1. */
static int listen_at(const bh_endpoint* endpoint) {
    if (endpoint->listen_fd >= 0) {
        fcntl(endpoint->listen_fd, F_SETFL, fcntl(endpoint->listen_fd, F_GETFL) | O_NONBLOCK);
        return endpoint->listen_fd;
    }
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    memset(&address, 0, sizeof address);
    socklen_t size = sizeof address.v4;
    if (inet_pton(AF_INET, endpoint->address, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(endpoint->port);
    } else if (inet_pton(AF_INET6, endpoint->address, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(endpoint->port);
        size = sizeof address.v6;
    } else {
        errno = EINVAL;
        return -1;
    }
    const int yes = 1;
    const int listener =
        socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener >= 0 &&
        (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
         bind(listener, &address.any, size) != 0 || listen(listener, BACKLOG) != 0)) {
        const int reason = errno;
        close(listener);
        errno = reason;
        return -1;
    }
    return listener;
}

static uint16_t port_of(int listener) {
    struct sockaddr_in6 address; /* both families have the port at the same place */
    socklen_t size = sizeof address;
    getsockname(listener, (struct sockaddr*)&address, &size);
    return ntohs(address.sin6_port);
}

static bool prepare(struct loop* loop, const struct site* site, int listener, int stop) {
    loop->site = site;
    loop->listener = listener;
    loop->stop = stop;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll >= 0 && watch(loop, listener, EPOLLIN | EPOLLEXCLUSIVE, &listener_mark) &&
           watch(loop, stop, EPOLLIN, &stop_mark);
}

int serve_site(const bh_host* host, const struct site* site, const bh_endpoint* endpoint,
               int stop) {
    sigset_t broken_pipe; /* sendfile() has no MSG_NOSIGNAL; the threads made later inherit it */
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, NULL);

    const int listener = listen_at(endpoint);
    if (listener < 0) {
        return fail(host, "cannot listen");
    }
    const uint32_t count = endpoint->threads > 0 ? endpoint->threads : 1;
    struct loop* loops = calloc(count, sizeof *loops);
    pthread_t* threads = calloc(count, sizeof *threads);
    uint32_t prepared = 0;
    uint32_t started = 1;
    int result = BH_OK;
    while (loops != NULL && threads != NULL && prepared < count &&
           prepare(&loops[prepared], site, listener, stop)) {
        ++prepared;
    }
    if (prepared < count) {
        result = fail(host, "cannot make an event loop");
    } else {
        host->ready(host, port_of(listener));
        while (started < count &&
               pthread_create(&threads[started], NULL, run_loop, &loops[started]) == 0) {
            ++started;
        }
        run_loop(&loops[0]); /* until stop */
        for (uint32_t i = 1; i < started; ++i) {
            pthread_join(threads[i], NULL);
        }
    }
    free(threads);
    free(loops);
    close(listener);
    return result;
}
