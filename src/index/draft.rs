//! Passages on their way into the index. A draft holds a passage and what is to be known of it; its values keep what
//! the text says twice, and are gone when it is written.

use std::{collections::HashMap, sync::Arc};

use super::{
    ledger::Entry,
    manifest::{Stated, Tally},
    property::Property,
    schema::{self, Fields, file_key},
    term_row::Row,
    values::Values,
};
use crate::{
    analysis::{self, Analyzer, Language, Languages, Sketch, Sketcher, Token},
    article::{Article, Role},
    passage::Passage,
};

/// What the passages of an article have in common.
struct Facts {
    fields: Fields,
    folder: u32,
    path: Vec<u8>,
    /// The file's name in the index.
    key: String,
    format: &'static str,
    /// The number of the article in its file.
    number: u32,
    /// Without its text, which the passages hold.
    article: Article,
    title: String,
    /// Its words: title, headings and text once each.
    length: u64,
    /// What the ids of its passages are made of besides their texts.
    hash: u64,
    /// What is kept of it with each passage.
    data: Vec<u8>,
}

/// What documents are made with: it remembers the words it met, and keeps its memory.
#[derive(Default)]
pub(super) struct Desk {
    analyzer: Analyzer,
    /// Of the words, what stands beside them, of title and aside.
    rows: [Row; 4],
    /// What else a passage has.
    properties: Row,
}

/// A passage that is to become a document.
pub(super) struct Draft {
    facts: Arc<Facts>,
    /// Its number in the article.
    at: usize,
    /// What its id is made of: a hash, and how often the article had it, with this time.
    id: (u64, u32),
    language: Option<Language>,
    passage: Passage,
}

/// The passages of one article as drafts, in order, each with what it adds to the sums.
pub(super) struct Drafts {
    facts: Arc<Facts>,
    languages: Languages,
    /// Whether there is one passage alone.
    only: bool,
    bytes: u64,
    passages: std::iter::Enumerate<std::vec::IntoIter<Passage>>,
    /// How often each hash was met.
    seen: HashMap<u64, u32>,
}

impl Drafts {
    /// Takes an article's passages. `number` counts the articles of the file.
    pub(super) fn new(
        fields: Fields,
        file: &Entry,
        number: u32,
        mut article: Article,
        passages: Vec<Passage>,
    ) -> Self {
        let own = article.sections.iter().filter(|section| section.role == Role::Main);
        let texts = own.map(|section| section.text.as_str());
        let texts = texts.chain(article.title.as_deref());
        let languages = Languages::of(article.language.as_deref(), texts);
        article.sections = Vec::new();
        let title = article.title.take().unwrap_or_default();
        let length = length(&title, &passages);
        let bytes = passages.iter().map(|passage| passage.text.len() as u64 + 500).sum();
        let (folder, path, format) = (file.folder, file.path.clone(), article.format);
        let hash = schema::article_hash(&path, article.member.as_deref());
        let key = file_key(folder, &path);
        let data = schema::of_article((folder, &path, format), &title, &article);
        let facts = Facts { fields, folder, path, key, format, number, article, title, length, hash, data };
        let only = passages.len() == 1;
        let passages = passages.into_iter().enumerate();
        Self { facts: Arc::new(facts), languages, only, bytes, passages, seen: HashMap::new() }
    }

    /// Returns about how many bytes all the drafts take with their values.
    pub(super) fn bytes_with_values(&self) -> u64 {
        3 * self.bytes
    }

    fn tally(&self, at: usize, passage: &Passage, language: Option<Language>) -> Tally {
        let words = passage.words as u64;
        let mut tally = Tally {
            languages: language.map(|language| (language, 1)).into_iter().collect(),
            ..Tally::default()
        };
        match passage.role {
            Role::Main => {
                let above = std::iter::once(&self.facts.title).chain(&passage.headings);
                tally.passages = 1;
                tally.title_words = above.map(|part| analysis::count(part) as u64).sum();
                tally.words = tally.title_words + words;
            }
            Role::Aside => {
                tally.asides = 1;
                tally.aside_words = words;
            }
        }
        if at == 0 {
            let article = &self.facts.article;
            tally.articles = 1;
            tally.stated = Stated {
                authors: u64::from(!article.authors.is_empty()),
                date: u64::from(article.date.is_some()),
                url: u64::from(article.url.is_some()),
                tags: u64::from(!article.tags.is_empty()),
                language: u64::from(article.language.is_some()),
            };
            tally.article_words = self.facts.length;
        }
        tally
    }
}

