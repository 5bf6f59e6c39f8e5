//! Rules of the house that a machine can hold: layers look down, dependencies stay at home, every
//! format has its fixture and its row in the README.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use excerpt::format::{self, FORMATS, Flow, Input};

/// The modules of the library, each with its layer: it may name those of lower layers only.
const LAYERS: &[(&str, u8)] = &[
    ("error", 1),
    ("date", 1),
    ("article", 2),
    ("analysis", 3),
    ("passage", 4),
    ("walk", 4),
    ("format", 5),
    ("index", 6),
    ("search", 7),
    ("eval", 8),
    ("render", 9),
    ("trial", 10),
];

/// Where a dependency may be named; those that are not listed are at home everywhere.
const HOMES: &[(&str, &[&str])] = &[
    ("anstream", &["cmd"]),
    ("anyhow", &["cmd", "mcp"]),
    ("axum", &["serve"]),
    ("base64", &["index", "render"]),
    ("blake3", &["index", "serve"]),
    ("bzip2", &["format"]),
    ("chardetng", &["format"]),
    ("clap", &["cmd"]),
    ("crossbeam_channel", &["index"]),
    ("csv", &["format", "render"]),
    ("ctrlc", &["cmd"]),
    ("dom_query", &["format"]),
    ("dom_smoothie", &["format"]),
    ("encoding_rs", &["format"]),
    ("etcetera", &["cmd"]),
    ("fastrand", &["eval"]),
    ("flate2", &["format"]),
    ("foldhash", &["analysis", "format", "index", "search"]),
    ("form_urlencoded", &["serve"]),
    ("frostem", &["analysis"]),
    ("fsst", &["index"]),
    ("futures_util", &["serve"]),
    ("getrandom", &["cmd"]),
    ("hayro_cmap", &["format"]),
    ("hayro_font", &["format"]),
    ("hayro_syntax", &["format"]),
    ("hyper", &["serve"]),
    ("hyper_util", &["serve"]),
    ("icu_segmenter", &["analysis"]),
    ("ignore", &["walk"]),
    ("indicatif", &["cmd"]),
    ("levenshtein_automata", &["search"]),
    ("lzma_rust2", &["format"]),
    ("mail_parser", &["format"]),
    ("maud", &["serve"]),
    ("memchr", &["format"]),
    ("notify", &["cmd"]),
    ("open", &["cmd"]),
    ("percent_encoding", &["eval", "format", "search", "serve"]),
    ("postcard", &["format", "index"]),
    ("pulldown_cmark", &["format"]),
    ("quick_xml", &["format"]),
    ("regex_automata", &["search"]),
    ("rmcp", &["mcp"]),
    ("rustix", &["cmd", "format", "index", "walk"]),
    ("ruzstd", &["format"]),
    ("serde_saphyr", &["format"]),
    ("stop_words", &["analysis"]),
    ("tantivy", &["index", "search"]),
    ("tantivy_bitpacker", &["index"]),
    ("tantivy_fst", &["index", "search"]),
    ("tempfile", &["cmd", "index", "search", "serve", "walk"]),
    ("terminal_size", &["cmd"]),
    ("textwrap", &["render"]),
    ("tokio", &["mcp", "serve"]),
    ("tower_http", &["serve"]),
    ("unicode_width", &["render"]),
    ("walkdir", &["walk"]),
    ("whatlang", &["analysis"]),
    ("whichlang", &["analysis"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the sources below a folder, each with its text less comments.
fn sources(folder: &str) -> BTreeMap<PathBuf, String> {
    let mut folders = vec![root().join(folder)];
    let mut sources = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                sources.insert(path, code.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    sources
}

/// Returns the module a source belongs to: the first part of its path below `src`.
fn module(path: &Path) -> String {
    let path = path.strip_prefix(root().join("src")).expect("it is a source");
    let first = path.components().next().expect("it has a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").into()
}

/// Returns the words that follow `start` where it stands as a word of its own.
fn following<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let stands = |at: usize| !text[..at].ends_with(word);
    let found =
        text.match_indices(start).filter(|(at, _)| stands(*at)).map(|(at, _)| &text[at + start.len()..]);
    found.map(|rest| &rest[..rest.find(|letter| !word(letter)).unwrap_or(rest.len())]).collect()
}

#[test]
fn layers_look_down() {
    let layers: BTreeMap<&str, u8> = LAYERS.iter().copied().collect();
    for (path, text) in sources("src") {
        let module = module(&path);
        let Some(layer) = layers.get(module.as_str()) else {
            assert!(
                ["lib", "main", "cmd", "mcp", "serve"].contains(&module.as_str()),
                "{} is in no layer",
                path.display()
            );
            continue;
        };
        // `use crate::{a, b::c}` names what stands at the top of the braces.
        let mut named: Vec<&str> = following(&text, "crate::");
        for group in text.split("use crate::{").skip(1) {
            let group = group.split(";").next().unwrap_or_default();
            let mut depth = 0;
            let mut rest = group;
            while let Some(at) = rest.find(['{', '}', ',', ':']) {
                if depth == 0 && !rest[..at].trim().is_empty() && !rest[at..].starts_with('{') {
                    named.push(rest[..at].trim());
                }
                match rest.as_bytes()[at] {
                    b'{' => depth += 1,
                    b'}' if depth == 0 => break,
                    b'}' => depth -= 1,
                    _ => {}
                }
                rest = &rest[at + 1..];
            }
        }
        for other in named {
            let Some(below) = layers.get(other) else { continue };
            assert!(
                below < layer || other == module,
                "{} names {other}, which is not below it",
                path.display()
            );
        }
    }
}

#[test]
fn dependencies_stay_at_home() {
    for (path, text) in sources("src") {
        let module = module(&path);
        for (dependency, homes) in HOMES {
            let named = !following(&text, &format!("{dependency}::")).is_empty();
            assert!(!named || homes.contains(&module.as_str()), "{} names {dependency}", path.display());
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let stories = sources("tests/stories");
    let main = fs::read_to_string(root().join("tests/stories/main.rs")).expect("it is there");
    for path in stories.keys() {
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "{name} is not in main.rs");
    }
}

#[test]
fn every_format_has_a_fixture_and_a_row_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).expect("it is there");
    for format in FORMATS {
        let extension = format.extensions()[0];
        let name = format!("{}.{extension}", format.name());
        let path = root().join("tests/fixtures").join(&name);
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(format::of(&name, &bytes).map(|format| format.name()), Some(format.name()));
        let mut articles = Vec::new();
        let read = format::read(*format, Input::of(&name, &bytes), &mut |article| {
            articles.push(article);
            Flow::Continue(())
        });
        assert!(read.is_ok(), "{name}: {read:?}");
        assert_eq!(articles.len(), 1, "{name}");
        assert_eq!(articles[0].title.as_deref(), Some("The late tide"), "{name}");
        assert!(articles[0].sections[0].text.contains("the water stand at its highest"), "{name}");
        for extension in format.extensions() {
            let named = |line: &str| line.starts_with("| ") && line.contains(&format!("`.{extension}`"));
            // A row that an empty line parts from its table is none.
            let rows = readme.lines().zip(readme.lines().skip(1));
            let row = rows.into_iter().any(|(before, line)| before.starts_with('|') && named(line));
            assert!(row, "no row of the README names .{extension}");
        }
    }
}
