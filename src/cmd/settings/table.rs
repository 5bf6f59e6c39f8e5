//! Every setting of the user, in one table: help, sample and checks read it.

/// What a setting stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The option of this name of these commands.
    Commands(&'static [&'static str]),
    /// The option of this name that every command has.
    Program,
    /// Something of its own.
    Itself,
}

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) of: Of,
    /// What is in force where it is not set, in words.
    pub(super) default: &'static str,
    /// A value, as it is written in the file.
    pub(super) sample: &'static str,
    pub(super) about: &'static str,
}

const HITS: Of = Of::Commands(&["search", "similar"]);

/// Every setting.
#[rustfmt::skip]
pub(super) const SETTINGS: &[Setting] = &[
    Setting { name: "limit", of: HITS, default: "10", sample: "20", about: "How many passages to print" },
    Setting { name: "format", of: HITS, default: "text", sample: "\"markdown\"", about: "How the answer is printed" },
    Setting { name: "hyperlinks", of: HITS, default: "file", sample: "\"vscode\"", about: "How places on a terminal become links" },
    Setting { name: "refresh", of: HITS, default: "auto", sample: "\"always\"", about: "How much to compare the index with the files first" },
    Setting { name: "color", of: Of::Program, default: "auto", sample: "\"never\"", about: "When to use colours" },
    Setting { name: "index", of: Of::Itself, default: "in the platform's data folder", sample: "\"~/articles-index\"", about: "The index where none is named and none is near" },
    Setting { name: "history", of: Of::Itself, default: "true", sample: "false", about: "Whether hits are kept for `excerpt open`" },
    Setting { name: "editor", of: Of::Itself, default: "the default application", sample: "[\"code\", \"--goto\", \"{path}:{line}\"]", about: "What `excerpt open` opens text with: a program and its arguments, no shell" },
    Setting { name: "browser", of: Of::Itself, default: "the default application", sample: "[\"firefox\", \"{url}\"]", about: "What it opens web pages and PDF files with, at the words or the page" },
    Setting { name: "jobs", of: Of::Commands(&["index", "serve"]), default: "all", sample: "2", about: "How many processors to use for indexing" },
    Setting { name: "memory", of: Of::Commands(&["index", "serve"]), default: "256M", sample: "\"512M\"", about: "How much memory indexing may use" },
    Setting { name: "addr", of: Of::Commands(&["serve"]), default: "127.0.0.1:7755", sample: "\"127.0.0.1:8080\"", about: "Where `excerpt serve` listens" },
];
