//! For programs. What is serialised here is a promise: keys are only ever added, and `schema` is
//! raised when one changes its meaning. `docs/json.md` describes every object.

use std::{
    io::{self, Write},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;

use super::{Look, Render};
use crate::{
    article::{Lines, Place},
    index::{ArticleText, FileLine, Report, Status, Verdict, Why},
    search::{Hit, Results},
};

/// The version of the objects.
const SCHEMA: u32 = 1;

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
fn write(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, object)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    query: &'a str,
    total: u64,
    total_exact: bool,
    relaxed: bool,
    hits: Vec<HitObject<'a>>,
    notes: Vec<String>,
    index: IndexObject,
}

#[derive(Serialize)]
pub(super) struct HitObject<'a> {
    rank: usize,
    score: f64,
    id: &'a str,
    #[serde(flatten)]
    file: FileObject<'a>,
    title: &'a str,
    author: Option<&'a str>,
    date: Option<String>,
    language: Option<&'a str>,
    format: &'a str,
    headings: &'a [String],
    place: PlaceObject,
    text: &'a str,
    snippet: Vec<PartObject<'a>>,
    more: u64,
    copies: u64,
    stale: Option<&'static str>,
    link: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    explanation: Vec<ScoreObject<'a>>,
}

#[derive(Serialize)]
struct FileObject<'a> {
    folder: String,
    path: String,
    member: Option<&'a str>,
    file: String,
    /// The file's path in base64, where it is not UTF-8 and `file` shows it with losses.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

#[derive(Serialize)]
struct PlaceObject {
    of: Lines,
    line: u32,
    line_end: u32,
    page: Option<u32>,
    chapter: Option<String>,
    slide: Option<u32>,
    record: Option<u64>,
    time: Option<String>,
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
            total: results.total,
            total_exact: results.total_exact,
            relaxed: false,
            hits: results.hits.iter().map(HitObject::of).collect(),
            notes: results.notes.iter().chain(&fresh.notes).cloned().chain(missing).collect(),
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

impl<'a> HitObject<'a> {
    pub(super) fn of(hit: &'a Hit) -> Self {
        let context = !hit.before.is_empty() || !hit.after.is_empty();
        Self {
            rank: hit.rank,
            score: rounded(hit.score),
            id: &hit.id,
            file: FileObject::of(&hit.folder, &hit.path, hit.member.as_deref(), &hit.file),
            title: &hit.title,
            author: hit.author.as_deref(),
            date: hit.date.map(|date| date.to_string()),
            language: hit.language.as_deref(),
            format: &hit.format,
            headings: &hit.headings,
            place: PlaceObject::of(&hit.place),
            text: &hit.text,
            snippet: hit
                .snippet
                .iter()
                .map(|part| PartObject { text: &part.text, matched: part.matched })
                .collect(),
            more: hit.more,
            copies: hit.copies,
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

impl<'a> FileObject<'a> {
    fn of(folder: &Path, path: &[u8], member: Option<&'a str>, file: &Path) -> Self {
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
    fn of(place: &Place) -> Self {
        Self {
            of: place.of,
            line: place.line,
            line_end: place.line_end,
            page: None,
            chapter: None,
            slide: None,
            record: None,
            time: None,
        }
    }
}

/// Scores to six decimals: more say nothing.
fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}

/// Writes what an update did.
///
/// # Errors
/// Whatever `out` says.
pub fn report(
    report: &Report,
    index: &Path,
    seconds: f64,
    peak_memory: Option<u64>,
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object {
        schema: u32,
        index: String,
        added: u64,
        changed: u64,
        removed: u64,
        unchanged: u64,
        skipped: u64,
        failed: u64,
        bytes: u64,
        articles: u64,
        passages: u64,
        missing: Vec<String>,
        interrupted: bool,
        rebuilt: bool,
        seconds: f64,
        peak_memory: Option<u64>,
    }
    let object = Object {
        schema: SCHEMA,
        index: index.display().to_string(),
        added: report.added,
        changed: report.changed,
        removed: report.removed,
        unchanged: report.unchanged,
        skipped: report.skipped,
        failed: report.failed,
        bytes: report.bytes,
        articles: report.articles,
        passages: report.passages,
        missing: report.missing.iter().map(|folder| folder.display().to_string()).collect(),
        interrupted: report.interrupted,
        rebuilt: report.rebuilt,
        seconds: (seconds * 1e3).round() / 1e3,
        peak_memory,
    };
    write(&object, out)
}

#[derive(Serialize)]
struct FileLineObject<'a> {
    file: String,
    verdict: &'static str,
    reasons: Vec<&'a str>,
    title: Option<&'a str>,
    format: Option<&'a str>,
    articles: u64,
    passages: u64,
}

impl<'a> FileLineObject<'a> {
    fn of(line: &'a FileLine) -> Self {
        let (verdict, reasons) = match &line.verdict {
            Verdict::Indexed(warnings) => ("indexed", warnings.iter().map(String::as_str).collect()),
            Verdict::Folder => ("folder", Vec::new()),
            Verdict::LeftOut(rule) => ("left-out", vec![rule.as_str()]),
            Verdict::Unsupported(cause) => ("unsupported", vec![cause.as_str()]),
            Verdict::Failed(cause) => ("failed", vec![cause.as_str()]),
            Verdict::NotSeen(cause) => ("not-seen", vec![cause.as_str()]),
            Verdict::Outside => ("outside", Vec::new()),
        };
        Self {
            file: line.path.display().to_string(),
            verdict,
            reasons,
            title: line.title.as_deref(),
            format: line.format.as_deref(),
            articles: line.articles,
            passages: line.passages,
        }
    }
}

/// Writes what the index holds, with the files that are asked for.
///
/// # Errors
/// Whatever `out` says.
pub fn status(status: &Status, files: Option<&[FileLine]>, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        index: String,
        updated: Option<String>,
        bytes: u64,
        articles: u64,
        passages: u64,
        segments: u64,
        folders: Vec<FolderObject<'a>>,
        files: FilesObject<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        list: Option<Vec<FileLineObject<'a>>>,
    }
    #[derive(Serialize)]
    struct FolderObject<'a> {
        folder: String,
        missing: bool,
        files: u64,
        bytes: u64,
        hidden: bool,
        no_ignore: bool,
        follow: bool,
        exclude: &'a [String],
    }
    #[derive(Serialize)]
    struct FilesObject<'a> {
        indexed: u64,
        warned: u64,
        left_out: u64,
        unsupported: u64,
        failed: u64,
        formats: &'a std::collections::BTreeMap<String, u64>,
    }
    let object = Object {
        schema: SCHEMA,
        index: status.path.display().to_string(),
        updated: status.updated.map(time),
        bytes: status.bytes,
        articles: status.articles,
        passages: status.passages,
        segments: status.segments,
        folders: status
            .folders
            .iter()
            .map(|folder| FolderObject {
                folder: folder.path.display().to_string(),
                missing: folder.missing,
                files: folder.files,
                bytes: folder.bytes,
                hidden: folder.rules.hidden,
                no_ignore: folder.rules.no_ignore,
                follow: folder.rules.follow,
                exclude: &folder.rules.exclude,
            })
            .collect(),
        files: FilesObject {
            indexed: status.indexed,
            warned: status.warned,
            left_out: status.left_out,
            unsupported: status.unsupported,
            failed: status.failed,
            formats: &status.formats,
        },
        list: files.map(|files| files.iter().map(FileLineObject::of).collect()),
    };
    write(&object, out)
}

