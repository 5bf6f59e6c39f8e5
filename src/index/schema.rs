//! The fields of a passage in the index, and passage ⇄ document.
//!
//! A passage of the article itself is indexed in `stem` and `exact` (title, headings and text in one
//! field, so that a word counts once wherever it stands) and, title and headings alone, in `title`.
//! What stands around an article goes to `aside` only, whose statistics and weight are its own.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tantivy::{
    Index, TantivyDocument, Term,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
        Value,
    },
};

use super::{ledger::Entry, manifest::Tally, tokenizer};
use crate::{
    analysis::{self, Sketch},
    article::{Article, Place, Role},
    date::Date,
    passage::Passage,
};

/// Raised whenever reading, cutting, analysis or fields change what would be indexed.
pub(crate) const VERSION: u32 = 2;

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The passage's id.
    pub(crate) id: Field,
    /// The file's [`file_key`]: what its passages are removed by, and ties are ordered by.
    pub(crate) file: Field,
    /// The number of the article in its file and of the passage in the article, in one number.
    pub(crate) order: Field,
    /// The folder's number.
    pub(crate) folder: Field,
    /// Only in passages of articles themselves: 1.
    pub(crate) main: Field,
    /// The words of its article: title, headings and text once each.
    pub(crate) length: Field,
    /// The bits of its [`analysis::Sketch`]: those of near copies are alike.
    pub(crate) sketch: Field,
    /// The bands of its sketch: near copies share one.
    pub(crate) band: Field,
    /// Title, headings and text, stemmed.
    pub(crate) stem: Field,
    /// The same, not stemmed.
    pub(crate) exact: Field,
    /// Title and headings, stemmed.
    pub(crate) title: Field,
    /// Text around the article: each word as its stem and, marked, as it is.
    pub(crate) aside: Field,
    /// Who wrote it.
    pub(crate) author: Field,
    /// The words of the path inside the folder.
    pub(crate) path: Field,
    /// Tags, folded.
    pub(crate) tag: Field,
    /// The host of the URL and the domains it belongs to.
    pub(crate) site: Field,
    /// Language, as stated and without its region.
    pub(crate) language: Field,
    /// The format's name.
    pub(crate) format: Field,
    /// First day that the date may mean, as `YYYYMMDD`.
    pub(crate) day: Field,
    /// Last day that the date may mean.
    pub(crate) day_end: Field,
    /// The [`Stored`] passage, less its text.
    pub(crate) data: Field,
    /// Its text.
    pub(crate) text: Field,
}

/// What is kept of a passage to show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) folder: u32,
    pub(crate) path: Vec<u8>,
    pub(crate) member: Option<String>,
    pub(crate) title: String,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) url: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) format: String,
    pub(crate) tags: Vec<String>,
    pub(crate) headings: Vec<String>,
    pub(crate) section: u32,
    pub(crate) role: Role,
    pub(crate) place: Place,
    /// Kept by itself: the engine reads bytes one at a time, and text at once.
    #[serde(skip)]
    pub(crate) text: String,
}

impl Fields {
    /// Returns the schema and its fields.
    pub(crate) fn build() -> (Schema, Self) {
        let text = |tokenizer: &str, record| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record),
            )
        };
        let positions = IndexRecordOption::WithFreqsAndPositions;
        let mut schema = Schema::builder();
        let fields = Self {
            id: schema.add_text_field("id", STRING),
            file: schema.add_text_field("file", STRING | TextOptions::default().set_fast("raw")),
            order: schema.add_u64_field("order", FAST),
            folder: schema.add_u64_field("folder", INDEXED),
            main: schema.add_u64_field("main", INDEXED),
            length: schema.add_u64_field("length", FAST),
            sketch: schema.add_u64_field("sketch", FAST),
            band: schema.add_u64_field("band", INDEXED),
            stem: schema.add_text_field("stem", text(tokenizer::STEM, positions)),
            exact: schema.add_text_field("exact", text(tokenizer::EXACT, positions)),
            title: schema.add_text_field("title", text(tokenizer::STEM, positions)),
            aside: schema.add_text_field("aside", text(tokenizer::BOTH, positions)),
            author: schema.add_text_field("author", text(tokenizer::EXACT, positions)),
            path: schema.add_text_field("path", text(tokenizer::EXACT, positions)),
            tag: schema.add_text_field("tag", STRING),
            site: schema.add_text_field("site", STRING),
            language: schema.add_text_field("lang", STRING),
            format: schema.add_text_field("format", STRING),
            day: schema.add_u64_field("day", FAST | INDEXED),
            day_end: schema.add_u64_field("day_end", FAST | INDEXED),
            data: schema.add_bytes_field("data", STORED),
            text: schema.add_text_field("text", STORED),
        };
        (schema.build(), fields)
    }

    /// Returns the term that all passages of a file carry, and no others.
    pub(crate) fn file_term(&self, folder: u32, path: &[u8]) -> Term {
        Term::from_field_text(self.file, &file_key(folder, path))
    }
}

