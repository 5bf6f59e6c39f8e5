//! What any bytes must come through: the bodies of the fuzz targets, by name. Built for tests and for fuzzing
//! alone.
//!
//! A trial panics where a promise is broken; that it returns is all it says.

use crate::{
    article::{Article, Kind, Section},
    date::Date,
    format::{self, FORMATS, Flow, Format, Input, worker},
    index,
    passage::{self, Size},
    search::{self, Query, understood},
};

/// Takes any bytes.
type Trial = fn(&[u8]);

/// The trials that are not of a format.
const TRIALS: &[(&str, Trial)] = &[
    ("front-matter", front_matter),
    ("highlight", search::trial::highlight),
    ("ledger", index::trial::ledger),
    ("ledger-file", index::trial::ledger_file),
    ("manifest", index::trial::manifest),
    ("passages", passages),
    ("query", query),
    ("settings", index::trial::settings),
    ("worker", worker::trial),
];

/// Returns the names of all trials: of formats, and of what else reads bytes that are not ours.
pub fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name()).chain(TRIALS.iter().map(|(name, _)| *name))
}

/// Tries some bytes.
///
/// # Panics
/// Where a promise is broken, or no trial has that name.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, trial)) = TRIALS.iter().find(|(other, _)| *other == name) {
        return trial(bytes);
    }
    read(format::by_name(name).expect("a trial has a name or is a format's"), bytes);
}

/// Whatever the bytes, a reader reads them or says why not, and what comes out keeps the rules of articles.
fn read(format: &dyn Format, bytes: &[u8]) {
    let name = format!("fuzzed.{}", format.extensions()[0]);
    let mut count = 0;
    let read = format::read(format, Input::of(&name, bytes), &mut |article| {
        count += 1;
        check(&article);
        if count < 1_000 { Flow::Continue(()) } else { Flow::Break(()) }
    });
    let failed = read.err().map(|cause| cause.to_string()).unwrap_or_default();
    assert!(!failed.contains("reader failed on it"), "a reader panicked");
}

/// Offsets stand at characters and in order, and every byte of the text is in one passage, in order.
fn check(article: &Article) {
    for section in &article.sections {
        let starts = section.blocks.iter().map(|block| block.start);
        assert!(starts.clone().is_sorted() && starts.clone().all(|at| section.text.is_char_boundary(at)));
        let spots = section.spots.iter().map(|&(at, _)| at);
        assert!(spots.clone().is_sorted() && spots.clone().all(|at| section.text.is_char_boundary(at)));
    }
    let passages = passage::cut(article, Size::default());
    for (number, section) in (0..).zip(&article.sections) {
        let own = passages.iter().filter(|passage| passage.section == number);
        let joined: String = own.map(|passage| passage.text.as_str()).collect();
        assert!(joined == section.text, "a section is not the sum of its passages");
    }
}

/// Paragraphs of any kind: the first byte of each line says which.
fn passages(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut section = Section::default();
    for (line, paragraph) in (1..).zip(text.split('\n')) {
        let kind = match paragraph.bytes().next().unwrap_or_default() % 4 {
            0 => Kind::Prose,
            1 => Kind::Item,
            2 => Kind::Row,
            _ => Kind::Code,
        };
        section.push(kind, &paragraph.replace('\r', "\n"), line);
    }
    check(&Article { sections: vec![section], ..Article::default() });
}

/// Any front matter, before a text that must come out.
fn front_matter(bytes: &[u8]) {
    #[cfg(feature = "markdown")]
    for mark in ["---", "+++"] {
        let text =
            [mark.as_bytes(), b"\n", bytes, b"\n", mark.as_bytes(), b"\n\nThe tide is late.\n"].concat();
        read(format::by_name("markdown").expect("it is built in"), &text);
    }
    #[cfg(not(feature = "markdown"))]
    let _ = bytes;
}

/// Any text is a query, and the query it is understood as means the same.
fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let today = Date::parse("2025-01-30");
    let asked = understood(&Query { text: text.clone().into_owned(), today, ..Query::default() });
    let again = understood(&Query { text: asked.understood.clone(), today, ..Query::default() });
    assert_eq!(again.tree, asked.tree, "{text:?} is understood as {:?}", asked.understood);
    assert_eq!(again.understood, asked.understood, "{text:?}");
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use proptest::prelude::*;

    use super::*;

    fn seeds() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds")
    }

    #[test]
    fn seeds_and_past_findings_come_through() {
        for name in names() {
            for seed in fs::read_dir(seeds().join(name)).unwrap_or_else(|_| panic!("{name} has no seeds")) {
                let path = seed.expect("it can be read").path();
                let bytes = fs::read(&path).expect("it can be read");
                // What a seed is cut or turned into is near to what breaks a reader.
                run(name, &bytes);
                run(name, &bytes[..bytes.len() / 2]);
                run(name, &bytes[bytes.len() / 3..]);
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_through(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            TRIALS.iter().for_each(|(_, trial)| trial(&bytes));
        }

        #[test]
        fn any_table_of_a_ledger_comes_through(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            table in proptest::collection::vec(0_u64..120, 0..6),
        ) {
            // The table stands behind the records, and how many they are behind it.
            let count = table.len().saturating_sub(1) as u64;
            let numbers = table.iter().chain([&count]).flat_map(|number| number.to_le_bytes());
            index::trial::ledger_file(&bytes.iter().copied().chain(numbers).collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_trial_has_a_target_and_every_seed_a_trial() {
        let targets = fs::read_to_string(seeds().join("../Cargo.toml")).expect("it is there");
        let known: BTreeSet<String> = names().map(String::from).collect();
        for name in &known {
            let row = format!("name = \"{name}\"\npath = \"fuzz_targets/trial.rs\"");
            assert!(targets.contains(&row), "fuzz/Cargo.toml has no target {name}");
        }
        let folders = fs::read_dir(seeds()).expect("it is there");
        let folders = folders.map(|entry| entry.expect("it can be read").file_name());
        // The program's own trial.
        let folders = folders.filter(|name| name != "mcp");
        let strays: Vec<_> = folders.filter(|name| !known.contains(&*name.to_string_lossy())).collect();
        assert!(strays.is_empty() || cfg!(not(feature = "formats")), "{strays:?}");
    }
}
