//! excerpt finds the passage: full-text search over a folder of articles.
#![forbid(unsafe_code)]

pub mod error;
pub mod date;
pub mod article;
pub mod analysis;
pub mod passage;
pub mod walk;
pub mod format;
pub mod index;
pub mod search;
pub mod render;

pub use error::{Error, Result};
pub use index::Index;
