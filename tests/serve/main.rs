//! `excerpt serve`, through real requests and a real browser.

#![allow(clippy::print_stderr, reason = "what was skipped is said")]

#[path = "../stories/place.rs"]
#[allow(dead_code, reason = "the stories need more of it")]
mod place;

mod api;
mod browser;
mod chromium;
mod hostile;
mod server;
mod watch;
