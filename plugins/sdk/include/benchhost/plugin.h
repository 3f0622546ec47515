/* benchhost plugin ABI 1: a server implementation as a shared library.
 *
 * Plain C, so that a plugin can be built by any compiler and in any language. No C++ type and no
 * exception may cross this border. C++ authors use plugin.hpp on top of it.
 *
 * Where it runs: in a child process of its own (benchhost-serve), one server a process. The thread
 * that calls create, configure, serve and destroy is one and the same, called "the main thread"
 * below. Nothing but stop, host->log and host->ready may be used from another thread.
 *
 * Growing: every struct begins with its size as the writer knew it. A struct grows only at its end;
 * a reader looks at a member only when `size` covers it. Structs that may grow are passed as arrays
 * of pointers, never as arrays of structs.
 *
 * Memory: each side frees only what it allocated. Unless a comment says otherwise, what a plugin
 * returns stays valid until destroy() returns, and what the host passes until the call returns.
 * Strings are UTF-8 and NUL-terminated.
 */
#ifndef BENCHHOST_PLUGIN_H
#define BENCHHOST_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The ABI this header describes. Another number is another, incompatible ABI. */
#define BH_ABI 1u

/** The name of the one exported function, for dlsym. */
#define BH_ENTRY_SYMBOL "benchhost_plugin"

#if defined(__GNUC__)
#define BH_EXPORT __attribute__((visibility("default")))
#else
#define BH_EXPORT
#endif

/** Results of calls that can fail. Log the reason through host->log first: the user sees it. */
enum { BH_OK = 0, BH_FAILED = 1 };

/* ---- what the host gives ---------------------------------------------------------------- */

typedef enum bh_log_level { BH_LOG_INFO = 0, BH_LOG_WARNING = 1, BH_LOG_ERROR = 2 } bh_log_level;

typedef struct bh_host bh_host;
struct bh_host {
    uint32_t size;
    uint32_t abi; /**< BH_ABI of the host */
    void* ctx;    /**< the host's own */
    /** Adds a line to the server's log. [any thread, until destroy() returns] */
    void (*log)(const bh_host* host, bh_log_level level, const char* message);
    /** Says that the server accepts connections on `port`. Once, from inside serve().
     *  [any thread] */
    void (*ready)(const bh_host* host, uint16_t port);
    /** A host extension by its id such as "benchhost.something/1", or NULL. [main thread] */
    const void* (*extension)(const bh_host* host, const char* id);
};

/* ---- what is to be served --------------------------------------------------------------- */

/** What is to be done for a route. Which route it is says its path: several may be of one kind.
 *  What a request asks wrongly (a method that the route has not, a number that is none) is answered
 *  as the library's users would: 405, 400 or 404. */
typedef enum bh_route_kind {
    BH_ROUTE_TEXT = 0,  /**< `body` as it is, answered anew for each request */
    BH_ROUTE_JSON = 1,  /**< `body` is JSON: parse it once in configure, serialise it compactly,
                             members in the order given, for each request */
    BH_ROUTE_FILE = 2,  /**< the file at `file`, read as the library's users would serve files */
    BH_ROUTE_ABOUT = 3, /**< `body` as it is; carries nothing that is compared */

    /* -- kinds that a server offers by bh_server.route_kinds; the host asks for no other -- */

    BH_ROUTE_ECHO = 4,   /**< POST: the request's body, as the route's content_type */
    BH_ROUTE_UPLOAD = 5, /**< POST of up to 20 MiB, read as it comes and not kept where the library
                              can: how many bytes, a blank, and their CRC-32 (as zlib's crc32) in 8
                              small hexadecimal digits: "12 1c291ca3" */
    BH_ROUTE_SUM = 6,    /**< GET path?a=1&b=2, and POST of the same as a form
                              (application/x-www-form-urlencoded): a + b in decimal. Both are whole
                              numbers from 0 to 2^52 */
    BH_ROUTE_WAIT = 7,   /**< GET path/MS: `body`, MS milliseconds after the request came, without
                              holding a thread where the library can; MS is at most 60000 */
    BH_ROUTE_ITEMS = 8,  /**< GET path/N: {"count":N,"items":[...]} with the first N elements of the
                              JSON array in `body`, which is parsed once and serialised as for
                              BH_ROUTE_JSON for each request; 404 beyond its length */
    BH_ROUTE_COMPRESSED = 9 /**< as BH_ROUTE_ITEMS, compressed by the library as the request's
                                 Accept-Encoding allows; as it is when that allows nothing */
} bh_route_kind;

