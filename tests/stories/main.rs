//! What a user does, through the real program. One file a command, or what several of them share;
//! `place.rs` is the stage.

mod place;

mod answers;
mod articles;
mod budget;
mod eval;
mod faces;
mod folders;
mod formats;
mod index;
mod links;
mod open;
mod query;
mod records;
mod refresh;
mod search;
mod settings;
mod shells;
mod show;
mod status;
mod words;