/// Makes the analyzers known to an opened index: it keeps only their names.
pub(crate) fn register(index: &Index) {
    tokenizer::register(index.tokenizers());
}

/// Returns a file's name in the index: it orders as the path inside the folder does, in
/// [`crate::walk::order`], then as the folder.
pub(crate) fn file_key(folder: u32, path: &[u8]) -> String {
    format!("{}\0{folder:08x}", path_key(path))
}

/// Returns a path as text that orders as [`crate::walk::order`] does, and that no other path has:
/// U+0001 parts its folders, and what is no text, or either of these marks, stands after U+0002.
pub(crate) fn path_key(path: &[u8]) -> String {
    let mut key = String::with_capacity(path.len() + 9);
    for chunk in path.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '/' => key.push('\u{1}'),
                '\u{1}' | '\u{2}' => key.extend(['\u{2}', letter]),
                _ => key.push(letter),
            }
        }
        for &byte in chunk.invalid() {
            key.extend(['\u{2}', char::from(byte)]);
        }
    }
    key
}

/// The passages of one article as documents, made one at a time, each with what it adds to the sums.
pub(crate) struct Documents<'a> {
    fields: &'a Fields,
    file: &'a Entry,
    number: u32,
    article: Article,
    title: String,
    length: u64,
    /// The words of each passage's text.
    words: Vec<u64>,
    bytes: u64,
    passages: std::iter::Enumerate<std::vec::IntoIter<Passage>>,
    /// How often each hash was met.
    seen: HashMap<String, u32>,
}

impl<'a> Documents<'a> {
    /// Makes documents of an article's passages. `number` counts the articles of the file.
    pub(crate) fn new(
        fields: &'a Fields,
        file: &'a Entry,
        number: u32,
        mut article: Article,
        passages: Vec<Passage>,
    ) -> Self {
        // The passages hold the text now.
        article.sections = Vec::new();
        let title = article.title.take().unwrap_or_default();
        let words: Vec<u64> = passages.iter().map(|passage| analysis::count(&passage.text) as u64).collect();
        let length = length(&title, &passages, &words);
        let bytes = passages.iter().map(|passage| 3 * passage.text.len() as u64 + 1_000).sum();
        let passages = passages.into_iter().enumerate();
        Self { fields, file, number, article, title, length, words, bytes, passages, seen: HashMap::new() }
    }

    /// Returns about how many bytes all the documents take: each keeps its text thrice.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn add_text(&self, document: &mut TantivyDocument, passage: &Passage, words: u64) -> Tally {
        let fields = self.fields;
        let mut tally = Tally::default();
        match passage.role {
            Role::Main => {
                document.add_u64(fields.main, 1);
                let above = || std::iter::once(&self.title).chain(&passage.headings);
                for part in above() {
                    document.add_text(fields.title, part);
                }
                for part in above().chain([&passage.text]) {
                    document.add_text(fields.stem, part);
                    document.add_text(fields.exact, part);
                }
                tally.passages = 1;
                tally.title_words = above().map(|part| analysis::count(part) as u64).sum();
                tally.words = tally.title_words + words;
            }
            Role::Aside => {
                document.add_text(fields.aside, &passage.text);
                tally.asides = 1;
                tally.aside_words = 2 * words;
            }
        }
        tally
    }

    fn add_facts(&self, document: &mut TantivyDocument) {
        let (fields, article) = (self.fields, &self.article);
        document.add_text(fields.path, String::from_utf8_lossy(&self.file.path));
        document.add_text(fields.format, &self.file.format);
        if let Some(author) = &article.author {
            document.add_text(fields.author, author);
        }
        for tag in &article.tags {
            document.add_text(fields.tag, folded(tag));
        }
        for site in article.url.as_deref().map(sites).unwrap_or_default() {
            document.add_text(fields.site, site.to_ascii_lowercase());
        }
        for language in article.language.as_deref().map(languages).unwrap_or_default() {
            document.add_text(fields.language, language);
        }
        if let Some(date) = article.date {
            document.add_u64(fields.day, date.first_day());
            document.add_u64(fields.day_end, date.last_day());
        }
    }
}

