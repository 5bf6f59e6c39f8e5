//! excerpt beside tantivy alone: the same passages, indexed and searched in the same run.
//!
//! `cargo bench --bench engine [FOLDER]` indexes a folder of articles, or one that it makes up of
//! words drawn as in natural text (Zipf's law); then feeds a plain tantivy index, with its stock
//! English analyzer in a title and a body field, the passages that excerpt cut. It prints times of the
//! processor, which other work on the machine disturbs less than the clock, and their ratios.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::{Duration, Instant, SystemTime},
};

use excerpt::{
    Index,
    analysis::{Analyzer, Language, StopWords},
    index::Update,
    search::{Query, Unit},
};
use tantivy::{
    TantivyDocument,
    collector::TopDocs,
    query::QueryParser,
    schema::{IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value},
    snippet::SnippetGenerator,
    tokenizer::{LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer, TokenStream},
};

fn main() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let given = env::args().skip(1).find(|arg| !arg.starts_with("--")).map(PathBuf::from);
    let folder = given.unwrap_or_else(|| make_up(&dir.path().join("articles"), 3_000));
    let (mut index, report, ours) = indexed(&folder, &dir.path().join("excerpt"));
    println!(
        "{} articles, {} passages, {:.1} MB read",
        report.articles,
        report.passages,
        report.bytes as f64 / 1e6
    );

    let passages = passages(&index);
    analyse(&passages);
    let (plain, theirs) = plain_indexed(&passages, &dir.path().join("plain"));
    let seconds = |time: Duration| time.as_secs_f64();
    println!(
        "index      excerpt {:.2} s, tantivy {:.2} s, ratio {:.2}",
        seconds(ours),
        seconds(theirs),
        seconds(ours) / seconds(theirs)
    );

    let again = Update { jobs: 1, now: SystemTime::now(), ..Update::default() };
    let (_, unchanged) =
        timed(|| index.update(&again, &mut |_| {}, &AtomicBool::new(false)).expect("it is the same"));
    println!("unchanged  excerpt {:.4} s", seconds(unchanged));

    let words = frequent_words(&passages);
    let three: Vec<String> = words.windows(3).step_by(3).take(20).map(|three| three.join(" ")).collect();
    for (kind, by, queries) in [
        ("one word", Unit::Passage, words.iter().take(20).cloned().collect::<Vec<_>>()),
        ("three words", Unit::Passage, three.clone()),
        (
            "a phrase",
            Unit::Passage,
            words.windows(2).step_by(2).take(20).map(|two| format!("\"{}\"", two.join(" "))).collect(),
        ),
        ("by article", Unit::Article, three),
    ] {
        let ours = median(&queries, |query| search(&index, query, by));
        let theirs = median(&queries, |query| plain_search(&plain, query));
        println!("{kind:<12}excerpt {ours:.0} µs, tantivy {theirs:.0} µs, ratio {:.2}", ours / theirs);
    }
}

/// Takes all texts apart, by both chains, and prints how many bytes each takes in a second.
fn analyse(passages: &[(String, String)]) {
    let bytes: usize = passages.iter().map(|(_, text)| text.len()).sum();
    let mut best = [f64::MAX; 2];
    for _ in 0..5 {
        let start = Instant::now();
        let mut excerpt = Analyzer::default();
        for (_, text) in passages {
            excerpt.each(text, Some(Language::ENGLISH), |token| _ = std::hint::black_box(token));
        }
        best[0] = best[0].min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let mut plain = analyzer();
        for (_, text) in passages {
            let mut stream = plain.token_stream(text);
            while stream.advance() {
                std::hint::black_box(stream.token());
            }
        }
        best[1] = best[1].min(start.elapsed().as_secs_f64());
    }
    let [ours, theirs] = best.map(|seconds| bytes as f64 / 1e6 / seconds);
    println!("analysis   excerpt {ours:.0} MB/s, tantivy {theirs:.0} MB/s, ratio {:.2}", ours / theirs);
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (wall, cpu) = (Instant::now(), cpu());
    let result = work();
    (result, cpu.map_or(wall.elapsed(), |before| self::cpu().unwrap_or(before) - before))
}

/// Returns the processor time of this process, where the system tells.
fn cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn indexed(folder: &Path, dir: &Path) -> (Index, excerpt::index::Report, Duration) {
    let mut index = Index::create(dir).expect("the index can be made");
    // As if some time had passed since the files were written: else they would be hashed again.
    let now = SystemTime::now() + Duration::from_secs(10);
    let update = Update { folders: vec![folder.into()], jobs: 1, now, ..Update::default() };
    let (report, time) =
        timed(|| index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed"));
    (index, report, time)
}

/// Returns title and text of every passage.
fn passages(index: &Index) -> Vec<(String, String)> {
    let mut files = Vec::new();
    index.each_file(&mut |line| files.push(line)).expect("the ledger is whole");
    let mut passages = Vec::new();
    for file in files.into_iter().filter(|file| file.passages > 0) {
        let article = index.show_path(&file.path, None, 0).expect("it is in the index");
        passages.extend(article.passages.into_iter().map(|passage| (article.title.clone(), passage.text)));
    }
    passages
}

fn plain_indexed(passages: &[(String, String)], dir: &Path) -> (tantivy::Index, Duration) {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("plain")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing).set_stored();
    let mut schema = Schema::builder();
    let (title, body) = (schema.add_text_field("title", text.clone()), schema.add_text_field("body", text));
    schema.add_text_field("path", STORED);
    fs::create_dir_all(dir).expect("the folder can be made");
    let index = tantivy::Index::create_in_dir(dir, schema.build()).expect("the index can be made");
    index.tokenizers().register("plain", analyzer());
    let (_, time) = timed(|| {
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 128 << 20).expect("a writer");
        for (title_text, text) in passages {
            let mut document = TantivyDocument::default();
            document.add_text(title, title_text);
            document.add_text(body, text);
            writer.add_document(document).expect("it can be added");
        }
        writer.commit().expect("it can be committed");
        writer.wait_merging_threads().expect("merges end");
    });
    (index, time)
}