typedef struct bh_route {
    uint32_t size;
    uint32_t kind;            /**< a bh_route_kind; ignore a route of a kind you do not know */
    const char* path;         /**< "/text", "/json", "/file", "/about"; there may be others. That of
                                   WAIT, ITEMS and COMPRESSED is what stands before "/MS" or "/N" */
    const char* content_type; /**< to be sent as given; "; charset=..." may be added */
    const char* body;         /**< not NUL-terminated by contract; NULL for a file, and for what is
                                   answered out of the request */
    uint64_t body_size;       /**< bytes in body */
    const char* file;         /**< absolute path, for BH_ROUTE_FILE; else NULL */
} bh_route;

/** One option the user set in [server.<id>], already checked against bh_server.options. */
typedef struct bh_setting {
    uint32_t size;
    const char* key;
    const char* value;
} bh_setting;

/** Where to listen. */
typedef struct bh_endpoint {
    uint32_t size;
    const char* address; /**< an IPv4 or IPv6 address */
    uint16_t port;       /**< 0: pick one and report it by host->ready */
    uint32_t threads;    /**< how many threads may work on requests; 1 = one event loop or worker */
    int32_t listen_fd;   /**< a listening socket to adopt (needs BH_CAP_LISTEN_FD), or -1 */
} bh_endpoint;

/* ---- what a plugin gives ---------------------------------------------------------------- */

/** Bits of bh_server.caps. */
enum {
    BH_CAP_THREADS = 1u << 0,   /**< endpoint.threads > 1 is honoured */
    BH_CAP_LISTEN_FD = 1u << 1, /**< endpoint.listen_fd is honoured */
    BH_CAP_COMMAND = 1u << 2,   /**< a program: extension benchhost.command/1, serve is unused */
    BH_CAP_NEEDS_SETTINGS = 1u << 3 /**< cannot run without a [server.<id>] section: "servers = *"
                                         does not pick it by itself */
};

typedef enum bh_option_type {
    BH_OPTION_TEXT = 0,
    BH_OPTION_NUMBER = 1, /**< a whole number, 0 or more */
    BH_OPTION_YES_NO = 2, /**< given to the plugin as "yes" or "no" */
    BH_OPTION_CHOICE = 3, /**< one of `choices`, separated by '|' */
    BH_OPTION_PREFIX = 4  /**< every key that begins with `key`, such as "env." */
} bh_option_type;

typedef struct bh_option {
    uint32_t size;
    uint32_t type; /**< a bh_option_type */
    const char* key;
    const char* default_value; /**< NULL: none */
    const char* choices;       /**< "a|b|c" for BH_OPTION_CHOICE; else NULL */
    const char* help;          /**< one line */
} bh_option;

/* bh_server.declared_class: what a row may be compared with; docs/fairness.md draws the lines. */
#define BH_CLASS_PRODUCTION "production" /**< as the library's users run it in earnest */
#define BH_CLASS_TUNED "tuned"           /**< the same library, set up for this benchmark */
#define BH_CLASS_RAW "raw"               /**< does less than a server for any site would have to */

