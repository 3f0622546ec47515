package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
)

// server is net/http's, which can be stopped before it serves.
type server struct {
	http  http.Server
	mutex sync.Mutex // of stopped
	stop  bool
}

func newServer(routes []*route) *server {
	mux := http.NewServeMux()
	for _, r := range routes {
		r.register(mux)
	}
	return &server{http: http.Server{Handler: mux}}
}

// serve returns nil after close.
func (s *server) serve(address string, port uint16, threads int, listenFd int, ready func(uint16)) error {
	runtime.GOMAXPROCS(threads)
	listener, err := listen(address, port, listenFd)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	stopped := s.stop
	s.mutex.Unlock()
	if stopped {
		return listener.Close()
	}
	ready(uint16(listener.Addr().(*net.TCPAddr).Port))
	if err = s.http.Serve(listener); errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *server) close() {
	s.mutex.Lock()
	s.stop = true
	s.mutex.Unlock()
	s.http.Close()
}

func listen(address string, port uint16, listenFd int) (net.Listener, error) {
	if listenFd < 0 {
		where := net.JoinHostPort(address, strconv.Itoa(int(port)))
		return (&net.ListenConfig{}).Listen(context.Background(), "tcp", where)
	}
	file := os.NewFile(uintptr(listenFd), "the host's socket")
	defer file.Close() // FileListener has a copy
	return net.FileListener(file)
}
