//! What the other commands print for programs, one object each; the same promise as that of
//! `json`.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::json::{FileObject, PlaceObject, SCHEMA, joined, time, write};
use crate::index::{ArticleText, FileLine, Freshness, Repair, Report, Status, Verdict, Why};

/// Writes what a check found, and what a repair did.
///
/// # Errors
/// Whatever `out` says.
pub fn check(repair: &Repair, index: &Path, seconds: f64, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        index: String,
        whole: bool,
        files: u64,
        bytes: u64,
        passages: u64,
        entries: u64,
        faults: Vec<Reason<'a>>,
        more_faults: u64,
        left_over: u64,
        unfinished: bool,
        repaired: Option<Repaired<'a>>,
        interrupted: bool,
        seconds: f64,
    }
    #[derive(Serialize)]
    struct Repaired<'a> {
        rebuilt: bool,
        read: u64,
        lost: Vec<Reason<'a>>,
    }
    #[derive(Serialize)]
    struct Reason<'a> {
        path: String,
        cause: &'a str,
    }
    fn reason<'a>(path: &Path, cause: &'a str) -> Reason<'a> {
        Reason { path: path.display().to_string(), cause }
    }
    let check = &repair.check;
    let repaired = repair.report.as_ref().map(|report| Repaired {
        rebuilt: report.rebuilt,
        read: report.added + report.changed,
        lost: repair.lost.iter().map(|(path, cause)| reason(path, cause)).collect(),
    });
    let object = Object {
        schema: SCHEMA,
        index: index.display().to_string(),
        whole: repair.is_whole(),
        files: check.files,
        bytes: check.bytes,
        passages: check.passages,
        entries: check.entries,
        faults: check.faults.iter().map(|fault| reason(&fault.path, &fault.cause)).collect(),
        more_faults: check.more_faults,
        left_over: check.left_over,
        unfinished: check.unfinished,
        repaired,
        interrupted: check.interrupted || repair.report.as_ref().is_some_and(|report| report.interrupted),
        seconds: (seconds * 1e3).round() / 1e3,
    };
    write(&object, out)
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
        unmerged: Option<String>,
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
        unmerged: report.unmerged.clone(),
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
pub fn status(
    status: &Status,
    fresh: &Freshness,
    files: Option<&[FileLine]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        index: String,
        updated: Option<String>,
        bytes: u64,
        articles: u64,
        passages: u64,
        segments: u64,
        /// Passages by language; `und` is none that is known.
        languages: BTreeMap<String, u64>,
        /// How many articles state what of themselves.
        stated: BTreeMap<&'static str, u64>,
        folders: Vec<FolderObject<'a>>,
        files: FilesObject<'a>,
        compared: u64,
        changed: Option<u64>,
        new: Option<u64>,
        gone: Option<u64>,
        notes: &'a [String],
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
        fields: BTreeMap<&'a str, &'a str>,
    }
    #[derive(Serialize)]
    struct FilesObject<'a> {
        indexed: u64,
        warned: u64,
        left_out: u64,
        unsupported: u64,
        failed: u64,
        formats: &'a BTreeMap<String, u64>,
    }
    let object = Object {
        schema: SCHEMA,
        index: status.path.display().to_string(),
        updated: status.updated.map(time),
        bytes: status.bytes,
        articles: status.articles,
        passages: status.passages,
        segments: status.segments,
        stated: status.stated.counts().into_iter().collect(),
        languages: status
            .languages
            .iter()
            .map(|(language, count)| {
                (language.map_or_else(|| "und".into(), |language| language.to_string()), *count)
            })
            .collect(),
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
                fields: folder.fields.iter().map(|(fact, name)| (name, fact)).collect(),
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
        compared: fresh.compared,
        changed: fresh.changed,
        new: fresh.new,
        gone: fresh.gone,
        notes: &fresh.notes,
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
        modified: Option<String>,
        told_by: &'static str,
        facts: Option<FactsObject<'a>>,
        stale: Option<&'static str>,
    }
    #[derive(Serialize)]
    struct FactsObject<'a> {
        authors: &'a [String],
        date: Option<String>,
        date_source: Option<&'a str>,
        url: Option<&'a str>,
        language: Option<&'a str>,
        tags: &'a [String],
    }
    let facts = why.facts.as_ref().map(|facts| FactsObject {
        authors: &facts.authors,
        date: facts.date.map(|date| date.to_string()),
        date_source: Some(facts.date_source.as_str()).filter(|source| !source.is_empty()),
        url: facts.url.as_deref(),
        language: facts.language.as_deref(),
        tags: &facts.tags,
    });
    let object = Object {
        schema: SCHEMA,
        index: index.display().to_string(),
        folder: why.folder.as_ref().map(|folder| folder.display().to_string()),
        file: FileLineObject::of(&why.file),
        modified: why.modified.map(time),
        told_by: if why.by_content { "content" } else { "name" },
        facts,
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
        author: Option<String>,
        authors: &'a [String],
        date: Option<String>,
        date_source: Option<&'a str>,
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
        author: joined(&article.authors),
        authors: &article.authors,
        date: article.date.map(|date| date.to_string()),
        date_source: Some(article.date_source.as_str()).filter(|source| !source.is_empty()),
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
