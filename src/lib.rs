//! excerpt finds the passage: full-text search over folders of articles.
//!
//! # The way in and the way out
//!
//! A [`walk`] finds files in a folder; a [`format`](mod@format) turns each into one or more
//! [articles](article::Article); an article is cut into [passages](passage::Passage); each passage
//! becomes one document of the [index](Index). [`Index::update`] is that whole way: it makes the index
//! agree with its folders, and may be run, stopped and run again at any time.
//!
//! A [query](search::Query) is parsed, candidates are retrieved, put in order, grouped so that no
//! article fills the page, and highlighted; what comes out, [`Results`](search::Results), is plain
//! data that [`render`] turns into bytes. [`Index::search`] is that whole way. How well it answers is
//! what [`eval`] tells from judged queries.
//!
//! ```text
//! folder ─ walk ─▶ file ─ format ─▶ Article ─ passage::cut ─▶ Passage ─▶ document ─▶ index
//!                    │                                                                │
//!                    └── unchanged in the ledger: not opened                          ▼
//! words ─ parse ─▶ tree ─ compile, retrieve ─▶ candidates ─ rerank, group, highlight ─▶ Results
//! ```
//!
//! # What holds everywhere
//!
//! - The library computes and returns plain data. It never prints, exits, or reads the environment or
//!   the clock: the present time is passed in, and only budgets look at a monotonic clock.
//! - The ledger of what became of every file is part of the same commit as the passages, so that no
//!   second store can disagree with it.
//! - The passages of an article lie side by side in one segment of the index, so that an article's
//!   evidence is gathered from its passages' postings and nothing is indexed a second time for it.
//! - The same articles and the same query give the same answer, however the index came to be:
//!   statistics are exact, sums are made in one order, ties are ordered by path and place.
//! - One bad file costs only itself.
//! - No dependency's type is part of a public signature.
//!
//! Modules know only those above them in the list below.
//!
//! # Example
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use excerpt::{Index, index::Update, search::Query};
//!
//! # let dir = tempfile::tempdir()?;
//! # std::fs::create_dir(dir.path().join("articles"))?;
//! # std::fs::write(dir.path().join("articles/tides.txt"), "The moon pulls at the sea.")?;
//! let mut index = Index::create(&dir.path().join("index"))?;
//! let update = Update { folders: vec![dir.path().join("articles")], ..Update::default() };
//! index.update(&update, &mut |_event| {}, &AtomicBool::new(false))?;
//!
//! let results = index.search(&Query { text: "moon".into(), ..Query::default() })?;
//! assert_eq!(results.hits[0].text, "The moon pulls at the sea.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod error;
pub mod date;
pub mod article;
pub mod analysis;
pub mod passage;
pub mod walk;
pub mod format;
pub mod index;
pub mod search;
pub mod eval;
pub mod render;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;

pub use error::{Error, Result};
pub use index::Index;
