//! The server `hyper` as a benchhost plugin: the border between the C ABI and server.rs.
//!
//! No panic may cross it: each function that runs Rust code of ours catches.

mod abi;
mod routes;
mod server;

use abi::*;
use hyper::header::HeaderValue;
use routes::{Content, Route, Routes};
use server::Endpoint;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_int, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use tokio::sync::Notify;

struct Instance {
    host: *const bh_host,
    routes: Arc<Routes>,
    stop: Arc<Notify>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn log_error(host: *const bh_host, what: &str) {
    let line = CString::new(what.replace('\0', " ")).unwrap_or_default();
    unsafe { ((*host).log)(host, LOG_ERROR, line.as_ptr()) }
}

/// Runs `work`; an error or a panic becomes a line in the log.
fn guarded(host: *const bh_host, work: impl FnOnce() -> Result<(), Failure>) -> c_int {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return OK,
        Ok(Err(error)) => log_error(host, &error.to_string()),
        Err(_) => log_error(host, "a panic; see stderr"),
    }
    FAILED
}

unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    CStr::from_ptr(pointer).to_string_lossy().into_owned()
}

unsafe fn bytes(pointer: *const c_char, size: u64) -> Vec<u8> {
    if pointer.is_null() {
        return Vec::new();
    }
    std::slice::from_raw_parts(pointer as *const u8, size as usize).to_vec()
}

unsafe fn take_route(route: &bh_route) -> Result<Route, Failure> {
    let content = match route.kind {
        ROUTE_FILE => Content::File(text(route.file)),
        ROUTE_JSON => Content::Json(
            serde_json::from_slice(&bytes(route.body, route.body_size))
                .map_err(|error| format!("not JSON: {}", error))?,
        ),
        ROUTE_ECHO => Content::Echo,
        ROUTE_UPLOAD => Content::Upload,
        ROUTE_SUM => Content::Sum,
        ROUTE_WAIT => Content::Wait(bytes(route.body, route.body_size)),
        ROUTE_ITEMS => Content::Items(
            serde_json::from_slice(&bytes(route.body, route.body_size))
                .map_err(|error| format!("no JSON array: {}", error))?,
        ),
        _ => Content::Bytes(bytes(route.body, route.body_size)),
    };
    Ok(Route {
        content_type: HeaderValue::from_str(&text(route.content_type))?,
        content,
    })
}

unsafe extern "C" fn create(host: *const bh_host) -> *mut c_void {
    Box::into_raw(Box::new(Instance {
        host,
        routes: Arc::new(Routes::new()),
        stop: Arc::new(Notify::new()),
    })) as *mut c_void
}

unsafe extern "C" fn configure(
    instance: *mut c_void,
    _settings: *const *const bh_setting,
    _setting_count: u32,
    routes: *const *const bh_route,
    route_count: u32,
) -> c_int {
    let instance = &mut *(instance as *mut Instance);
    guarded(instance.host, || {
        let mut table = Routes::new();
        for i in 0..route_count as usize {
            let route = &**routes.add(i);
            if route.kind <= ROUTE_ITEMS {
                table.insert(text(route.path), take_route(route)?);
            }
        }
        instance.routes = Arc::new(table);
        Ok(())
    })
}

unsafe extern "C" fn serve(instance: *mut c_void, endpoint: *const bh_endpoint) -> c_int {
    // Shared with stop(), which comes from another thread.
    let instance = &*(instance as *const Instance);
    let endpoint = &*endpoint;
    guarded(instance.host, || {
        let endpoint = Endpoint {
            address: text(endpoint.address).parse()?,
            port: endpoint.port,
            threads: endpoint.threads,
            listen_fd: Some(endpoint.listen_fd).filter(|fd| *fd >= 0),
        };
        let host = instance.host;
        server::serve(
            instance.routes.clone(),
            &endpoint,
            instance.stop.clone(),
            |port| unsafe { ((*host).ready)(host, port) },
        )
    })
}

unsafe extern "C" fn stop(instance: *mut c_void) {
    (*(instance as *const Instance)).stop.notify_one();
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(Box::from_raw(instance as *mut Instance));
}

macro_rules! c_text {
    ($text:expr) => {
        concat!($text, "\0").as_ptr() as *const c_char
    };
}

static SERVER: Static<bh_server> = Static(bh_server {
    size: std::mem::size_of::<bh_server>() as u32,
    caps: CAP_THREADS | CAP_LISTEN_FD,
    id: c_text!("hyper"),
    name: c_text!("hyper on tokio"),
    version: c_text!("0.14.32"),
    language: c_text!("Rust"),
    concurrency: c_text!("a task per connection on the threads of tokio"),
    url: c_text!("https://hyper.rs"),
    options: std::ptr::null(),
    option_count: 0,
    create,
    configure,
    serve,
    stop,
    destroy,
    extension: None,
    declared_class: c_text!("production"),
    // hyper does not compress: no ROUTE_COMPRESSED.
    route_kinds: (1 << ROUTE_TEXT)
        | (1 << ROUTE_JSON)
        | (1 << ROUTE_FILE)
        | (1 << ROUTE_ABOUT)
        | (1 << ROUTE_ECHO)
        | (1 << ROUTE_UPLOAD)
        | (1 << ROUTE_SUM)
        | (1 << ROUTE_WAIT)
        | (1 << ROUTE_ITEMS),
});
static SERVERS: Static<[*const bh_server; 1]> = Static([&SERVER.0]);
static PLUGIN: Static<bh_plugin> = Static(bh_plugin {
    size: std::mem::size_of::<bh_plugin>() as u32,
    abi: ABI,
    server_count: 1,
    servers: SERVERS.0.as_ptr(),
});

/// The one exported function: static data, no work.
#[no_mangle]
pub extern "C" fn benchhost_plugin(host_abi: u32) -> *const bh_plugin {
    if host_abi == ABI {
        &PLUGIN.0
    } else {
        std::ptr::null()
    }
}
