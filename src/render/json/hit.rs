//! A hit as an object, with all that is said of a file and a place.

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;

use super::rounded;
use crate::{
    article::{Lines, Place, Spot},
    search::{Copy, FoundIn, Hit, Inside, Part},
};

#[derive(Serialize)]
pub(in crate::render) struct HitObject<'a> {
    rank: usize,
    score: f64,
    id: &'a str,
    #[serde(flatten)]
    file: FileObject<'a>,
    title: &'a str,
    author: Option<String>,
    authors: &'a [String],
    date: Option<String>,
    date_source: Option<&'a str>,
    url: Option<&'a str>,
    language: Option<&'a str>,
    format: &'a str,
    headings: &'a [String],
    place: PlaceObject,
    text: &'a str,
    snippet: Vec<PartObject<'a>>,
    found_in: Option<&'static str>,
    more: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passages: Vec<InsideObject<'a>>,
    copies: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    same: Vec<CopyObject<'a>>,
    stale: Option<&'static str>,
    link: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    explanation: Vec<ScoreObject<'a>>,
}

#[derive(Serialize)]
pub(in crate::render) struct FileObject<'a> {
    folder: String,
    path: String,
    member: Option<&'a str>,
    file: String,
    /// The file's path in base64, where it is not UTF-8 and `file` shows it with losses.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

#[derive(Serialize)]
pub(in crate::render) struct PlaceObject {
    of: Lines,
    line: u32,
    line_end: u32,
    page: Option<u32>,
    chapter: Option<u32>,
    slide: Option<u32>,
    record: Option<u64>,
    time: Option<u32>,
}

#[derive(Serialize)]
struct InsideObject<'a> {
    id: &'a str,
    headings: &'a [String],
    place: PlaceObject,
    text: &'a str,
    snippet: Vec<PartObject<'a>>,
    found_in: Option<&'static str>,
    link: &'a str,
}

#[derive(Serialize)]
struct CopyObject<'a> {
    id: &'a str,
    path: String,
    member: Option<&'a str>,
    file: String,
    title: &'a str,
    date: Option<String>,
    place: PlaceObject,
}

#[derive(Serialize)]
struct PartObject<'a> {
    text: &'a str,
    matched: bool,
}

#[derive(Serialize)]
struct Context<'a> {
    before: &'a [String],
    after: &'a [String],
}

#[derive(Serialize)]
struct ScoreObject<'a> {
    part: &'a str,
    score: f64,
}

impl<'a> HitObject<'a> {
    pub(in crate::render) fn of(hit: &'a Hit) -> Self {
        let context = !hit.before.is_empty() || !hit.after.is_empty();
        Self {
            rank: hit.rank,
            score: rounded(hit.score),
            id: &hit.id,
            file: FileObject::of(&hit.folder, &hit.path, hit.member.as_deref(), &hit.file),
            title: &hit.title,
            author: joined(&hit.authors),
            authors: &hit.authors,
            date: hit.date.map(|date| date.to_string()),
            date_source: Some(hit.date_source.as_str()).filter(|source| !source.is_empty()),
            url: hit.url.as_deref(),
            language: hit.language.as_deref(),
            format: &hit.format,
            headings: &hit.headings,
            place: PlaceObject::of(&hit.place),
            text: &hit.text,
            snippet: PartObject::all(&hit.snippet),
            found_in: hit.found_in.map(found_in),
            more: hit.more,
            passages: hit.passages.iter().map(InsideObject::of).collect(),
            copies: hit.copies,
            same: hit.same.iter().map(CopyObject::of).collect(),
            stale: hit.stale,
            link: &hit.link,
            context: context.then_some(Context { before: &hit.before, after: &hit.after }),
            explanation: hit
                .explanation
                .iter()
                .map(|(part, score)| ScoreObject { part, score: rounded(*score) })
                .collect(),
        }
    }
}

impl<'a> PartObject<'a> {
    fn all(parts: &'a [Part]) -> Vec<Self> {
        parts.iter().map(|part| Self { text: &part.text, matched: part.matched }).collect()
    }
}

impl<'a> InsideObject<'a> {
    fn of(inside: &'a Inside) -> Self {
        Self {
            id: &inside.id,
            headings: &inside.headings,
            place: PlaceObject::of(&inside.place),
            text: &inside.text,
            snippet: PartObject::all(&inside.snippet),
            found_in: inside.found_in.map(found_in),
            link: &inside.link,
        }
    }
}

impl<'a> CopyObject<'a> {
    fn of(copy: &'a Copy) -> Self {
        Self {
            id: &copy.id,
            path: String::from_utf8_lossy(&copy.path).into_owned(),
            member: copy.member.as_deref(),
            file: copy.file.display().to_string(),
            title: &copy.title,
            date: copy.date.map(|date| date.to_string()),
            place: PlaceObject::of(&copy.place),
        }
    }
}

impl<'a> FileObject<'a> {
    pub(in crate::render) fn of(folder: &Path, path: &[u8], member: Option<&'a str>, file: &Path) -> Self {
        Self {
            folder: folder.display().to_string(),
            path: String::from_utf8_lossy(path).into_owned(),
            member,
            file: file.display().to_string(),
            path_bytes: std::str::from_utf8(path).is_err().then(|| BASE64_STANDARD.encode(path)),
        }
    }
}

impl PlaceObject {
    pub(in crate::render) fn of(place: &Place) -> Self {
        let spot = |of: &dyn Fn(Spot) -> Option<u32>| place.spot.and_then(of);
        Self {
            of: place.of,
            line: place.line,
            line_end: place.line_end,
            page: spot(&|spot| if let Spot::Page(page) = spot { Some(page) } else { None }),
            chapter: spot(&|spot| if let Spot::Chapter(chapter) = spot { Some(chapter) } else { None }),
            slide: spot(&|spot| if let Spot::Slide(slide) = spot { Some(slide) } else { None }),
            record: place.record,
            time: spot(&|spot| if let Spot::Time(time) = spot { Some(time) } else { None }),
        }
    }
}

/// Returns the names of authors in one line.
pub(in crate::render) fn joined(authors: &[String]) -> Option<String> {
    (!authors.is_empty()).then(|| authors.join(", "))
}

/// Returns what the place is called where the words of a query stand.
fn found_in(place: FoundIn) -> &'static str {
    match place {
        FoundIn::Text => "text",
        FoundIn::Title => "title",
        FoundIn::Heading => "heading",
    }
}