/// tantivy's English chain: its `en_stem`.
fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(tantivy::tokenizer::Stemmer::new(tantivy::tokenizer::Language::English))
        .build()
}

fn search(index: &Index, query: &str, by: Unit) -> usize {
    index
        .search(&Query { text: query.into(), by, ..Query::default() })
        .expect("a query is never an error")
        .hits
        .len()
}

fn plain_search(index: &tantivy::Index, query: &str) -> usize {
    let schema = index.schema();
    let field = |name| schema.get_field(name).expect("it is in the schema");
    let searcher = index.reader().expect("a reader").searcher();
    let query = QueryParser::for_index(index, vec![field("title"), field("body")])
        .parse_query(query)
        .expect("it parses");
    let top = searcher.search(&query, &TopDocs::with_limit(10).order_by_score()).expect("it searches");
    let snippets = SnippetGenerator::create(&searcher, &query, field("body")).expect("a generator");
    let shown = top.iter().map(|(_, address)| {
        let document: TantivyDocument = searcher.doc(*address).expect("it is stored");
        let text = document
            .get_first(field("body"))
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_string();
        snippets.snippet(&text).to_html().len()
    });
    shown.filter(|length| *length > 0).count()
}

/// Returns the median over queries of the best of several runs, in microseconds.
fn median(queries: &[String], run: impl Fn(&str) -> usize) -> f64 {
    let mut times: Vec<f64> = queries
        .iter()
        .map(|query| {
            let best = (0..7).map(|_| {
                let start = Instant::now();
                std::hint::black_box(run(query));
                start.elapsed()
            });
            best.min().unwrap_or_default().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Returns words of the passages that are neither very common nor rare.
fn frequent_words(passages: &[(String, String)]) -> Vec<String> {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for (_, text) in passages.iter().take(2_000) {
        for range in excerpt::analysis::words(text) {
            *counts.entry(excerpt::analysis::fold(&text[range]).into_owned()).or_default() += 1;
        }
    }
    let stop = StopWords::of(None);
    let mut words: Vec<(usize, String)> = counts
        .into_iter()
        .filter(|(word, _)| word.is_ascii() && word.len() > 3 && !stop.contains(word))
        .map(|(word, count)| (count, word))
        .collect();
    words.sort_unstable_by(|one, other| other.cmp(one));
    words.into_iter().skip(20).step_by(7).map(|(_, word)| word).collect()
}

/// Words that one in three of an English text is among.
const FUNCTION: &[&str] = &["the", "of", "and", "in", "to", "a", "is", "that", "for", "with", "was", "by"];

/// Makes a folder of articles of made-up words, always the same.
fn make_up(folder: &Path, articles: usize) -> PathBuf {
    // A linear congruential generator (Numerical Recipes) serves: nothing hangs on its quality.
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let syllables = [
        "ba", "ker", "to", "ling", "sa", "mer", "vo", "nt", "ri", "der", "ga", "st", "lo", "ing", "pe", "ra",
    ];
    let vocabulary: Vec<String> = (0..30_000_usize)
        .map(|number| {
            let mut rest = number * 7 + 3;
            let mut word = String::new();
            while rest > 0 || word.is_empty() {
                word.push_str(syllables[rest % syllables.len()]);
                rest /= syllables.len();
            }
            word
        })
        .collect();
    fs::create_dir_all(folder).expect("the folder can be made");
    for number in 0..articles {
        let mut text = format!("# Article {number}\n\n");
        for _ in 0..3 + (random() * 12.0) as usize {
            for _ in 0..3 + (random() * 5.0) as usize {
                for place in 0..6 + (random() * 20.0) as usize {
                    // Zipf's law: rank r is met in proportion to 1 / r.
                    let rank = (vocabulary.len() as f64).powf(random()) as usize - 1;
                    // Some function words make it sound English, as it is to be analysed.
                    let function = FUNCTION.get((random() * 3.0 * FUNCTION.len() as f64) as usize);
                    let word = function.copied().unwrap_or(&vocabulary[rank.min(vocabulary.len() - 1)]);
                    if place == 0 {
                        text.push_str(&word[..1].to_uppercase());
                        text.push_str(&word[1..]);
                    } else {
                        text.push(' ');
                        text.push_str(word);
                    }
                }
                text.push_str(". ");
            }
            text.push_str("\n\n");
        }
        fs::write(folder.join(format!("{number}.md")), text).expect("the file can be written");
    }
    folder.into()
}
