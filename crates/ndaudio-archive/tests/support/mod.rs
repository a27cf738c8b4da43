//! What the tests share.
#![allow(dead_code, reason = "each test uses a part")]

pub mod deployment;
pub mod http_server;
pub mod object_server;
pub mod program;
pub mod queries;
pub mod value;
