//! Small articles of words that are nearly the same, and an index of them.

use std::{fs, slice, sync::atomic::AtomicBool};

use excerpt::{Index, analysis::Language, index::Update};
use proptest::prelude::*;
use tempfile::TempDir;

/// Words that mean the same, as the index is told.
pub(crate) const SYNONYMS: &[&[&str]] =
    &[&["car", "automobile", "motor car"], &["USA", "United States"], &["KI", "人工智能", "AI"]];

/// The languages in which all that is asked for tells something.
pub(crate) const LANGUAGES: &[&str] = &["en", "de", "zh", "ja", "ko"];

/// What articles are made of.
const WORDS: &[&str] = &[
    "cat",
    "cats",
    "Cat",
    "cut",
    "dog",
    "dogs",
    "the",
    "a",
    "run",
    "running",
    "Runs",
    "ran",
    "capability",
    "capabilities",
    "capital",
    "llama",
    "Llamas",
    "Llama-4",
    "llama4",
    "GPT-4",
    "GPT4",
    "gpt 4",
    "GPT",
    "4",
    "5",
    "GPT-5",
    "U.S.",
    "US",
    "C++",
    "C",
    "C#",
    "café",
    "cafe",
    "cafe\u{301}",
    "Cafés",
    "résumé",
    "resume",
    "agentic",
    "agents",
    "Haus",
    "Häuser",
    "Hauses",
    "hauser",
    "draußen",
    "Straße",
    "Strasse",
    "STRASSE",
    "und",
    "10000",
    "10 000",
    "10,000",
    "人工",
    "智能",
    "人工智能",
    "工智",
    "猫",
    "和",
    "한국",
    "한국의",
    "국한",
    "ガス",
    "ｶﾞｽ",
    "car",
    "motor car",
    "automobile",
    "United States",
    "USA",
    "AI",
    "KI",
];

const BETWEEN: &[&str] =
    &[" ", " ", " ", " ", " ", "", "-", ", ", ". ", "。", "\n", "\n\n", "\u{a0}", " – ", "/", "! "];

/// An article as it is made up.
#[derive(Clone, Debug)]
pub(crate) struct Article {
    language: Option<&'static str>,
    title: String,
    text: String,
}

impl Article {
    /// Makes an English article.
    pub(crate) fn of(title: &str, text: &str) -> Self {
        Self { language: Some("en"), title: title.into(), text: text.into() }
    }
}

/// A passage as the index has it.
#[derive(Debug)]
pub(crate) struct Passage {
    /// Its title, its headings and last its own text.
    pub(crate) texts: Vec<String>,
    pub(crate) id: String,
    pub(crate) language: Option<Language>,
}

/// Articles and their index.
pub(crate) struct World {
    pub(crate) index: Index,
    pub(crate) passages: Vec<Passage>,
    _dir: TempDir,
}

/// Makes up a text of so many words at most.
fn text(most: usize) -> impl Strategy<Value = String> {
    let word = (prop::sample::select(WORDS), prop::sample::select(BETWEEN));
    // A few words that come again and again make phrases.
    let few = (prop::sample::select(&["cat", "dog", "GPT", "4", "猫", "Haus"]), Just(" "));
    prop::collection::vec(prop_oneof![3 => word, 1 => few], 1..most).prop_map(|words| {
        words.into_iter().map(|(word, between)| format!("{word}{between}")).collect::<String>()
    })
}

/// Makes up a long text without blanks, in which words stand now and then.
fn unparted() -> impl Strategy<Value = String> {
    let filler = prop_oneof![9 => prop::char::range('一', '龥'), 1 => Just('\u{308}')];
    let word = prop::sample::select(&["人工", "智能", "猫", "ｶﾞｽ"]).prop_map(String::from);
    let piece = prop_oneof![30 => filler.prop_map(String::from), 1 => word];
    prop::collection::vec(piece, 330..480).prop_map(|pieces| pieces.concat())
}

/// Makes up an article.
pub(crate) fn article() -> impl Strategy<Value = Article> {
    let language = prop::sample::select(&[Some("en"), Some("en"), Some("de"), Some("zh"), Some("ko"), None]);
    let body = prop_oneof![6 => text(30), 1 => text(120), 1 => unparted(), 1 => (text(60), text(60)).prop_map(|(one, other)| {
        let one = one.replace([',', '.', '。', '!', '\n'], " ");
        format!("{one}. {}. {one}", other.replace('\n', " "))
    })];
    let headed = (text(4), text(12)).prop_map(|(heading, text)| {
        let heading = heading.replace('\n', " ");
        format!("\n\n{heading}\n========\n\n{text}")
    });
    let rest = prop_oneof![2 => Just(String::new()), 1 => headed];
    (language, text(4), body, rest).prop_map(|(language, title, body, rest)| Article {
        language,
        title: title.split_whitespace().collect::<Vec<_>>().join(" "),
        text: body + &rest,
    })
}

impl World {
    /// Indexes articles.
    pub(crate) fn of(articles: &[Article]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("articles.jsonl");
        let mut lines = String::new();
        for (number, Article { language, title, text }) in articles.iter().enumerate() {
            let record = serde_json::json!(
                { "id": number.to_string(), "title": title, "language": language, "text": text }
            );
            lines.push_str(&format!("{record}\n"));
        }
        fs::write(&file, lines).expect("the file can be written");
        let folder = dir.path().join("index");
        let mut index = Index::create(&folder).expect("the index can be made");
        let synonyms: Vec<String> = SYNONYMS.iter().map(|group| group.join(", ")).collect();
        fs::write(folder.join("synonyms.txt"), synonyms.join("\n")).expect("the file can be written");
        let update = Update { folders: vec![file.clone()], jobs: 1, ..Update::default() };
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("articles can be indexed");
        let mut passages = Vec::new();
        for number in 0..articles.len() {
            let article = index.show_member(&file, &number.to_string()).expect("the article is there");
            for passage in article.passages {
                let above = [slice::from_ref(&article.title), passage.headings.as_slice()].concat();
                let one = index.show_id(&passage.id, 0).expect("the passage is there");
                passages.push(Passage {
                    texts: [above, vec![passage.text.trim_end().into()]].concat(),
                    id: passage.id,
                    language: one.language.as_deref().and_then(Language::of_tag),
                });
            }
        }
        Self { index, passages, _dir: dir }
    }

    /// Whether no passage was taken for one in another language than [`LANGUAGES`].
    pub(crate) fn is_told(&self) -> bool {
        let mut languages = self.passages.iter().filter_map(|passage| passage.language);
        languages.all(|language| LANGUAGES.contains(&language.code()))
    }
}