typedef struct bh_server {
    uint32_t size;
    uint32_t caps;
    const char* id;          /**< [a-z0-9][a-z0-9_.-]*, unique among all plugins found */
    const char* name;        /**< for people: "Boost.Beast" */
    const char* version;     /**< of the library or framework; NULL: known only by probe */
    const char* language;    /**< "C++", "Python" */
    const char* concurrency; /**< one line: "one event loop", "a thread per connection" */
    const char* url;         /**< the library's home */
    const bh_option* const* options;
    uint32_t option_count;

    /** Makes one instance; NULL = failed. `host` lives until destroy() returns. [main thread] */
    void* (*create)(const bh_host* host);
    /** Takes the settings and the routes; copy what you keep. Once, before serve. BH_OK or
     *  BH_FAILED. [main thread] */
    int (*configure)(void* self, const bh_setting* const* settings, uint32_t setting_count,
                     const bh_route* const* routes, uint32_t route_count);
    /** Listens, calls host->ready and serves until stop() is called. BH_OK after a stop; an early
     *  return is a failure. NULL with BH_CAP_COMMAND. [main thread] */
    int (*serve)(void* self, const bh_endpoint* endpoint);
    /** Asks serve to return soon, closing its connections. May come before serve, more than once,
     *  and must not block. [any thread; never from a signal handler] */
    void (*stop)(void* self);
    /** Frees the instance and joins every thread it made. serve has returned. [main thread] */
    void (*destroy)(void* self);
    /** A plugin extension by its id such as BH_EXTENSION_COMMAND, or NULL. May be NULL itself.
     *  `self` is NULL when the host only describes the plugin. [main thread] */
    const void* (*extension)(void* self, const char* id);

    /* -- a plugin whose `size` ends here is older than what follows -- */

    const char* declared_class; /**< a BH_CLASS_..., shown in the table; NULL: not declared */

    /** 1u << a bh_route_kind for each that it answers. 0, or a plugin whose `size` ends before it:
     *  TEXT, JSON, FILE and ABOUT, which every server answers. */
    uint32_t route_kinds;
} bh_server;

typedef struct bh_plugin {
    uint32_t size;
    uint32_t abi; /**< BH_ABI the plugin was built with */
    uint32_t server_count;
    const bh_server* const* servers;
} bh_plugin;

/** The type of the exported function. Returns static data and does no work; a plugin that cannot
 *  serve a host of `host_abi` returns NULL, and the host reports both versions. */
typedef const bh_plugin* (*bh_plugin_entry)(uint32_t host_abi);

/* ---- extension benchhost.command/1: the server is a program ------------------------------ */

#define BH_EXTENSION_COMMAND "benchhost.command/1"

/** A program to be executed without a shell. */
typedef struct bh_program {
    uint32_t size;
    const char* const* argv;        /**< NULL-terminated; argv[0] is looked up in PATH */
    const char* const* environment; /**< NULL-terminated "KEY=value" added to ours; or NULL */
    const char* working_directory;  /**< or NULL: the trial's own empty folder */
    /** A unix socket that it listens on instead of the endpoint's port; or NULL. */
    const char* unix_socket;
    /** A descriptor that it inherits, such as a listening socket; -1: none. The host closes it. */
    int32_t inherited_fd;
} bh_program;

typedef struct bh_command {
    uint32_t size;
    /** The program that serves, after configure. The endpoint's port is never 0 here: the host has
     *  picked a free one. The process that runs it is the one measured. NULL = failed, said by
     *  host->log. [main thread] */
    const bh_program* (*program)(void* self, const bh_endpoint* endpoint, const char* directory);
    /** A program that tells, within seconds and without serving, whether the server can run: it
     *  prints one JSON object {"version": "3.8.4", "details": {"python": "3.11.7", ...}} and exits
     *  with 0, or prints the reason to stderr and exits with another code. Called after configure
     *  without routes. NULL: always available. [main thread] */
    const bh_program* (*probe)(void* self);
} bh_command;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BENCHHOST_PLUGIN_H */
