//! What is answered: the routes, and what each does for a request.

use hyper::body::{Bytes, HttpBody};
use hyper::header::{HeaderValue, ALLOW, CONTENT_TYPE};
use hyper::{Body, Method, Request, Response, StatusCode};
use serde::Serialize;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

const MOST_SUMMAND: u64 = 1 << 52;
/// Milliseconds.
const LONGEST_WAIT: u64 = 60_000;

pub enum Content {
    Bytes(Vec<u8>),
    /// Parsed once, serialised for each request, members in their order.
    Json(serde_json::Value),
    File(String),
    Echo,
    Upload,
    Sum,
    Wait(Vec<u8>),
    Items(Vec<serde_json::Value>),
}

pub struct Route {
    pub content_type: HeaderValue,
    pub content: Content,
}

impl Route {
    fn takes_number(&self) -> bool {
        matches!(self.content, Content::Wait(_) | Content::Items(_))
    }

    fn methods(&self) -> &'static str {
        match self.content {
            Content::Echo | Content::Upload => "POST",
            Content::Sum => "GET, HEAD, POST",
            _ => "GET, HEAD",
        }
    }
}

pub type Routes = HashMap<String, Route>;

/// The route of a path, and the number behind it where the route takes one.
fn find<'a>(routes: &'a Routes, path: &str) -> Option<(&'a Route, u64)> {
    match routes.get(path) {
        Some(route) if !route.takes_number() => return Some((route, 0)),
        _ => {}
    }
    let (before, number) = path.rsplit_once('/')?;
    let route = routes.get(before).filter(|route| route.takes_number())?;
    Some((route, number.parse().ok()?))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

fn unreadable() -> Response<Body> {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "cannot be read\n")
}

fn json<T: Serialize>(value: &T) -> Result<Body, Response<Body>> {
    let text = serde_json::to_vec(value).map_err(|_| unreadable())?;
    Ok(Body::from(text))
}

async fn whole(body: Body) -> Result<Bytes, Response<Body>> {
    hyper::body::to_bytes(body).await.map_err(|_| unreadable())
}

async fn upload(mut body: Body) -> Result<Body, Response<Body>> {
    let mut checksum = crc32fast::Hasher::new();
    let mut size = 0;
    while let Some(piece) = body.data().await {
        let piece = piece.map_err(|_| unreadable())?;
        checksum.update(&piece);
        size += piece.len();
    }
    Ok(Body::from(format!("{} {:08x}", size, checksum.finalize())))
}

fn sum_of(fields: &[u8]) -> Option<u64> {
    let fields: HashMap<_, _> = form_urlencoded::parse(fields).collect();
    let number = |name: &str| -> Option<u64> {
        let number: u64 = fields.get(name)?.parse().ok()?;
        Some(number).filter(|number| *number <= MOST_SUMMAND)
    };
    Some(number("a")? + number("b")?)
}

async fn sum(request: Request<Body>) -> Result<Body, Response<Body>> {
    let sum = if request.method() == Method::POST {
        sum_of(&whole(request.into_body()).await?)
    } else {
        sum_of(request.uri().query().unwrap_or("").as_bytes())
    };
    match sum {
        Some(sum) => Ok(Body::from(sum.to_string())),
        None => Err(plain(
            StatusCode::BAD_REQUEST,
            "a and b have to be whole numbers from 0 to 2^52\n",
        )),
    }
}

#[derive(Serialize)]
struct Items<'a> {
    count: usize,
    items: &'a [serde_json::Value],
}

async fn body_of(
    content: &Content,
    number: u64,
    request: Request<Body>,
) -> Result<Body, Response<Body>> {
    match content {
        Content::Bytes(bytes) => Ok(Body::from(bytes.clone())),
        Content::Json(value) => json(value),
        Content::File(path) => {
            let bytes = tokio::fs::read(path).await.map_err(|_| unreadable())?;
            Ok(Body::from(bytes))
        }
        Content::Echo => Ok(Body::from(whole(request.into_body()).await?)),
        Content::Upload => upload(request.into_body()).await,
        Content::Sum => sum(request).await,
        Content::Wait(bytes) if number <= LONGEST_WAIT => {
            tokio::time::sleep(Duration::from_millis(number)).await;
            Ok(Body::from(bytes.clone()))
        }
        Content::Wait(_) => Err(plain(
            StatusCode::BAD_REQUEST,
            "at most 60000 milliseconds\n",
        )),
        Content::Items(items) => match items.get(..number as usize) {
            Some(items) => json(&Items {
                count: items.len(),
                items,
            }),
            None => Err(plain(StatusCode::NOT_FOUND, "not found\n")),
        },
    }
}

pub async fn answer(
    routes: Arc<Routes>,
    request: Request<Body>,
) -> Result<Response<Body>, Infallible> {
    let (route, number) = match find(&routes, request.uri().path()) {
        Some(found) => found,
        None => return Ok(plain(StatusCode::NOT_FOUND, "not found\n")),
    };
    let methods = route.methods();
    if !methods
        .split(", ")
        .any(|method| method == request.method().as_str())
    {
        let mut refusal = plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed\n");
        refusal
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static(methods));
        return Ok(refusal);
    }
    Ok(match body_of(&route.content, number, request).await {
        Ok(body) => {
            let mut response = Response::new(body);
            response
                .headers_mut()
                .insert(CONTENT_TYPE, route.content_type.clone());
            response
        }
        Err(refusal) => refusal,
    })
}
