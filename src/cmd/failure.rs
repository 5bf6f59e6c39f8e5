//! What only the program can fail at, with what the user can do about it.

/// A failure of the program's own.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Failure {
    /// Its kind in a word that never changes, for programs.
    pub(super) kind: &'static str,
    pub(super) message: String,
    /// What the user can do about it.
    pub(super) hint: &'static str,
}