/// Writes why a file is in the index or not.
///
/// # Errors
/// Whatever `out` says.
pub fn why(why: &Why, index: &Path, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        index: String,
        folder: Option<String>,
        #[serde(flatten)]
        file: FileLineObject<'a>,
        stale: Option<&'static str>,
    }
    let object = Object {
        schema: SCHEMA,
        index: index.display().to_string(),
        folder: why.folder.as_ref().map(|folder| folder.display().to_string()),
        file: FileLineObject::of(&why.file),
        stale: why.stale,
    };
    write(&object, out)
}

/// Writes an article, or part of one.
///
/// # Errors
/// Whatever `out` says.
pub fn article(article: &ArticleText, index: &Path, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        index: String,
        #[serde(flatten)]
        file: FileObject<'a>,
        title: &'a str,
        author: Option<&'a str>,
        date: Option<String>,
        url: Option<&'a str>,
        language: Option<&'a str>,
        format: &'a str,
        tags: &'a [String],
        text: &'a str,
        passages: Vec<PassageObject<'a>>,
        stale: Option<&'static str>,
    }
    #[derive(Serialize)]
    struct PassageObject<'a> {
        id: &'a str,
        headings: &'a [String],
        place: PlaceObject,
        text: &'a str,
        asked: bool,
    }
    let object = Object {
        schema: SCHEMA,
        index: index.display().to_string(),
        file: FileObject::of(&article.folder, &article.path, article.member.as_deref(), &article.file),
        title: &article.title,
        author: article.author.as_deref(),
        date: article.date.map(|date| date.to_string()),
        url: article.url.as_deref(),
        language: article.language.as_deref(),
        format: &article.format,
        tags: &article.tags,
        text: &article.text,
        passages: article
            .passages
            .iter()
            .map(|passage| PassageObject {
                id: &passage.id,
                headings: &passage.headings,
                place: PlaceObject::of(&passage.place),
                text: &passage.text,
                asked: passage.asked,
            })
            .collect(),
        stale: article.stale,
    };
    write(&object, out)
}

/// Writes an error.
///
/// # Errors
/// Whatever `out` says.
pub fn error(kind: &str, message: &str, hint: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        error: ErrorObject<'a>,
    }
    #[derive(Serialize)]
    struct ErrorObject<'a> {
        kind: &'a str,
        message: &'a str,
        hint: Option<&'a str>,
    }
    write(&Object { schema: SCHEMA, error: ErrorObject { kind, message, hint } }, out)
}