impl Iterator for Drafts {
    type Item = (Draft, Tally);

    fn next(&mut self) -> Option<Self::Item> {
        let (at, passage) = self.passages.next()?;
        let facts = &self.facts;
        let hash = schema::passage_hash(facts.hash, &passage.text);
        let repeat = self.seen.entry(hash).and_modify(|times| *times += 1).or_insert(1);
        let id = (hash, *repeat);
        let language =
            if self.only { self.languages.article() } else { self.languages.passage(&passage.text) };
        let tally = self.tally(at, &passage, language);
        Some((Draft { facts: Arc::clone(facts), at, id, language, passage }, tally))
    }
}

impl Draft {
    /// Returns the number of the passage's article in its file, and its own in the article, as one number.
    pub(super) fn order(&self) -> u64 {
        u64::from(self.facts.number) << 32 | self.at as u64
    }

    /// Returns the text of the passage.
    pub(super) fn text(&self) -> &str {
        &self.passage.text
    }

    /// Returns what the index is handed of the passage, and its sketch.
    pub(super) fn values(&self, desk: &mut Desk) -> (Values, Sketch) {
        let Facts { fields, key, length, data, .. } = &*self.facts;
        // Two rows of terms, of about the length of the text.
        let mut values = Values::with_capacity(2 * self.passage.text.len() + 500);
        values.add_number(fields.id, self.id.0);
        values.add_number(fields.length, *length);
        let sketch = self.add_text(&mut values, desk);
        values.add_number(fields.sketch, sketch.bits);
        let language = self.language_tag();
        self.add_properties(language.as_deref(), &mut desk.properties);
        values.add_row(fields.property, &desk.properties);
        // What its file is called is one term.
        desk.properties.clear();
        desk.properties.add(key);
        values.add_row(fields.file, &desk.properties);
        if let Some(date) = self.facts.article.date {
            values.add_number(fields.day, date.first_day());
            values.add_number(fields.day_end, date.last_day());
        }
        let own = schema::of_passage(&self.passage, language.as_deref(), self.id.1);
        // With room for what will be stored of the text, which is no longer.
        let mut stored = Vec::with_capacity(data.len() + own.len() + 1 + self.passage.text.len());
        [data.as_slice(), &own].into_iter().for_each(|part| stored.extend_from_slice(part));
        values.add_data(fields.data, stored);
        (values, sketch)
    }

    /// Adds the words, and returns the sketch, which is made of them.
    fn add_text(&self, values: &mut Values, Desk { analyzer, rows, .. }: &mut Desk) -> Sketch {
        let (fields, passage, language) = (&self.facts.fields, &self.passage, self.language);
        rows.iter_mut().for_each(Row::clear);
        let [words, beside, title, aside] = rows;
        let mut sketcher = Sketcher::default();
        if passage.role == Role::Aside {
            analyzer.each(&passage.text, language, |token| {
                aside.next();
                add(&token, aside);
                add_character(&token, aside);
                sketcher.add(token.folded);
            });
        } else {
            let above = std::iter::once(&self.facts.title).chain(&passage.headings);
            for (part, is_title) in above.map(|part| (part, true)).chain([(&passage.text, false)]) {
                // The last word of one part is no neighbour of the first of the next.
                [&mut *words, &mut *beside, &mut *title].into_iter().for_each(Row::next);
                analyzer.each(part, language, |token| {
                    words.next();
                    add(&token, words);
                    beside.next();
                    token.is_character.then(|| beside.add(token.folded));
                    token.accented.into_iter().for_each(|accented| beside.add(accented));
                    if is_title {
                        title.next();
                        add(&token, title);
                        add_character(&token, title);
                    } else {
                        sketcher.add(token.folded);
                    }
                });
            }
        }
        let fields = [fields.words, fields.beside, fields.title, fields.aside];
        for (field, row) in fields.into_iter().zip(rows) {
            // No segment is to be without any terms of a field: an empty dictionary is made by way of a
            // table of a megabyte when it is asked.
            if self.at == 0 && row.is_empty() {
                row.add_stem("");
            }
            values.add_row(field, row);
        }
        sketcher
            .finish()
            .unwrap_or_else(|| schema::sketch(&self.facts.title, &passage.headings, &passage.text))
    }

