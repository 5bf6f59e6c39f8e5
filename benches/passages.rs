//! How often the first passage is the right one: SQuAD's paragraphs put together again into one file an
//! article, each question asked of all of them; cut as excerpt cuts, and in windows of so many words,
//! whatever stands at their borders.
//!
//! `EXCERPT_MATERIAL=… cargo bench --bench passages` reads `collections/squad_a` there. A passage is
//! right when it holds, whole, the sentence of the judged paragraph that has most of the question's
//! words: so a longer passage is right more often, and the figure is to be read beside its length.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use excerpt::{Index, analysis, index::Update, passage::Size, search::Query};
use serde_json::Value;

/// The windows, in words.
const WINDOWS: [usize; 3] = [100, 150, 200];

fn main() {
    let Some(material) = env::var_os("EXCERPT_MATERIAL").map(PathBuf::from) else {
        println!("skipped: EXCERPT_MATERIAL names no folder");
        return;
    };
    let squad = Squad::read(&material.join("collections/squad_a"));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let whole = dir.path().join("whole");
    for (name, (title, paragraphs)) in &squad.articles {
        write(&whole.join(format!("{name}.md")), &format!("# {title}\n\n{}\n", paragraphs.join("\n\n")));
    }
    squad.measure(&format!("{:?}", Size::default()), &whole);
    for words in WINDOWS {
        let folder = dir.path().join(format!("windows-{words}"));
        for (name, (title, paragraphs)) in &squad.articles {
            for (number, window) in windows(&paragraphs.join(" "), words).iter().enumerate() {
                // One item of a list is never cut.
                write(&folder.join(format!("{name}-{number}.md")), &format!("# {title}\n\n- {window}\n"));
            }
        }
        squad.measure(&format!("windows of {words}"), &folder);
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

/// Cuts a text after every so many words.
fn windows(text: &str, words: usize) -> Vec<&str> {
    let ranges: Vec<_> = analysis::words(text).collect();
    let starts: Vec<usize> = ranges.iter().step_by(words).map(|range| range.start).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| text[*start..end].trim()).collect()
}

/// Articles and questions, each with the sentence that answers it.
struct Squad {
    articles: BTreeMap<String, (String, Vec<String>)>,
    questions: Vec<(String, String)>,
}

impl Squad {
    fn read(folder: &Path) -> Self {
        let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the collection is there");
        let mut paragraphs: HashMap<String, String> = HashMap::new();
        let mut articles: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        for line in read("corpus.jsonl").lines() {
            let record: Value = serde_json::from_str(line).expect("a record");
            let field = |name: &str| one_line(record[name].as_str().unwrap_or_default());
            let (id, text) = (field("id"), field("text"));
            let name = id.split('-').next().unwrap_or_default().to_string();
            articles.entry(name).or_insert_with(|| (field("title"), Vec::new())).1.push(text.clone());
            paragraphs.insert(id, text);
        }
        let mut judged: HashMap<String, String> = HashMap::new();
        for line in read("qrels.txt").lines() {
            if let [query, _, id, "1"] = line.split_whitespace().collect::<Vec<_>>()[..] {
                judged.insert(query.into(), id.into());
            }
        }
        let mut questions = Vec::new();
        for line in read("queries.tsv").lines().step_by(3) {
            let Some((query, text)) = line.split_once('\t') else { continue };
            let Some(paragraph) = judged.get(query).and_then(|id| paragraphs.get(id)) else { continue };
            let question = bag(text);
            let sentences = analysis::sentences(paragraph).into_iter().map(|range| paragraph[range].trim());
            let shared = |sentence: &&str| bag(sentence).intersection(&question).count();
            if let Some(answer) = sentences.rev().max_by_key(shared) {
                questions.push((text.into(), answer.into()));
            }
        }
        Self { articles, questions }
    }

    fn measure(&self, name: &str, folder: &Path) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
        let update = Update { folders: vec![folder.into()], jobs: 2, ..Update::default() };
        let report = index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
        let (mut first, mut five, mut words) = (0, 0, 0);
        for (question, answer) in &self.questions {
            let asked = Query { text: question.clone(), limit: 5, per_article: 5, ..Query::default() };
            let hits = index.search(&asked).expect("a query is never an error").hits;
            let is_right = |text: &str| one_line(text).contains(answer);
            first += u64::from(hits.first().is_some_and(|hit| is_right(&hit.text)));
            five += u64::from(hits.iter().any(|hit| is_right(&hit.text)));
            words += hits.first().map_or(0, |hit| analysis::count(&hit.text));
        }
        let count = self.questions.len();
        println!(
            "{name}: {} passages, {count} questions, right at 1: {:.3}, in 5: {:.3}, {} words in the first",
            report.passages,
            first as f64 / count as f64,
            five as f64 / count as f64,
            words / count
        );
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bag(text: &str) -> HashSet<String> {
    let words = analysis::words(text).map(|range| analysis::fold(&text[range]).into_owned());
    let stop = analysis::StopWords::of(None);
    words.filter(|word| !stop.contains(word)).collect()
}
