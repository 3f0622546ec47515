/* What plugin.go calls of the host: Go cannot call C function pointers. */
#ifndef NETHTTP_ABI_H
#define NETHTTP_ABI_H

#include <benchhost/plugin.h>

void host_log_error(const bh_host* host, const char* message);
void host_ready(const bh_host* host, uint16_t port);

#endif
