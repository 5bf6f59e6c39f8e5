//! How much of a file's text comes out, and how little else: token F1 against reference texts of real
//! files, in the folder that `EXCERPT_MATERIAL` names.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures and what was skipped are printed")]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use excerpt::{
    article::Role,
    format::{self, Flow, Input},
};

/// Returns the folder of real files, or says that there is none.
fn samples() -> Option<PathBuf> {
    let samples = std::env::var_os("EXCERPT_MATERIAL").map(|folder| Path::new(&folder).join("samples"));
    let samples = samples.filter(|samples| samples.is_dir());
    if samples.is_none() {
        eprintln!("skipped: EXCERPT_MATERIAL names no folder with samples");
    }
    samples
}

/// The text of all articles in a file.
struct Text {
    titles: String,
    /// The articles themselves, with their headings.
    own: String,
    /// The same without headings: those of a book may stand in its table of contents alone.
    bare: String,
    /// What stands around them: comments, quoted history.
    around: String,
}

fn text(name: &str, bytes: &[u8]) -> Result<Text, String> {
    let format = format::of(name, bytes).ok_or("is of no format that can be read")?;
    let mut text =
        Text { titles: String::new(), own: String::new(), bare: String::new(), around: String::new() };
    let mut headings: Vec<String> = Vec::new();
    let read = format::read(format, Input::of(name, bytes), &mut |article| {
        text.titles.extend(article.title.as_deref().into_iter().chain(["\n"]));
        for section in &article.sections {
            let same = headings.iter().zip(&section.headings).take_while(|(one, other)| one == other).count();
            if section.role == Role::Main {
                text.bare.extend([&section.text, "\n"]);
            }
            let part = if section.role == Role::Main { &mut text.own } else { &mut text.around };
            for line in section.headings[same..].iter().chain([&section.text]) {
                part.extend([line, "\n"]);
            }
            headings.clone_from(&section.headings);
        }
        Flow::Continue(())
    });
    read.map_err(|cause| cause.to_string())?;
    Ok(text)
}

/// Returns the tokens of a text, which are its longest runs of letters and digits, and how often each
/// stands there.
fn tokens(text: &str) -> HashMap<String, usize> {
    let mut tokens = HashMap::new();
    for token in text.split(|letter: char| !letter.is_alphanumeric()).filter(|token| !token.is_empty()) {
        *tokens.entry(token.to_lowercase()).or_insert(0) += 1;
    }
    tokens
}

fn f1(text: &str, reference: &str) -> f64 {
    let (text, reference) = (tokens(text), tokens(reference));
    let common: usize =
        text.iter().map(|(token, count)| (*count).min(*reference.get(token).unwrap_or(&0))).sum();
    let all: usize = text.values().chain(reference.values()).sum();
    if all == 0 { 1.0 } else { 2.0 * common as f64 / all as f64 }
}

/// Compares each file of this extension with the reference beside it, where that has so many words,
/// and prints those that are read worst. Returns the mean.
fn mean(samples: &Path, folder: &str, extension: &str, least_words: usize) -> f64 {
    let mut scores: Vec<(f64, String)> = Vec::new();
    let entries = fs::read_dir(samples.join(folder)).expect("the folder is there");
    for path in entries.map(|entry| entry.expect("it can be read").path()) {
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let Ok(reference) = fs::read_to_string(path.with_file_name(format!("{name}.txt"))) else { continue };
        if !name.ends_with(extension) || tokens(&reference).values().sum::<usize>() < least_words {
            continue;
        }
        let bytes = fs::read(&path).expect("it can be read");
        match text(&name, &bytes) {
            Ok(Text { titles, own, bare, around }) => {
                // A title may come from the text, or from properties that the reference leaves out; so do
                // comments.
                let ways = [bare, own.clone(), format!("{titles}{own}"), format!("{titles}{own}{around}")];
                let score = ways.iter().map(|way| f1(way, &reference)).fold(0.0, f64::max);
                scores.push((score, name));
            }
            Err(cause) => scores.push((0.0, format!("{name}: {cause}"))),
        }
    }
    scores.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mean = scores.iter().map(|(score, _)| score).sum::<f64>() / scores.len() as f64;
    println!("{folder}: {mean:.4} of {} files; the worst:", scores.len());
    scores.iter().take(15).for_each(|(score, name)| println!("  {score:.3} {name}"));
    mean
}

/// Checks that a folder's mean is no less than a floor.
fn check(folder: &str, extension: &str, least_words: usize, floor: f64) {
    let Some(samples) = samples() else { return };
    let mean = mean(&samples, folder, extension, least_words);
    assert!(mean >= floor, "{folder}: {mean:.4} is less than {floor}");
}

#[test]
fn word_documents_give_their_text() {
    check("docx", ".docx", 1, 0.96);
}

#[test]
fn open_documents_give_their_text() {
    // A reference without a word compares nothing; some leave out the head rows of tables.
    check("odt", ".odt", 1, 0.93);
}

#[test]
fn books_give_their_text() {
    check("epub", ".epub", 1, 0.975);
}

#[test]
fn rich_text_gives_its_text() {
    check("rtf", ".rtf", 1, 0.91);
}

#[test]
fn fiction_books_give_their_text() {
    // The references leave out tables and annotations.
    check("fb2", ".fb2", 1, 0.73);
}

#[test]
fn pdfs_of_manuals_give_their_text() {
    check("pdf/deb", ".pdf", 20, 0.98);
}

#[test]
fn pdfs_of_all_kinds_give_their_text() {
    check("pdf/misc", ".pdf", 20, 0.975);
}

#[test]
fn odd_pdfs_give_their_text() {
    check("pdf/pdfjs", ".pdf", 20, 0.97);
}

#[test]
fn pages_give_their_article() {
    let Some(samples) = samples() else { return };
    let truth = fs::read_to_string(samples.join("html/human/truth.jsonl")).expect("it is there");
    let mut scores = Vec::new();
    for line in truth.lines().filter(|line| !line.trim().is_empty()) {
        let row: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        let name = row["file"].as_str().or(row["id"].as_str()).expect("a row names its page");
        let reference = row["text"].as_str().or(row["articleBody"].as_str()).expect("a row has the text");
        let bytes = fs::read(samples.join("html/human").join(name)).expect("the page is there");
        let text = text(name, &bytes).expect("a page can be read");
        scores.push(f1(&text.own, reference));
    }
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    println!("html: {mean:.4} of {} pages", scores.len());
    assert!(mean >= 0.955, "{mean:.4}");
}
