//! For programs: the whole answer as one object. What is serialised here is a promise: keys are only
//! ever added, and `schema` is raised when one changes its meaning. `docs/json.md` describes it.

mod hit;

use std::io::{self, Write};

use serde::Serialize;

pub(super) use self::hit::{FileObject, HitObject, PlaceObject, joined};
use super::{Look, Render};
use crate::search::{Facet, Facets, FolderFacet, Results, Suggestion, Unit};

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

/// Scores and figures to six decimals: more say nothing.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

pub(super) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}
