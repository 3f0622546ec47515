/* The layout of plugin ABI 1 on 64-bit machines, frozen: a plugin that was built once works for
 * ever. A failure here means that an old plugin would be misread; members may only be added at the
 * end of a struct, and then their offsets are added here. Included as C and as C++. */
#ifndef BENCHHOST_TESTS_ABI_LAYOUT_H
#define BENCHHOST_TESTS_ABI_LAYOUT_H

#include <benchhost/plugin.h>

#include <stddef.h>

/* C99 has no static assertion: a negative array size says the same. */
#define HELD_NAME(line) held_at_line_##line
#define HELD_AT(line, condition) typedef char HELD_NAME(line)[(condition) ? 1 : -1]
#define HELD_HERE(line, condition) HELD_AT(line, condition)
#define HOLDS(condition) HELD_HERE(__LINE__, condition)
#define AT(type, member, offset) offsetof(type, member) == (offset)

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-local-typedefs"
#endif

HOLDS(sizeof(void*) == 8);
HOLDS(BH_ABI == 1u);
HOLDS(sizeof(BH_ENTRY_SYMBOL) == sizeof("benchhost_plugin"));
HOLDS(sizeof(BH_EXTENSION_COMMAND) == sizeof("benchhost.command/1"));

HOLDS(BH_OK == 0 && BH_FAILED == 1);
HOLDS(BH_LOG_INFO == 0 && BH_LOG_WARNING == 1 && BH_LOG_ERROR == 2);
HOLDS(sizeof(bh_log_level) == 4);
HOLDS(BH_ROUTE_TEXT == 0 && BH_ROUTE_JSON == 1 && BH_ROUTE_FILE == 2 && BH_ROUTE_ABOUT == 3);
HOLDS(BH_ROUTE_ECHO == 4 && BH_ROUTE_UPLOAD == 5 && BH_ROUTE_SUM == 6 && BH_ROUTE_WAIT == 7);
HOLDS(BH_ROUTE_ITEMS == 8 && BH_ROUTE_COMPRESSED == 9);
HOLDS(BH_CAP_THREADS == 1 && BH_CAP_LISTEN_FD == 2 && BH_CAP_COMMAND == 4);
HOLDS(BH_CAP_NEEDS_SETTINGS == 8);
HOLDS(BH_OPTION_TEXT == 0 && BH_OPTION_NUMBER == 1 && BH_OPTION_YES_NO == 2);
HOLDS(BH_OPTION_CHOICE == 3 && BH_OPTION_PREFIX == 4);

HOLDS(AT(bh_host, size, 0) && AT(bh_host, abi, 4) && AT(bh_host, ctx, 8));
HOLDS(AT(bh_host, log, 16) && AT(bh_host, ready, 24) && AT(bh_host, extension, 32));
HOLDS(sizeof(bh_host) == 40);

HOLDS(AT(bh_route, size, 0) && AT(bh_route, kind, 4) && AT(bh_route, path, 8));
HOLDS(AT(bh_route, content_type, 16) && AT(bh_route, body, 24) && AT(bh_route, body_size, 32));
HOLDS(AT(bh_route, file, 40) && sizeof(bh_route) == 48);

HOLDS(AT(bh_setting, size, 0) && AT(bh_setting, key, 8) && AT(bh_setting, value, 16));
HOLDS(sizeof(bh_setting) == 24);

HOLDS(AT(bh_endpoint, size, 0) && AT(bh_endpoint, address, 8) && AT(bh_endpoint, port, 16));
HOLDS(AT(bh_endpoint, threads, 20) && AT(bh_endpoint, listen_fd, 24));
HOLDS(sizeof(bh_endpoint) == 32);

HOLDS(AT(bh_option, size, 0) && AT(bh_option, type, 4) && AT(bh_option, key, 8));
HOLDS(AT(bh_option, default_value, 16) && AT(bh_option, choices, 24) && AT(bh_option, help, 32));
HOLDS(sizeof(bh_option) == 40);

HOLDS(AT(bh_server, size, 0) && AT(bh_server, caps, 4) && AT(bh_server, id, 8));
HOLDS(AT(bh_server, name, 16) && AT(bh_server, version, 24) && AT(bh_server, language, 32));
HOLDS(AT(bh_server, concurrency, 40) && AT(bh_server, url, 48) && AT(bh_server, options, 56));
HOLDS(AT(bh_server, option_count, 64) && AT(bh_server, create, 72));
HOLDS(AT(bh_server, configure, 80) && AT(bh_server, serve, 88) && AT(bh_server, stop, 96));
HOLDS(AT(bh_server, destroy, 104) && AT(bh_server, extension, 112));
HOLDS(AT(bh_server, declared_class, 120)); /* beyond the 120 bytes of the first release */
HOLDS(AT(bh_server, route_kinds, 128));    /* beyond the 128 bytes of the second */
HOLDS(sizeof(bh_server) == 136);

HOLDS(AT(bh_plugin, size, 0) && AT(bh_plugin, abi, 4) && AT(bh_plugin, server_count, 8));
HOLDS(AT(bh_plugin, servers, 16) && sizeof(bh_plugin) == 24);

HOLDS(AT(bh_program, size, 0) && AT(bh_program, argv, 8) && AT(bh_program, environment, 16));
HOLDS(AT(bh_program, working_directory, 24) && AT(bh_program, unix_socket, 32));
HOLDS(AT(bh_program, inherited_fd, 40) && sizeof(bh_program) == 48);

HOLDS(AT(bh_command, size, 0) && AT(bh_command, program, 8) && AT(bh_command, probe, 16));
HOLDS(sizeof(bh_command) == 24);

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
