//! How far an answer can be trusted: `--refresh`, stale hits, and what was compared.

use serde_json::{Value, json};

use crate::place::Place;

fn facts(answer: &Value) -> Value {
    let index = &answer["index"];
    json!([index["files"], index["compared"], index["changed"], index["new"], index["gone"]])
}

#[test]
fn small_changes_are_indexed_before_the_answer() {
    let place = Place::with_articles();
    place.index("articles");
    place.write("articles/new.txt", "A quite new article, about a comet that came by.\n");
    place.remove("articles/bread.html");
    // A machine that is busy with other things may not come to it in the time there is.
    let answers = (0..20).map(|_| place.json(&["search", "comet"]));
    let answer = answers.into_iter().find(|answer| answer["hits"][0]["path"] == "new.txt");
    let answer = answer.expect("what is new is found");
    assert_eq!(facts(&answer), json!([3, 3, 0, 0, 0]));
}

#[test]
fn without_a_refresh_the_answer_says_that_nothing_was_compared() {
    let place = Place::with_articles();
    place.index("articles");
    let answer = place.json(&["search", "moon", "--refresh", "never"]);
    assert_eq!(facts(&answer), json!([3, 0, null, null, null]));
}

#[test]
fn a_hit_whose_file_changed_or_went_is_marked() {
    let place = Place::with_articles();
    place.index("articles");
    place.write("articles/tides.txt", "Something else altogether.\n");
    place.remove("articles/llama.md");
    let stale =
        |words: &str| place.json(&["search", words, "--refresh", "never"])["hits"][0]["stale"].clone();
    assert_eq!(stale("moon"), "changed");
    assert_eq!(stale("agentic"), "gone");
    assert_eq!(stale("sourdough"), Value::Null);
    let text = place.run(&["search", "agentic", "--refresh", "never"]).out;
    assert!(text.contains("the file is gone"), "{text}");
}

#[test]
fn always_brings_the_index_up_to_date_first() {
    let place = Place::with_articles();
    place.index("articles");
    for number in 0..80 {
        place
            .write(&format!("articles/more/{number}.txt"), format!("Story number {number} of a zeppelin.\n"));
    }
    let answer = place.json(&["search", "zeppelin", "--refresh", "auto"]);
    // How many were seen in the time there was is not said; none of them was indexed.
    assert!(answer["index"]["new"].as_u64() > Some(0), "{answer}");
    assert_eq!((&answer["index"]["articles"], &answer["total"]), (&3.into(), &0.into()));
    let answer = place.json(&["search", "zeppelin", "--refresh", "always"]);
    assert_eq!((facts(&answer), &answer["total"]), (json!([83, 83, 0, 0, 0]), &80.into()));
}

#[test]
fn a_search_writes_nothing_to_the_index() {
    let place = Place::with_articles();
    place.index("articles");
    let files = || -> Vec<(std::path::PathBuf, std::time::SystemTime)> {
        let mut files = Vec::new();
        let mut folders = vec![place.file("idx")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("it can be read").flatten() {
                let meta = entry.metadata().expect("it is there");
                // Of folders the time too: a file that was made and removed again shows in it.
                files.push((entry.path(), meta.modified().expect("the system tells")));
                if meta.is_dir() {
                    folders.push(entry.path());
                } else if entry.file_name().to_string_lossy().ends_with(".lock") {
                    std::fs::remove_file(entry.path()).expect("it can be removed");
                }
            }
        }
        files.sort();
        files
    };
    // Once without the locks that the writer left behind.
    files();
    let before = files();
    assert!(
        before.len() > 5 && !before.iter().any(|(path, _)| path.extension().is_some_and(|end| end == "lock"))
    );
    // Files that are as new as the index are read again, where indexing is not forbidden.
    for how in [["--refresh", "never"], ["--no-index", "--explain"]] {
        let answer = place.json(&["search", "moon", how[0], how[1]]);
        assert_eq!(answer["total"], 1, "{answer}");
        assert_eq!(files(), before, "{how:?}");
    }
    assert_eq!(place.json(&["show", "articles/tides.txt"])["path"], "tides.txt");
    assert_eq!(files(), before);
}
