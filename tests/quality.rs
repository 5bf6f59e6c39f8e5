//! Floors under the quality of answers, by `excerpt eval`: the judged queries of the corpus always, and
//! with `EXCERPT_MATERIAL` the judged collections there and the user's own article.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::AtomicBool,
};

use excerpt::{Index, index::Update, search::Query};
use serde_json::Value;

/// Returns what `excerpt eval` says with these arguments.
fn evaluate(args: &[&str]) -> Value {
    let output = Command::new(assert_cmd::cargo::cargo_bin!("excerpt"))
        .args(["eval", "--json"])
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {error}"))
}

/// Fails where a figure is below its floor.
fn hold(name: &str, answer: &Value, floors: &[(&str, f64)]) {
    for (metric, floor) in floors {
        let figure = answer["metrics"][metric].as_f64().expect("the figure is there");
        assert!(figure >= *floor, "{name}: {metric} is {figure}, below {floor}: {}", answer["misses"]);
    }
}

/// Returns the folder of material; says where there is none that a test is skipped.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn material() -> Option<PathBuf> {
    let material = env::var_os("EXCERPT_MATERIAL").map(PathBuf::from);
    if material.is_none() {
        eprintln!("skipped: EXCERPT_MATERIAL names no folder");
    }
    material
}

#[test]
fn the_corpus_is_answered_as_well_as_it_was() {
    let judgments = ["--in", "corpus", "--judgments", "corpus/judgments.tsv", "--language", "en"];
    let answer = evaluate(&[&judgments[..], &["--top-misses", "20"]].concat());
    assert!(answer["queries"].as_u64() >= Some(60), "{answer}");
    hold("corpus", &answer, &[("success@1", 0.73), ("success@5", 0.89), ("mrr@10", 0.80)]);
}

/// The floors of the judged collections, all by article, and what Lucene's BM25 has there (k1 .9, b .4,
/// Porter; for the last two the analyzers of their languages, on a part of the queries): time .707, cran
/// .342, cisi .364, squad_a .868, xquad_es .965, xquad_zh .966.
const FLOORS: &[(&str, f64)] = &[
    ("time", 0.757),
    ("cran", 0.383),
    ("cisi", 0.405),
    ("squad_a", 0.895),
    ("xquad_es", 0.970),
    ("xquad_zh", 0.966),
];

#[test]
fn the_judged_collections_are_answered_ahead_of_lucene() {
    let Some(material) = material() else { return };
    for (name, floor) in FLOORS {
        let folder = material.join("collections").join(name);
        let file = |file: &str| folder.join(file).display().to_string();
        let (corpus, queries, judgments) = (file("corpus.jsonl"), file("queries.tsv"), file("qrels.txt"));
        let answer = evaluate(&["--in", &corpus, "--queries", &queries, "--judgments", &judgments]);
        hold(name, &answer, &[("ndcg@10", *floor)]);
    }
}

/// Returns the text and headings of the first passage that answers in a folder.
fn first(folder: &Path, query: &str) -> (String, Vec<String>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
    let update = Update { folders: vec![folder.into()], jobs: 2, ..Update::default() };
    index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("the folder can be indexed");
    let results = index.search(&Query { text: query.into(), ..Query::default() });
    let hit = results.expect("a query is never an error").hits.into_iter().next().expect("there is a hit");
    (hit.text, hit.headings)
}

#[test]
fn the_query_of_the_readme_is_answered_by_its_passage() {
    let (text, headings) = first(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"), "Llama 4 agentic");
    assert!(text.contains("is expected to have agentic capabilities"), "{headings:?}: {text}");
}

#[test]
fn the_users_own_article_is_answered_under_its_heading() {
    let Some(material) = material() else { return };
    let (text, headings) = first(&material.join("articles"), "Llama 4 agentic");
    assert!(text.contains("agentic capabilities"), "{text}");
    assert!(headings.iter().any(|heading| heading.contains("Llama 4")), "{headings:?}");
}
