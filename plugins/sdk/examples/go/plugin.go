// Go's net/http as a benchhost plugin: the border between the C ABI (abi.c) and server.go.
package main

/*
#cgo CFLAGS: -I${SRCDIR}/../../include
#include <stdlib.h>
#include "abi.h"
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"
)

// instance is what the host holds a handle of; Go memory must not be held by C.
type instance struct {
	host   *C.bh_host
	server *server
}

func of(self unsafe.Pointer) *instance {
	return (*(*cgo.Handle)(self)).Value().(*instance)
}

func fail(host *C.bh_host, what string) C.int {
	line := C.CString(what)
	defer C.free(unsafe.Pointer(line))
	C.host_log_error(host, line)
	return C.BH_FAILED
}

//export goCreate
func goCreate(host *C.bh_host) unsafe.Pointer {
	// The handle is a number; the host wants a pointer, so it is kept in C memory.
	self := C.malloc(C.size_t(unsafe.Sizeof(cgo.Handle(0))))
	*(*cgo.Handle)(self) = cgo.NewHandle(&instance{host: host})
	return self
}

//export goConfigure
func goConfigure(self unsafe.Pointer, given **C.bh_route, count C.uint32_t) C.int {
	i := of(self)
	var routes []*route
	for _, r := range unsafe.Slice(given, int(count)) {
		if r.kind > C.BH_ROUTE_COMPRESSED {
			continue // a kind of a later day
		}
		taken := &route{
			kind:        routeKind(r.kind),
			path:        C.GoString(r.path),
			contentType: C.GoString(r.content_type),
			file:        C.GoString(r.file),
		}
		if r.body != nil {
			taken.body = C.GoBytes(unsafe.Pointer(r.body), C.int(r.body_size))
		}
		if err := taken.parse(); err != nil {
			return fail(i.host, err.Error())
		}
		routes = append(routes, taken)
	}
	i.server = newServer(routes)
	return C.BH_OK
}

//export goServe
func goServe(self unsafe.Pointer, endpoint *C.bh_endpoint) (result C.int) {
	i := of(self)
	defer func() {
		if panicked := recover(); panicked != nil {
			result = fail(i.host, fmt.Sprint("a panic: ", panicked))
		}
	}()
	err := i.server.serve(C.GoString(endpoint.address), uint16(endpoint.port),
		int(endpoint.threads), int(endpoint.listen_fd),
		func(port uint16) { C.host_ready(i.host, C.uint16_t(port)) })
	if err != nil {
		return fail(i.host, err.Error())
	}
	return C.BH_OK
}

//export goStop
func goStop(self unsafe.Pointer) {
	of(self).server.close()
}

//export goDestroy
func goDestroy(self unsafe.Pointer) {
	(*(*cgo.Handle)(self)).Delete()
	C.free(self)
}

func main() {} // c-shared asks for it
