//! For programs: the whole answer as one object. What is serialised here is a promise: keys are only
//! ever added, and `schema` is raised when one changes its meaning. `docs/json.md` describes it.

use std::{
    io::{self, Write},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;

use super::{Look, Render};
use crate::{
    article::{Lines, Place, Spot},
    search::{Copy, Facet, Facets, FolderFacet, FoundIn, Hit, Inside, Part, Results, Suggestion, Unit},
};

/// The version of the objects.
pub(super) const SCHEMA: u32 = 1;

/// The whole answer as one object.
pub(super) struct Json;

impl Render for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn render(&self, results: &Results, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        write(&Answer::of(results), out)
    }
}

/// Writes an object and a line break.
///
/// # Errors
/// Whatever `out` says.
pub(super) fn write(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", escaped(serde_json::to_string_pretty(object)?))
}

/// Returns JSON that cannot drive a terminal: what it leaves as it is of control characters (DEL and C1) and
/// of those that turn the direction of writing stands in it only inside of strings, and is escaped there.
pub(super) fn escaped(json: String) -> String {
    let harmful = |letter: char| matches!(letter, '\u{7F}'..='\u{9F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if !json.contains(harmful) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        match harmful(letter) {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(letter))),
            false => escaped.push(letter),
        }
    }
    escaped
}

#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    query: &'a str,
    by: &'static str,
    total: u64,
    total_exact: bool,
    relaxed: bool,
    hits: Vec<HitObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetsObject<'a>>,
    notes: Vec<String>,
    unknown: &'a [String],
    suggestions: Vec<SuggestionObject<'a>>,
    corrected: Option<&'a str>,
    without: Vec<WithoutObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<BudgetObject>,
    index: IndexObject,
}

#[derive(Serialize)]
struct FacetsObject<'a> {
    folders: Vec<FolderObject>,
    formats: Vec<FacetObject<'a>>,
    languages: Vec<FacetObject<'a>>,
    dates: Vec<FacetObject<'a>>,
}

#[derive(Serialize)]
struct FacetObject<'a> {
    name: &'a str,
    total: u64,
}

#[derive(Serialize)]
struct FolderObject {
    folder: String,
    path: String,
    file: String,
    total: u64,
}

#[derive(Serialize)]
struct BudgetObject {
    tokens: usize,
    used: usize,
    left_out: u64,
    too_long: u64,
    needed: Option<usize>,
}

#[derive(Serialize)]
struct SuggestionObject<'a> {
    word: &'a str,
    passages: u64,
    near: Vec<NearObject<'a>>,
}

#[derive(Serialize)]
struct NearObject<'a> {
    word: &'a str,
    passages: u64,
}

#[derive(Serialize)]
struct WithoutObject<'a> {
    filter: &'a str,
    total: u64,
}

#[derive(Serialize)]
pub(super) struct HitObject<'a> {
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
pub(super) struct FileObject<'a> {
    folder: String,
    path: String,
    member: Option<&'a str>,
    file: String,
    /// The file's path in base64, where it is not UTF-8 and `file` shows it with losses.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PlaceObject {
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

#[derive(Serialize)]
struct IndexObject {
    path: String,
    updated: Option<String>,
    articles: u64,
    passages: u64,
    files: u64,
    compared: u64,
    changed: Option<u64>,
    new: Option<u64>,
    gone: Option<u64>,
    unread: u64,
}

impl<'a> Answer<'a> {
    fn of(results: &'a Results) -> Self {
        let fresh = &results.freshness;
        let missing = fresh.missing.iter().map(|folder| {
            format!("the folder {} is missing; its articles are shown as they were", folder.display())
        });
        Self {
            schema: SCHEMA,
            query: &results.query,
            by: match results.by {
                Unit::Passage => "passage",
                Unit::Article => "article",
            },
            total: results.total,
            total_exact: results.total_exact,
            relaxed: results.relaxed,
            hits: results.hits.iter().map(HitObject::of).collect(),
            facets: results.facets.as_ref().map(FacetsObject::of),
            notes: results.notes.iter().chain(&fresh.notes).cloned().chain(missing).collect(),
            unknown: &results.unknown,
            suggestions: results.suggestions.iter().map(SuggestionObject::of).collect(),
            corrected: results.corrected.as_deref(),
            without: results
                .without
                .iter()
                .map(|without| WithoutObject { filter: &without.filter, total: without.total })
                .collect(),
            budget: results.spent.map(|spent| BudgetObject {
                tokens: spent.budget,
                used: spent.used,
                left_out: spent.left_out,
                too_long: spent.too_long,
                needed: spent.needed,
            }),
            index: IndexObject {
                path: results.index.display().to_string(),
                updated: results.updated.map(time),
                articles: results.articles,
                passages: results.passages,
                files: fresh.files,
                compared: fresh.compared,
                changed: fresh.changed,
                new: fresh.new,
                gone: fresh.gone,
                unread: results.unread,
            },
        }
    }
}

impl<'a> FacetsObject<'a> {
    fn of(facets: &'a Facets) -> Self {
        let named = |facets: &'a [Facet]| {
            facets.iter().map(|facet| FacetObject { name: &facet.name, total: facet.total }).collect()
        };
        let folder = |folder: &FolderFacet| FolderObject {
            folder: folder.folder.display().to_string(),
            path: String::from_utf8_lossy(&folder.path).into_owned(),
            file: folder.file.display().to_string(),
            total: folder.total,
        };
        Self {
            folders: facets.folders.iter().map(folder).collect(),
            formats: named(&facets.formats),
            languages: named(&facets.languages),
            dates: named(&facets.dates),
        }
    }
}

impl<'a> SuggestionObject<'a> {
    fn of(suggestion: &'a Suggestion) -> Self {
        let near =
            suggestion.near.iter().map(|near| NearObject { word: &near.word, passages: near.passages });
        Self { word: &suggestion.word, passages: suggestion.passages, near: near.collect() }
    }
}

impl<'a> HitObject<'a> {
    pub(super) fn of(hit: &'a Hit) -> Self {
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
    pub(super) fn of(folder: &Path, path: &[u8], member: Option<&'a str>, file: &Path) -> Self {
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
    pub(super) fn of(place: &Place) -> Self {
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
pub(super) fn joined(authors: &[String]) -> Option<String> {
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

/// Scores and figures to six decimals: more say nothing.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

pub(super) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}
