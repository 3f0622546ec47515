/* A plugin as it was written for the first release of ABI 1, against that release's own header.
 * Frozen with it: neither file is to be changed, for there may be such plugins without their
 * source. One server in C, and one that is a program. */
#define _GNU_SOURCE
#include <benchhost/plugin.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_ROUTES 8
#define MOST_CONNECTIONS 1000
#define LONGEST_REQUEST 4096

typedef struct route {
    uint32_t kind;
    char path[64];
    char content_type[64];
    char file[512];
    char* body;
    size_t size;
} route;

typedef struct connection {
    char request[LONGEST_REQUEST];
    size_t size;
} connection;

typedef struct server {
    const bh_host* host;
    route routes[MOST_ROUTES];
    uint32_t count;
    int stop_pipe[2];
} server;

static void* create(const bh_host* host) {
    server* made = calloc(1, sizeof *made);
    if (made == NULL || pipe(made->stop_pipe) != 0) {
        free(made);
        return NULL;
    }
    made->host = host;
    return made;
}

static int configure(void* self, const bh_setting* const* settings, uint32_t setting_count,
                     const bh_route* const* routes, uint32_t route_count) {
    server* s = self;
    (void)settings;
    (void)setting_count;
    for (uint32_t i = 0; i < route_count && s->count < MOST_ROUTES; ++i) {
        route* taken = &s->routes[s->count++];
        taken->kind = routes[i]->kind;
        snprintf(taken->path, sizeof taken->path, "%s", routes[i]->path);
        snprintf(taken->content_type, sizeof taken->content_type, "%s", routes[i]->content_type);
        snprintf(taken->file, sizeof taken->file, "%s",
                 routes[i]->file != NULL ? routes[i]->file : "");
        taken->size = routes[i]->body != NULL ? (size_t)routes[i]->body_size : 0;
        taken->body = malloc(taken->size + 1);
        if (taken->body == NULL) {
            s->host->log(s->host, BH_LOG_ERROR, "out of memory");
            return BH_FAILED;
        }
        memcpy(taken->body, taken->size > 0 ? routes[i]->body : "", taken->size);
    }
    return BH_OK;
}

static char* read_file(const char* path, size_t* size) {
    FILE* file = fopen(path, "rb");
    char* content = NULL;
    if (file != NULL) {
        fseek(file, 0, SEEK_END);
        *size = (size_t)ftell(file);
        rewind(file);
        content = malloc(*size + 1);
        if (content != NULL && fread(content, 1, *size, file) != *size) {
            free(content);
            content = NULL;
        }
        fclose(file);
    }
    return content;
}

/* The tokens of `json` without the blanks between them. */
static char* serialise(const char* json, size_t* size) {
    char* compact = malloc(*size + 1);
    size_t written = 0;
    int in_string = 0;
    for (size_t i = 0; compact != NULL && i < *size; ++i) {
        if (json[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && strchr(" \t\r\n", json[i]) != NULL) {
            continue;
        }
        compact[written++] = json[i];
    }
    *size = written;
    return compact;
}

static int send_all(int fd, const char* data, size_t size) {
    while (size > 0) {
        const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return -1;
        }
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static int send_answer(int fd, const char* status, const char* type, const char* body, size_t size,
                       int head_only, int keep_alive) {
    char head[512];
    const int head_size = snprintf(
        head, sizeof head, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
        status, type, size, keep_alive ? "" : "Connection: close\r\n");
    if (send_all(fd, head, (size_t)head_size) != 0 ||
        (!head_only && send_all(fd, body, size) != 0)) {
        return -1;
    }
    return keep_alive ? 0 : -1;
}

static int answer(const server* s, int fd, const char* head) {
    char method[16];
    char path[256];
    int minor = 0;
    if (sscanf(head, "%15[A-Z] %255s HTTP/1.%d", method, path, &minor) != 3) {
        return send_answer(fd, "400 Bad Request", "text/plain", "", 0, 0, 0);
    }
    const int head_only = strcmp(method, "HEAD") == 0;
    const int keep_alive = minor == 1 && strcasestr(head, "connection: close") == NULL;
    for (uint32_t i = 0; i < s->count; ++i) {
        const route* found = &s->routes[i];
        if (strcmp(found->path, path) == 0) {
            size_t size = found->size;
            char* made = found->kind == BH_ROUTE_FILE   ? read_file(found->file, &size)
                         : found->kind == BH_ROUTE_JSON ? serialise(found->body, &size)
                                                        : NULL;
            const int result =
                send_answer(fd, "200 OK", found->content_type, made != NULL ? made : found->body,
                            size, head_only, keep_alive);
            free(made);
            return result;
        }
    }
    return send_answer(fd, "404 Not Found", "text/plain", "", 0, head_only, keep_alive);
}

/* -1: the connection is over. */
static int read_requests(const server* s, int fd, connection* state) {
    const ssize_t got =
        recv(fd, state->request + state->size, sizeof state->request - state->size - 1, 0);
    char* end = NULL;
    if (got <= 0) {
        return -1;
    }
    state->size += (size_t)got;
    state->request[state->size] = '\0';
    while ((end = strstr(state->request, "\r\n\r\n")) != NULL) {
        *end = '\0';
        if (answer(s, fd, state->request) != 0) {
            return -1;
        }
        state->size -= (size_t)(end + 4 - state->request);
        memmove(state->request, end + 4, state->size + 1);
    }
    return state->size + 1 < sizeof state->request ? 0 : -1;
}

static int listen_at(const bh_endpoint* endpoint, uint16_t* port) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    const int on = 1;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint->port);
    inet_pton(AF_INET, endpoint->address, &address.sin_addr);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(listener, (struct sockaddr*)&address, size) != 0 || listen(listener, 511) != 0 ||
        getsockname(listener, (struct sockaddr*)&address, &size) != 0) {
        close(listener);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return listener;
}