    fn add_properties(&self, language: Option<&str>, row: &mut Row) {
        let Facts { folder, format, .. } = &*self.facts;
        row.clear();
        row.add_property(Property::Folder, &folder.to_string());
        row.add_property(Property::Format, format);
        if self.passage.role == Role::Main {
            row.add_property(Property::Main, "");
        }
        for language in language.map(languages).unwrap_or_default() {
            row.add_property(Property::Language, &language);
        }
        if self.at == 0 {
            self.facts.add_names_to(row);
        }
    }

    /// Returns the language of the passage: with its region where the article states it.
    fn language_tag(&self) -> Option<String> {
        let language = self.language?;
        let stated = self.facts.article.language.as_deref();
        let stated = stated.filter(|tag| Language::of_tag(tag) == Some(language));
        Some(stated.map_or_else(|| language.to_string(), |tag| tag.trim().into()))
    }
}

impl Facts {
    /// Adds what the first passage alone is found by; filters let those behind it through.
    fn add_names_to(&self, row: &mut Row) {
        let article = &self.article;
        add_words(Property::Path, &String::from_utf8_lossy(&self.path), row);
        for author in &article.authors {
            add_words(Property::Author, author, row);
        }
        for tag in &article.tags {
            row.add_property(Property::Tag, &schema::folded(tag));
        }
        for site in article.url.as_deref().map(sites).unwrap_or_default() {
            row.add_property(Property::Site, &site.to_ascii_lowercase());
        }
    }
}

/// Adds the words of a name, side by side; the first is no neighbour of the last of another.
fn add_words(property: Property, name: &str, row: &mut Row) {
    row.next();
    for word in analysis::words(name) {
        row.next();
        row.add_property(property, &analysis::fold(&name[word]));
    }
}

/// Adds a word: its stem with its form.
fn add(token: &Token<'_>, row: &mut Row) {
    if token.is_character {
        token.stem.into_iter().for_each(|pair| row.add_stem(pair));
        return;
    }
    // The form stands under the plain stem, where there is one.
    token.plain.and(token.stem).into_iter().for_each(|stem| row.add_stem(stem));
    row.add(token.term);
}

fn add_character(token: &Token<'_>, row: &mut Row) {
    token.is_character.then(|| row.add(token.term));
}

/// Counts the words of an article: of its title, of each heading where it first stands, and of its
/// own text.
fn length(title: &str, passages: &[Passage]) -> u64 {
    let mut above: &[String] = &[];
    let mut length = analysis::count(title) as u64;
    for passage in passages.iter().filter(|passage| passage.role == Role::Main) {
        let same = above.iter().zip(&passage.headings).take_while(|(one, other)| one == other).count();
        length += passage.headings[same..].iter().map(|heading| analysis::count(heading) as u64).sum::<u64>();
        length += passage.words as u64;
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

/// Returns a language tag as filters name it: in lowercase, and its language alone.
fn languages(tag: &str) -> Vec<String> {
    let tag = tag.replace('_', "-").to_ascii_lowercase();
    let language = Language::of_tag(&tag).map(|language| language.to_string());
    match language {
        Some(language) if language != tag => vec![tag, language],
        _ => vec![tag],
    }
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
    fn a_language_answers_with_and_without_its_region() {
        assert_eq!(languages("pt_BR"), ["pt-br", "pt"]);
        assert_eq!(languages("nb"), ["nb", "no"]);
        assert_eq!(languages("en"), ["en"]);
    }
}
