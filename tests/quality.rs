//! Floors under the quality of answers: the judged queries of the corpus, asked of the library.
//! With `EXCERPT_MATERIAL` the user's own article is asked as well.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use excerpt::{
    Index,
    index::Update,
    search::{Query, Results},
};

/// A query and the passages that answer it: a file, and words that the passage contains.
struct Judgment {
    query: String,
    answers: Vec<(String, String)>,
}

/// Reads the judgments of articles in English.
fn judgments() -> Vec<Judgment> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/judgments.tsv");
    let text = fs::read_to_string(path).expect("the judgments are there");
    let mut queries: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for line in text.lines() {
        let [query, path, words, language] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not four columns: {line}")
        };
        if language == "en" {
            queries.entry(query).or_default().push((path.into(), words.into()));
        }
    }
    queries.into_iter().map(|(query, answers)| Judgment { query: query.into(), answers }).collect()
}

fn index(folder: &Path) -> (tempfile::TempDir, Index) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
    let update = Update { folders: vec![folder.into()], jobs: 2, ..Update::default() };
    index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("the folder can be indexed");
    (dir, index)
}

fn ask(index: &Index, query: &str) -> Results {
    let query = Query { text: query.into(), per_article: 3, ..Query::default() };
    index.search(&query).expect("a query is never an error")
}

/// Returns the rank of the first hit that answers, from 1.
fn rank(results: &Results, judgment: &Judgment) -> Option<usize> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let answers = |path: &[u8], text: &str| {
        judgment
            .answers
            .iter()
            .any(|(file, part)| path == file.as_bytes() && words(text).contains(&words(part)))
    };
    let hit = results.hits.iter().find(|hit| answers(&hit.path, &hit.text))?;
    Some(hit.rank)
}

#[test]
fn the_corpus_is_answered_as_well_as_it_was() {
    let (_dir, index) = index(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    let judgments = judgments();
    assert!(judgments.len() >= 60, "{} queries are too few to tell", judgments.len());
    let (mut first, mut within_five, mut reciprocal) = (0.0, 0.0, 0.0);
    let mut misses = Vec::new();
    for judgment in &judgments {
        let rank = rank(&ask(&index, &judgment.query), judgment);
        first += f64::from(u8::from(rank == Some(1)));
        within_five += f64::from(u8::from(rank.is_some_and(|rank| rank <= 5)));
        reciprocal += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        if rank != Some(1) {
            misses.push(format!("{rank:?} {}", judgment.query));
        }
    }
    let count = judgments.len() as f64;
    let (first, within_five, reciprocal) = (first / count, within_five / count, reciprocal / count);
    let figures = format!("success@1 {first:.3}, success@5 {within_five:.3}, MRR@10 {reciprocal:.3}");
    let report = format!("{figures} over {count} queries; not first:\n{}", misses.join("\n"));
    assert!(first >= FLOOR.0 && within_five >= FLOOR.1 && reciprocal >= FLOOR.2, "{report}");
    assert_eq!(
        rank(
            &ask(&index, "Llama 4 agentic"),
            judgments.iter().find(|one| one.query == "Llama 4 agentic").expect("it is judged")
        ),
        Some(1)
    );
}

/// The least of success@1, success@5 and MRR@10 on the corpus: a little under what was measured.
const FLOOR: (f64, f64, f64) = (0.73, 0.89, 0.80);

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn the_users_own_article_is_answered_under_its_heading() {
    let Some(material) = env::var_os("EXCERPT_MATERIAL").map(PathBuf::from) else {
        eprintln!("skipped: EXCERPT_MATERIAL names no folder");
        return;
    };
    let (_dir, index) = index(&material.join("articles"));
    let results = ask(&index, "Llama 4 agentic");
    let first = results.hits.first().expect("there is a hit");
    assert!(first.text.contains("agentic capabilities"), "{}", first.text);
    assert!(first.headings.iter().any(|heading| heading.contains("Llama 4")), "{:?}", first.headings);
}