impl Iterator for Documents<'_> {
    type Item = (TantivyDocument, Tally);

    fn next(&mut self) -> Option<Self::Item> {
        let (at, passage) = self.passages.next()?;
        let fields = self.fields;
        let hash = hash(&self.file.path, self.article.member.as_deref(), &passage.text);
        let repeat = self.seen.entry(hash.clone()).and_modify(|times| *times += 1).or_insert(1);
        let id = format!("{hash}:{repeat}");
        let mut document = TantivyDocument::default();
        document.add_text(fields.id, &id);
        document.add_text(fields.file, file_key(self.file.folder, &self.file.path));
        document.add_u64(fields.order, u64::from(self.number) << 32 | at as u64);
        document.add_u64(fields.folder, u64::from(self.file.folder));
        document.add_u64(fields.length, self.length);
        let sketch = sketch(&self.title, &passage.headings, &passage.text);
        document.add_u64(fields.sketch, sketch.bits);
        for band in sketch.bands {
            document.add_u64(fields.band, band);
        }
        let mut tally = self.add_text(&mut document, &passage, self.words[at]);
        if at == 0 {
            tally.articles = 1;
            tally.article_words = self.length;
        }
        self.add_facts(&mut document);
        let article = &self.article;
        let stored = Stored {
            id,
            folder: self.file.folder,
            path: self.file.path.clone(),
            member: article.member.clone(),
            title: self.title.clone(),
            author: article.author.clone(),
            date: article.date,
            url: article.url.clone(),
            language: article.language.clone(),
            format: self.file.format.clone(),
            tags: article.tags.clone(),
            headings: passage.headings,
            section: passage.section,
            role: passage.role,
            place: passage.place,
            text: passage.text,
        };
        document.add_text(fields.text, &stored.text);
        document.add_bytes(fields.data, &postcard::to_stdvec(&stored).expect("plain data can be encoded"));
        Some((document, tally))
    }
}

/// Returns the sketch of a passage: of its text, or of what stands above it where it has none.
pub(crate) fn sketch(title: &str, headings: &[String], text: &str) -> Sketch {
    if text.trim().is_empty() {
        return analysis::sketch(&format!("{title}\n{}", headings.join("\n")));
    }
    analysis::sketch(text)
}

/// Returns a tag or other name as it is compared: without case, accents and outer blanks.
pub(crate) fn folded(name: &str) -> String {
    analysis::fold(name.trim()).into_owned()
}

/// Returns the passage that a document holds.
///
/// # Errors
/// When the document was not written by [`Documents`].
pub(crate) fn stored(fields: &Fields, document: &TantivyDocument) -> Result<Stored, postcard::Error> {
    let bytes = document.get_first(fields.data).and_then(|value| value.as_bytes()).unwrap_or_default();
    let text = document.get_first(fields.text).and_then(|value| value.as_str()).unwrap_or_default();
    Ok(Stored { text: text.into(), ..postcard::from_bytes(bytes)? })
}

/// Returns what ids begin with: 64 bits of a hash of path, member and text.
fn hash(path: &[u8], member: Option<&str>, text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(path).update(b"\0").update(member.unwrap_or_default().as_bytes()).update(b"\0");
    hasher.update(text.as_bytes());
    hasher.finalize().to_hex()[..16].into()
}

/// Counts the words of an article: of its title, of each heading where it first stands, and of its
/// own text.
fn length(title: &str, passages: &[Passage], words: &[u64]) -> u64 {
    let mut above: &[String] = &[];
    let mut length = analysis::count(title) as u64;
    for (passage, words) in passages.iter().zip(words).filter(|(passage, _)| passage.role == Role::Main) {
        let same = above.iter().zip(&passage.headings).take_while(|(one, other)| one == other).count();
        length += passage.headings[same..].iter().map(|heading| analysis::count(heading) as u64).sum::<u64>();
        length += words;
        above = &passage.headings;
    }
    length
}

/// Returns the host of a URL and each domain above it: `www.example.org`, `example.org`, `org`.
fn sites(url: &str) -> Vec<&str> {
    let Some((_, rest)) = url.split_once("://") else { return Vec::new() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority).split(':').next().unwrap_or("");
    let mut sites = Vec::new();
    let mut at = Some(0);
    while let Some(start) = at.filter(|&start| start < host.len()) {
        sites.push(&host[start..]);
        at = host[start..].find('.').map(|dot| start + dot + 1);
    }
    sites
}

/// Returns a language tag in lowercase, and its language alone.
fn languages(tag: &str) -> Vec<String> {
    let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
    let language = tag.split('-').next().unwrap_or(&tag).to_string();
    if language == tag { vec![tag] } else { vec![tag, language] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_answers_to_its_domains() {
        assert_eq!(sites("https://me@www.example.org:80/a?b"), ["www.example.org", "example.org", "org"]);
        assert!(sites("nonsense").is_empty());
    }

    #[test]
    fn file_keys_order_as_walks_do() {
        let paths: [&[u8]; 5] = [b"a", b"a/x", b"a b", b"a.b", b"b"];
        assert!(paths.is_sorted_by(|one, other| crate::walk::order(one, other).is_lt()));
        assert!(paths.is_sorted_by_key(|path| file_key(1, path)));
        let alike: [&[u8]; 6] =
            [b"a\xff", "a\u{fffd}".as_bytes(), "a\u{ff}".as_bytes(), b"a\x02\xff", b"a/b", b"a\x01b"];
        let keys: std::collections::HashSet<String> = alike.iter().map(|path| path_key(path)).collect();
        assert_eq!(keys.len(), alike.len());
    }

    #[test]
    fn a_language_answers_with_and_without_its_region() {
        assert_eq!(languages("pt_BR"), ["pt-br", "pt"]);
        assert_eq!(languages("en"), ["en"]);
    }
}
