//! plugin.h in Rust: the structs of benchhost's plugin ABI 1, member for member.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_int, c_void};

pub const ABI: u32 = 1;
pub const OK: c_int = 0;
pub const FAILED: c_int = 1;
pub const LOG_ERROR: c_int = 2;

pub const ROUTE_TEXT: u32 = 0;
pub const ROUTE_JSON: u32 = 1;
pub const ROUTE_FILE: u32 = 2;
pub const ROUTE_ABOUT: u32 = 3;
pub const ROUTE_ECHO: u32 = 4;
pub const ROUTE_UPLOAD: u32 = 5;
pub const ROUTE_SUM: u32 = 6;
pub const ROUTE_WAIT: u32 = 7;
pub const ROUTE_ITEMS: u32 = 8;

pub const CAP_THREADS: u32 = 1;
pub const CAP_LISTEN_FD: u32 = 2;

#[repr(C)]
pub struct bh_host {
    pub size: u32,
    pub abi: u32,
    pub ctx: *mut c_void,
    pub log: unsafe extern "C" fn(*const bh_host, c_int, *const c_char),
    pub ready: unsafe extern "C" fn(*const bh_host, u16),
    pub extension: Option<unsafe extern "C" fn(*const bh_host, *const c_char) -> *const c_void>,
}

#[repr(C)]
pub struct bh_route {
    pub size: u32,
    pub kind: u32,
    pub path: *const c_char,
    pub content_type: *const c_char,
    pub body: *const c_char,
    pub body_size: u64,
    pub file: *const c_char,
}

#[repr(C)]
pub struct bh_setting {
    pub size: u32,
    pub key: *const c_char,
    pub value: *const c_char,
}

#[repr(C)]
pub struct bh_endpoint {
    pub size: u32,
    pub address: *const c_char,
    pub port: u16,
    pub threads: u32,
    pub listen_fd: i32,
}

#[repr(C)]
pub struct bh_server {
    pub size: u32,
    pub caps: u32,
    pub id: *const c_char,
    pub name: *const c_char,
    pub version: *const c_char,
    pub language: *const c_char,
    pub concurrency: *const c_char,
    pub url: *const c_char,
    pub options: *const *const c_void,
    pub option_count: u32,
    pub create: unsafe extern "C" fn(*const bh_host) -> *mut c_void,
    pub configure: unsafe extern "C" fn(
        *mut c_void,
        *const *const bh_setting,
        u32,
        *const *const bh_route,
        u32,
    ) -> c_int,
    pub serve: unsafe extern "C" fn(*mut c_void, *const bh_endpoint) -> c_int,
    pub stop: unsafe extern "C" fn(*mut c_void),
    pub destroy: unsafe extern "C" fn(*mut c_void),
    pub extension: Option<unsafe extern "C" fn(*mut c_void, *const c_char) -> *const c_void>,
    pub declared_class: *const c_char,
    pub route_kinds: u32,
}

#[repr(C)]
pub struct bh_plugin {
    pub size: u32,
    pub abi: u32,
    pub server_count: u32,
    pub servers: *const *const bh_server,
}

/// Static tables of pointers to static data: nothing ever writes them.
#[repr(transparent)]
pub struct Static<T>(pub T);
unsafe impl<T> Sync for Static<T> {}
