package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// routeKind is a bh_route_kind, with its numbers.
type routeKind uint32

const (
	kindText routeKind = iota
	kindJSON
	kindFile
	kindAbout
	kindEcho
	kindUpload
	kindSum
	kindWait
	kindItems
	kindCompressed
)

const (
	mostBody    = 20 << 20 // bytes
	mostSummand = 1 << 52
	longestWait = 60000 // milliseconds
)

type route struct {
	kind        routeKind
	path        string
	contentType string
	body        []byte
	json        value // parsed once, written for each request
	file        string
}

// parse reads the body of a route that serialises it.
func (t *route) parse() error {
	switch t.kind {
	case kindJSON, kindItems, kindCompressed:
		parsed, err := parseJSON(t.body)
		if err != nil {
			return fmt.Errorf("the body of %s is not JSON: %w", t.path, err)
		}
		if _, isArray := parsed.([]value); !isArray && t.kind != kindJSON {
			return fmt.Errorf("the body of %s is no JSON array", t.path)
		}
		t.json = parsed
	}
	return nil
}

func (t *route) register(mux *http.ServeMux) {
	switch t.kind {
	case kindJSON:
		mux.HandleFunc(t.path, only("GET, HEAD", t.answerJSON))
	case kindFile:
		mux.HandleFunc(t.path, only("GET, HEAD", t.answerFile))
	case kindEcho:
		mux.HandleFunc(t.path, only("POST", t.answerEcho))
	case kindUpload:
		mux.HandleFunc(t.path, only("POST", t.answerUpload))
	case kindSum:
		mux.HandleFunc(t.path, only("GET, HEAD, POST", t.answerSum))
	case kindWait:
		mux.HandleFunc(t.path+"/", only("GET, HEAD", t.answerWait))
	case kindItems:
		mux.HandleFunc(t.path+"/", only("GET, HEAD", t.answerItems))
	case kindCompressed:
		mux.HandleFunc(t.path+"/", only("GET, HEAD", compressed(t.answerItems)))
	default:
		mux.HandleFunc(t.path, only("GET, HEAD", t.answerText))
	}
}

// only lets these methods through.
func only(methods string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, method := range strings.Split(methods, ", ") {
			if r.Method == method {
				next(w, r)
				return
			}
		}
		w.Header().Set("Allow", methods)
		http.Error(w, "only "+methods, http.StatusMethodNotAllowed)
	}
}

func (t *route) send(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", t.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) // an error: the client has gone
}

// number is what stands behind the route's path.
func (t *route) number(r *http.Request) (int, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(r.URL.Path, t.path+"/"), 10, 31)
	return int(n), err == nil
}

func (t *route) answerText(w http.ResponseWriter, r *http.Request) {
	t.send(w, t.body)
}

func (t *route) answerJSON(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	writeJSON(&body, t.json)
	t.send(w, body.Bytes())
}

func (t *route) answerFile(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", t.contentType)
	http.ServeFile(w, r, t.file)
}

// The whole body first: HTTP/1 has net/http read no more of it once the answer has begun.
func (t *route) answerEcho(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	t.send(w, body)
}

func (t *route) answerUpload(w http.ResponseWriter, r *http.Request) {
	checksum := crc32.NewIEEE()
	size, err := io.Copy(checksum, http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	t.send(w, []byte(fmt.Sprintf("%d %08x", size, checksum.Sum32())))
}

func (t *route) answerSum(w http.ResponseWriter, r *http.Request) {
	a, errA := strconv.ParseUint(r.FormValue("a"), 10, 64)
	b, errB := strconv.ParseUint(r.FormValue("b"), 10, 64)
	if errA != nil || errB != nil || a > mostSummand || b > mostSummand {
		http.Error(w, "a and b have to be whole numbers from 0 to 2^52", http.StatusBadRequest)
		return
	}
	t.send(w, strconv.AppendUint(nil, a+b, 10))
}

// A goroutine that waits holds no thread.
func (t *route) answerWait(w http.ResponseWriter, r *http.Request) {
	n, ok := t.number(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	if n > longestWait {
		http.Error(w, "at most 60000 milliseconds", http.StatusBadRequest)
		return
	}
	timer := time.NewTimer(time.Duration(n) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		t.send(w, t.body)
	case <-r.Context().Done(): // the client has gone
	}
}

func (t *route) answerItems(w http.ResponseWriter, r *http.Request) {
	items := t.json.([]value)
	n, ok := t.number(r)
	if !ok || n > len(items) {
		http.NotFound(w, r)
		return
	}
	var body bytes.Buffer
	writeJSON(&body, []member{{"count", n}, {"items", items[:n]}})
	t.send(w, body.Bytes())
}

var compressors = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// compressedWriter sends what is written as gzip, whose length is another than its handler says.
type compressedWriter struct {
	http.ResponseWriter
	compressor *gzip.Writer
}

func (w *compressedWriter) Write(body []byte) (int, error) {
	w.Header().Del("Content-Length")
	return w.compressor.Write(body)
}

// compressed is what users put before their handlers: gzip for those who accept it.
func compressed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !acceptsGzip(r) {
			next(w, r)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		compressor := compressors.Get().(*gzip.Writer)
		defer compressors.Put(compressor)
		compressor.Reset(w)
		defer compressor.Close()
		next(&compressedWriter{w, compressor}, r)
	}
}

// acceptsGzip tells whether it is among the codings, with a weight that is not 0.
func acceptsGzip(r *http.Request) bool {
	codings := strings.Join(r.Header.Values("Accept-Encoding"), ",")
	for _, coding := range strings.Split(codings, ",") {
		name, weight, weighed := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return !weighed || err != nil || q > 0
		}
	}
	return false
}