static int serve(void* self, const bh_endpoint* endpoint) {
    static connection states[MOST_CONNECTIONS];
    struct pollfd fds[2 + MOST_CONNECTIONS];
    server* s = self;
    nfds_t count = 2;
    uint16_t port = 0;
    fds[0].fd = s->stop_pipe[0];
    fds[1].fd = listen_at(endpoint, &port);
    fds[0].events = fds[1].events = POLLIN;
    if (fds[1].fd < 0) {
        s->host->log(s->host, BH_LOG_ERROR, "cannot listen");
        return BH_FAILED;
    }
    s->host->ready(s->host, port);
    while (poll(fds, count, -1) >= 0 && fds[0].revents == 0) {
        for (nfds_t i = 2; i < count;) {
            if (fds[i].revents != 0 && read_requests(s, fds[i].fd, &states[i - 2]) != 0) {
                close(fds[i].fd);
                --count;
                fds[i] = fds[count];
                states[i - 2] = states[count - 2];
            } else {
                ++i;
            }
        }
        if (fds[1].revents != 0 && count < 2 + MOST_CONNECTIONS) {
            fds[count].fd = accept4(fds[1].fd, NULL, NULL, SOCK_CLOEXEC);
            fds[count].events = POLLIN;
            fds[count].revents = 0;
            states[count - 2].size = 0;
            count += fds[count].fd >= 0 ? 1 : 0;
        }
    }
    for (nfds_t i = 1; i < count; ++i) {
        close(fds[i].fd);
    }
    return BH_OK;
}

static void stop(void* self) {
    server* s = self;
    if (write(s->stop_pipe[1], "", 1) != 1) {
        s->host->log(s->host, BH_LOG_WARNING, "cannot stop");
    }
}

static void destroy(void* self) {
    server* s = self;
    for (uint32_t i = 0; i < s->count; ++i) {
        free(s->routes[i].body);
    }
    close(s->stop_pipe[0]);
    close(s->stop_pipe[1]);
    free(s);
}

static const bh_server native = {sizeof(bh_server),
                                 0,
                                 "abi-1",
                                 "A server of ABI 1",
                                 "1.0",
                                 "C",
                                 "one thread, poll",
                                 "https://example.invalid/abi-1",
                                 NULL,
                                 0,
                                 create,
                                 configure,
                                 serve,
                                 stop,
                                 destroy,
                                 NULL};

/* The program: argv[0] is an option, argv[1] the port. */
typedef struct program_server {
    const bh_host* host;
    char program[512];
    char port[8];
    const char* argv[4];
    bh_program made;
} program_server;

static const bh_option program_option = {sizeof(bh_option), BH_OPTION_TEXT, "program", NULL, NULL,
                                         "what to execute"};
static const bh_option* const program_options[] = {&program_option};

static void* create_program(const bh_host* host) {
    program_server* made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->host = host;
    }
    return made;
}

static int configure_program(void* self, const bh_setting* const* settings, uint32_t setting_count,
                             const bh_route* const* routes, uint32_t route_count) {
    program_server* s = self;
    (void)routes;
    (void)route_count;
    for (uint32_t i = 0; i < setting_count; ++i) {
        snprintf(s->program, sizeof s->program, "%s", settings[i]->value);
    }
    return BH_OK;
}

static const bh_program* program(void* self, const bh_endpoint* endpoint, const char* directory) {
    program_server* s = self;
    (void)directory;
    snprintf(s->port, sizeof s->port, "%u", endpoint->port);
    s->argv[0] = s->program;
    s->argv[1] = "serve";
    s->argv[2] = s->port;
    s->made.size = sizeof s->made;
    s->made.argv = s->argv;
    return &s->made;
}

static const bh_command command = {sizeof(bh_command), program, NULL};

static const void* extension(void* self, const char* id) {
    (void)self;
    return strcmp(id, BH_EXTENSION_COMMAND) == 0 ? &command : NULL;
}

static const bh_server by_command = {sizeof(bh_server),
                                     BH_CAP_COMMAND | BH_CAP_NEEDS_SETTINGS,
                                     "abi-1-program",
                                     "A program of ABI 1",
                                     NULL,
                                     "C",
                                     "as the program does it",
                                     "https://example.invalid/abi-1",
                                     program_options,
                                     1,
                                     create_program,
                                     configure_program,
                                     NULL,
                                     NULL,
                                     free,
                                     extension};

static const bh_server* const servers[] = {&native, &by_command};
static const bh_plugin plugin = {sizeof(bh_plugin), BH_ABI, 2, servers};

BH_EXPORT const bh_plugin* benchhost_plugin(uint32_t host_abi);
BH_EXPORT const bh_plugin* benchhost_plugin(uint32_t host_abi) {
    return host_abi == BH_ABI ? &plugin : NULL;
}
