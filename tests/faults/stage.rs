//! A folder of articles with a history, and what an index of it must answer.

use std::{fs, path::Path};

use serde_json::Value;

use crate::place::Place;

/// Numbers that are the same every time. (Numerical Recipes: a linear congruential generator.)
pub(crate) struct Random(pub(crate) u32);

impl Random {
    /// Returns a number below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % end.max(1)
    }
}

/// Whether to try for long.
pub(crate) fn long() -> bool {
    std::env::var_os("EXCERPT_LONG").is_some()
}

const SUBJECTS: [&str; 12] = [
    "heron", "harbour", "tide", "lantern", "granite", "orchard", "ferry", "glacier", "compass", "violin",
    "saffron", "meadow",
];

/// Returns an article on a subject; another number is another text.
pub(crate) fn article(subject: usize, number: usize) -> String {
    let name = |at: usize| SUBJECTS[at % SUBJECTS.len()];
    let mut text = format!("# The {} of year {number}\n\n", name(subject));
    for part in 0..3 + number % 4 {
        let (one, other) = (name(subject + part), name(subject + number + part));
        text += &format!("## Part {part}\n\nOn day {} the {one} stood beside the {other}. ", number * part);
        text += &format!("Nobody had seen a {one} of that kind since the year {}.\n\n", 1700 + number);
    }
    text
}

/// Writes the first state of the folder: single files, a page, and a file of records.
pub(crate) fn articles(place: &Place) {
    for at in 0..24 {
        place.write(&format!("articles/{}/{at}.md", at % 3), article(at, at));
    }
    let page = format!("<html><title>A page</title><body><article><p>{}</p></article>", article(3, 40));
    place.write("articles/page.html", page);
    let record =
        |at: usize| serde_json::json!({"title": format!("Record {at}"), "text": article(at, at + 50)});
    let records: Vec<String> = (0..20).map(|at| record(at).to_string()).collect();
    place.write("articles/records.jsonl", records.join("\n"));
}

/// Changes, adds and removes some files.
pub(crate) fn change(place: &Place, step: usize) {
    place.write(&format!("articles/0/{}.md", 3 * (step % 8)), article(step, step + 100));
    place.write(&format!("articles/new/{step}.md"), article(step + 5, step + 200));
    let _ = fs::remove_file(place.file(&format!("articles/1/{}.md", 1 + 3 * (step % 8))));
}

/// What is asked.
pub(crate) const QUERIES: [&str; 8] = [
    "heron",
    "granite orchard",
    "\"stood beside the violin\"",
    "lanterns of year 1723",
    "comp*",
    "feryy~",
    "title:glacier -tide",
    "meadow OR saffron",
];

/// Returns all answers of an index, less what speaks of the index itself. An error is an answer too.
pub(crate) fn answers(place: &Place, index: &Path) -> Vec<Value> {
    let ask = |args: &[&str]| {
        let mut command = place.command(args);
        let output = command.args(["--json", "--refresh", "never"]).env("EXCERPT_INDEX", index).output();
        let output = output.expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.starts_with("memory allocation of") {
            // A length that is not as it was written: the language has no way to go on from there.
            return serde_json::json!({"error": {"kind": "memory", "hint": ""}});
        }
        assert!(output.status.code().is_some_and(|code| code <= 2) && said.is_empty(), "{args:?}: {said}");
        let mut answer: Value = serde_json::from_slice(&output.stdout).expect("it prints an object");
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("index");
            answer.remove("notes");
        }
        // What of the folder has changed since is no matter of the index.
        for hit in answer["hits"].as_array_mut().into_iter().flatten() {
            hit["stale"] = Value::Null;
        }
        answer
    };
    let by_passage = QUERIES.iter().map(|query| ask(&["search", query]));
    by_passage.chain(QUERIES.iter().take(3).map(|query| ask(&["search", "--by", "article", query]))).collect()
}

/// Returns the answers of an index of the same folder that is made anew.
pub(crate) fn fresh_answers(place: &Place) -> Vec<Value> {
    let index = place.file("fresh");
    let _ = fs::remove_dir_all(&index);
    let made = place.command(&["index", "articles"]).env("EXCERPT_INDEX", &index).output();
    assert!(made.expect("the program runs").status.success());
    answers(place, &index)
}

/// Expects that the index is whole and answers as one made anew.
pub(crate) fn expect_whole(place: &Place, what: &str) {
    let check = place.json(&["check"]);
    assert_eq!(check["whole"], true, "{what}: {check:#}");
    assert_eq!(answers(place, &place.file("idx")), fresh_answers(place), "{what}");
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("it is there").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("it can be copied");
        }
    }
}
