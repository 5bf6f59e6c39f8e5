//! The fields of a passage in the index, and what is kept to show it.
//!
//! A passage of the article itself is indexed in `words` (title, headings and text in one field, so that
//! a word counts once wherever it stands) and, title and headings alone, in `title`. What stands around an
//! article goes to `aside` only, whose statistics and weight are its own. In these three a term is a stem
//! and a form of it; see [`super::lookup`]. Beside the fields, [`super::forms`] and [`super::bands`] keep
//! what finds words by their forms, and near copies.

use std::{ops::RangeInclusive, sync::Arc};

use serde::{Deserialize, Serialize};
use tantivy::{
    Directory, Index, IndexSettings, TantivyDocument, Term,
    schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value},
};

use super::{bands, forms, rows, symbols::Tables};
use crate::{
    analysis::{self, Sketch},
    article::{Article, Place, Role},
    date::Date,
    passage::Passage,
};

/// Raised whenever reading, cutting, analysis or fields change what would be indexed.
pub(crate) const VERSION: u32 = 17;

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The number that the passage's id begins with; see [`id_of`].
    pub(crate) id: Field,
    /// The file's [`file_key`]: what its passages are removed by, and ties are ordered by.
    pub(crate) file: Field,
    /// The words of its article: title, headings and text once each.
    pub(crate) length: Field,
    /// The bits of its [`analysis::Sketch`]: those of near copies are alike.
    pub(crate) sketch: Field,
    /// Title, headings and text: words, and pairs of characters in scripts without other words.
    pub(crate) words: Field,
    /// The same: what stands beside the words, at their positions. Characters by themselves, and of words
    /// with accents those that lead there.
    pub(crate) beside: Field,
    /// Title and headings: words, pairs of characters and characters.
    pub(crate) title: Field,
    /// Text around the article: the same.
    pub(crate) aside: Field,
    /// What else it has; see [`super::Property`].
    pub(crate) property: Field,
    /// First day that the date may mean, as `YYYYMMDD`.
    pub(crate) day: Field,
    /// Last day that the date may mean.
    pub(crate) day_end: Field,
    /// The [`Stored`] passage: what [`of_article`] and [`of_passage`] return, and its text, by [`Tables`].
    pub(crate) data: Field,
}

/// What is kept of a passage to show it: first what its article says, which the next passage has too.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Stored {
    pub(crate) folder: u32,
    pub(crate) path: Vec<u8>,
    pub(crate) format: String,
    pub(crate) member: Option<String>,
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) date: Option<Date>,
    pub(crate) date_source: String,
    pub(crate) url: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) language: Option<String>,
    pub(crate) headings: Vec<String>,
    pub(crate) section: u32,
    pub(crate) role: Role,
    pub(crate) place: Place,
    /// How often the article had the hash that its id begins with, with this time.
    pub(crate) repeat: u32,
    /// Made of path, member and text again.
    #[serde(skip)]
    pub(crate) id: String,
    /// Stands behind all that.
    #[serde(skip)]
    pub(crate) text: String,
}

impl Fields {
    /// Returns the schema and its fields.
    pub(crate) fn build() -> (Schema, Self) {
        // Terms are made before: nothing takes them apart.
        let text = |record, lengths| {
            let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(record);
            TextOptions::default().set_indexing_options(indexing.set_fieldnorms(lengths))
        };
        let (whether, where_) = (IndexRecordOption::Basic, IndexRecordOption::WithFreqsAndPositions);
        // Lengths are kept where they count in scores, and nowhere else.
        let scored = || text(where_, true);
        let mut schema = Schema::builder();
        let fields = Self {
            id: schema.add_u64_field("id", FAST),
            file: schema.add_text_field("file", text(whether, false)),
            length: schema.add_u64_field("length", FAST),
            sketch: schema.add_u64_field("sketch", FAST),
            words: schema.add_text_field("words", scored()),
            beside: schema.add_text_field("beside", scored()),
            title: schema.add_text_field("title", scored()),
            aside: schema.add_text_field("aside", scored()),
            property: schema.add_text_field("property", text(where_, false)),
            day: schema.add_u64_field("day", FAST),
            day_end: schema.add_u64_field("day_end", FAST),
            data: schema.add_bytes_field("data", STORED),
        };
        (schema.build(), fields)
    }

    /// Returns the term that all passages of a file carry, and no others.
    pub(crate) fn file_term(&self, folder: u32, path: &[u8]) -> Term {
        Term::from_field_text(self.file, &file_key(folder, path))
    }
}

/// Returns the id of a passage by its hash and how often that was met in its article, with this time.
pub(crate) fn id_of(hash: u64, repeat: u32) -> String {
    format!("{hash:016x}:{repeat}")
}

/// Returns what the ids of an article's passages are made of besides their texts.
pub(super) fn article_hash(path: &[u8], member: Option<&str>) -> u64 {
    let parts = [path, member.unwrap_or_default().as_bytes()];
    parts.iter().fold(0, |hash, part| analysis::mix(analysis::hash(hash, part) ^ part.len() as u64))
}

/// Returns the hash that the id of a passage begins with.
pub(super) fn passage_hash(article: u64, text: &str) -> u64 {
    analysis::mix(analysis::hash(article, text.as_bytes()) ^ text.len() as u64)
}

