//! hyper's own HTTP/1 server: one task a connection, on tokio with a thread or more.

use crate::routes::{answer, Routes};
use hyper::service::{make_service_fn, service_fn};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::io::FromRawFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

const BACKLOG: u32 = 4096;

pub struct Endpoint {
    pub address: IpAddr,
    pub port: u16,
    pub threads: u32,
    pub listen_fd: Option<i32>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn runtime(threads: u32) -> std::io::Result<Runtime> {
    if threads > 1 {
        Builder::new_multi_thread()
            .worker_threads(threads as usize)
            .enable_all()
            .build()
    } else {
        Builder::new_current_thread().enable_all().build()
    }
}

fn listen(endpoint: &Endpoint) -> std::io::Result<TcpListener> {
    if let Some(fd) = endpoint.listen_fd {
        // The host gives the socket away.
        let listener = unsafe { TcpListener::from_raw_fd(fd) };
        listener.set_nonblocking(true)?;
        return Ok(listener);
    }
    let socket = if endpoint.address.is_ipv4() {
        tokio::net::TcpSocket::new_v4()?
    } else {
        tokio::net::TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::new(endpoint.address, endpoint.port))?;
    socket.listen(BACKLOG)?.into_std()
}

/// Serves until `stop` is notified, and tells `ready` the port. [main thread]
pub fn serve(
    routes: Arc<Routes>,
    endpoint: &Endpoint,
    stop: Arc<Notify>,
    ready: impl FnOnce(u16),
) -> Result<(), Failure> {
    let runtime = runtime(endpoint.threads)?;
    let failure = Arc::new(Mutex::new(None));
    runtime.block_on(async {
        let listener = listen(endpoint)?;
        let port = listener.local_addr()?.port();
        let make_service = make_service_fn(move |_| {
            let routes = routes.clone();
            async move {
                Ok::<_, Infallible>(service_fn(move |request| answer(routes.clone(), request)))
            }
        });
        let server = hyper::Server::from_tcp(listener)?
            .tcp_nodelay(true)
            .serve(make_service);
        let (stop_on_failure, failed) = (stop.clone(), failure.clone());
        tokio::spawn(async move {
            if let Err(error) = server.await {
                *failed.lock().unwrap() = Some(error);
            }
            stop_on_failure.notify_one();
        });
        ready(port);
        stop.notified().await;
        Ok::<(), Failure>(())
    })?;
    // The connections are tasks: they end with their runtime.
    runtime.shutdown_timeout(Duration::from_secs(1));
    let failed = failure.lock().unwrap().take();
    match failed {
        Some(error) => Err(Box::new(error)),
        None => Ok(()),
    }
}
