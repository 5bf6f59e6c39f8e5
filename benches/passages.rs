//! How often the first passage is the right one, for the length of passages as it is set: SQuAD's
//! paragraphs put together again into one file an article, each question asked of all of them.
//!
//! `EXCERPT_MATERIAL=… cargo bench --bench passages` reads `collections/squad_a` there. A passage is
//! right when it holds, whole, the sentence of the judged paragraph that has most of the question's
//! words: so a longer passage is right more often, and the figure is to be read beside its length.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    env, fs,
    path::PathBuf,
    sync::atomic::AtomicBool,
};

use excerpt::{Index, index::Update, passage::Size, search::Query};
use serde_json::Value;

fn main() {
    let Some(material) = env::var_os("EXCERPT_MATERIAL").map(PathBuf::from) else {
        println!("skipped: EXCERPT_MATERIAL names no folder");
        return;
    };
    let squad = material.join("collections/squad_a");
    let read = |name: &str| fs::read_to_string(squad.join(name)).expect("the collection is there");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut paragraphs: HashMap<String, String> = HashMap::new();
    let mut articles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in read("corpus.jsonl").lines() {
        let record: Value = serde_json::from_str(line).expect("a record");
        let field = |name: &str| record[name].as_str().unwrap_or_default().to_string();
        let id = if record["id"].is_string() { field("id") } else { field("_id") };
        let article = id.split('-').next().unwrap_or_default().to_string();
        articles.entry(article).or_default().push(field("text"));
        paragraphs.insert(id, field("text"));
    }
    for (name, texts) in &articles {
        fs::write(dir.path().join(format!("{name}.txt")), texts.join("\n\n"))
            .expect("the file can be written");
    }
    let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
    let update = Update { folders: vec![dir.path().into()], jobs: 2, ..Update::default() };
    let report = index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
    let mut judged: HashMap<String, String> = HashMap::new();
    for line in read("qrels.txt").lines() {
        if let [query, _, id, "1"] = line.split_whitespace().collect::<Vec<_>>()[..] {
            judged.insert(query.into(), id.into());
        }
    }
    let bag = |text: &str| -> HashSet<String> {
        let words =
            excerpt::analysis::words(text).map(|range| excerpt::analysis::fold(&text[range]).into_owned());
        words.filter(|word| !excerpt::analysis::is_stop_word(word)).collect()
    };
    let (mut first, mut five, mut count, mut words) = (0, 0, 0, 0);
    for line in read("queries.tsv").lines().step_by(3) {
        let Some((query, text)) = line.split_once('\t') else { continue };
        let Some(paragraph) = judged.get(query).and_then(|id| paragraphs.get(id)) else { continue };
        let question = bag(text);
        let sentences =
            excerpt::analysis::sentences(paragraph).into_iter().map(|range| paragraph[range].trim());
        let shared = |sentence: &&str| bag(sentence).intersection(&question).count();
        let Some(answer) = sentences.rev().max_by_key(shared) else { continue };
        let asked = Query { text: text.into(), limit: 5, per_article: 5, ..Query::default() };
        let hits = index.search(&asked).expect("a query is never an error").hits;
        let is_right = |text: &str| text.contains(answer);
        count += 1;
        first += u64::from(hits.first().is_some_and(|hit| is_right(&hit.text)));
        five += u64::from(hits.iter().any(|hit| is_right(&hit.text)));
        words += hits.first().map_or(0, |hit| excerpt::analysis::count(&hit.text));
    }
    let share = |part: u64| part as f64 / count as f64;
    println!(
        "{:?}: {} passages, {count} questions, right at 1: {:.3}, in 5: {:.3}, {} words in the first",
        Size::default(),
        report.passages,
        share(first),
        share(five),
        words / count
    );
}
