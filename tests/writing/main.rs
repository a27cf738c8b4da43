//! What a caller sees of writing: new files, appended, replaced, interrupted and failing ones. One binary, so that it links once.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../layouts/mod.rs"]
mod layouts;

mod appending;
mod appending_safely;
mod checkpoints;
mod copying;
mod five_gib;
mod hound_reads_what_we_write;
mod killed;
mod metadata;
mod past_4_gib;
mod replacing;
mod sinks_that_fail;
mod written_for_peers;
mod written_headers;