/// Returns the hashes of the ids that begin so; none where no id does.
pub(crate) fn hashes_of(beginning: &str) -> Option<RangeInclusive<u64>> {
    let (figures, repeat) =
        beginning.split_once(':').map_or((beginning, None), |(hash, rest)| (hash, Some(rest)));
    let is_figure = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if figures.len() > 16 || !figures.bytes().all(is_figure) || repeat.is_some() && figures.len() < 16 {
        return None;
    }
    let end =
        |figure: &str| u64::from_str_radix(&format!("{figures}{}", figure.repeat(16 - figures.len())), 16);
    Some(end("0").ok()?..=end("f").ok()?)
}

/// Bytes of passages that are stored together: to show one, so many are read and unpacked. With 4 KB an index is 2 %
/// larger, and a search takes 1 % fewer instructions.
const STORED_TOGETHER: usize = 8 << 10;

/// Opens an index to be written, or makes it, with what reads and writes its fields and what is beside them.
pub(super) fn writable(directory: impl Into<Box<dyn Directory>>) -> tantivy::Result<(Index, Fields)> {
    let (schema, fields) = Fields::build();
    let settings = IndexSettings {
        docstore_blocksize: STORED_TOGETHER,
        // Readers write by turns, and keep all processors busy as it is.
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    let index = Index::builder()
        .schema(schema)
        .settings(settings)
        .register_plugin(Arc::new(forms::Plugin))
        .register_plugin(Arc::new(bands::Plugin))
        .register_plugin(Arc::new(rows::Plugin));
    Ok((index.open_or_create(directory)?, fields))
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

/// Returns the folder's number and the path of a [`file_key`]; none for what is no such key.
pub(crate) fn of_file_key(key: &[u8]) -> Option<(u32, Vec<u8>)> {
    let (text, number) = std::str::from_utf8(key).ok()?.rsplit_once('\0')?;
    let mut path = Vec::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1}' => path.push(b'/'),
            '\u{2}' => match letters.next()? {
                mark @ ('\u{1}' | '\u{2}') => path.push(mark as u8),
                byte => path.push(u8::try_from(byte).ok()?),
            },
            letter => path.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some((u32::from_str_radix(number, 16).ok()?, path))
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

/// Returns what is kept of an article with each of its passages: the beginning of a [`Stored`].
pub(super) fn of_article(
    (folder, path, format): (u32, &[u8], &str),
    title: &str,
    article: &Article,
) -> Vec<u8> {
    let Article { member, authors, date, date_source, url, tags, .. } = article;
    encoded(&(folder, path, format, member, title, authors, date, date_source, url, tags))
}

/// Returns what is kept of a passage by itself: the rest of a [`Stored`], but for its text.
pub(super) fn of_passage(passage: &Passage, language: Option<&str>, repeat: u32) -> Vec<u8> {
    let Passage { headings, section, role, place, .. } = passage;
    encoded(&(language, headings, section, role, place, repeat))
}

fn encoded(parts: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(parts).expect("plain data can be encoded")
}

/// Returns the passage that a document holds.
///
/// # Errors
/// When the document is not one of a passage.
pub(crate) fn stored(
    fields: &Fields,
    tables: &Tables,
    document: &TantivyDocument,
) -> Result<Stored, postcard::Error> {
    let bytes = document.get_first(fields.data).and_then(|value| value.as_bytes()).unwrap_or_default();
    let (stored, text): (Stored, &[u8]) = postcard::take_from_bytes(bytes)?;
    let text = tables.text(text).ok_or(postcard::Error::DeserializeBadEncoding)?;
    let hash = passage_hash(article_hash(&stored.path, stored.member.as_deref()), &text);
    Ok(Stored { id: id_of(hash, stored.repeat), text, ..stored })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Lines;

    #[test]
    fn the_beginning_of_an_id_names_a_range_of_hashes() {
        let check = |beginning: &str, expected: Option<(u64, u64)>| {
            let found = hashes_of(beginning).map(RangeInclusive::into_inner);
            assert_eq!(found, expected, "{beginning}");
        };
        check("", Some((0, u64::MAX)));
        check("0a", Some((0x0a00_0000_0000_0000, 0x0aff_ffff_ffff_ffff)));
        check("0123456789abcdef", Some((0x0123_4567_89ab_cdef, 0x0123_4567_89ab_cdef)));
        check("0123456789abcdef:2", Some((0x0123_4567_89ab_cdef, 0x0123_4567_89ab_cdef)));
        check("0123456789abcdef0", None);
        check("0123:2", None);
        check("AB", None);
        check("+1", None);
    }

    #[test]
    fn what_is_kept_of_a_passage_is_read_again() {
        let article = Article {
            member: Some("a.txt".into()),
            authors: vec!["Ann".into(), "Bo".into()],
            date: Date::parse("2024-02-29"),
            date_source: "name".into(),
            tags: vec!["sea".into()],
            ..Article::default()
        };
        let place = Place { of: Lines::File, line: 3, line_end: 300, record: Some(9), spot: None };
        let passage = Passage {
            headings: vec!["Tides".into()],
            text: String::new(),
            words: 0,
            section: 7,
            role: Role::Aside,
            place,
        };
        let data = of_article((1, b"x/y.zip", "zip"), "Of tides", &article);
        let data = [data, of_passage(&passage, Some("en"), 2)].concat();
        let expected = Stored {
            folder: 1,
            path: b"x/y.zip".into(),
            format: "zip".into(),
            member: article.member,
            title: "Of tides".into(),
            authors: article.authors,
            date: article.date,
            date_source: "name".into(),
            url: None,
            tags: article.tags,
            language: Some("en".into()),
            headings: passage.headings,
            section: 7,
            role: Role::Aside,
            place,
            repeat: 2,
            id: String::new(),
            text: String::new(),
        };
        assert_eq!(postcard::from_bytes(&data), Ok(expected));
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
}
