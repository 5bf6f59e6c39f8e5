//! What befalls an index, through the real program: damage, kills, full disks, several at once.
//!
//! Most tests end with the same question: are the answers those of an index made anew?
//! `EXCERPT_LONG=1` tries many times more.

#![allow(clippy::print_stderr, reason = "what was skipped is said")]

#[path = "../stories/place.rs"]
#[allow(dead_code, reason = "the stories need more of it")]
mod place;

mod damage;
mod disk;
mod history;
mod kills;
mod odd;
mod private;
mod several;
mod stage;
mod streams;
