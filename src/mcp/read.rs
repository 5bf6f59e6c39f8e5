//! The tools `read` and `read_many`: passages and articles, from the index alone.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use excerpt::{
    Error, Index,
    index::{ArticleText, Verdict},
    render::object,
    search::{self, LeftOut},
};
use serde_json::{Map, Value, json};

use super::{
    answer::{Answer, Fault, written},
    arguments::Arguments,
    reach::{Found, Reach},
    text::Page,
    tools::USUAL_BUDGET,
};

/// Of what was left out so many are named; the rest is counted.
const NAMED: usize = 50;

/// Files of one name that are told where another was asked for.
const LIKE_IT: usize = 3;

/// Reads a passage or an article.
pub(super) fn read(reach: &Reach, arguments: &Arguments, cancel: &AtomicBool) -> Result<Answer, Fault> {
    let found = reach.found(cancel)?;
    let index = &*found.index;
    let around = arguments.number("neighbours");
    let line = |name| arguments.number(name).map(|line| u32::try_from(line).unwrap_or(u32::MAX));
    let mut article = match (arguments.text("id"), arguments.text("path")) {
        (Some(id), None) => by_id(reach, index, id, around.unwrap_or(1))?,
        (None, Some(path)) => {
            let file = reach.resolve(index, path)?;
            let member = arguments.text("member");
            let read = match (line("line"), line("line_end")) {
                (None, None) => match member {
                    Some(member) => index.show_member(&file, member),
                    None => index.show_path(&file, None, 0),
                },
                (None, Some(_)) => return Err(Fault::usage("`line_end` needs `line`")),
                (Some(first), Some(last)) if last < first => {
                    return Err(Fault::usage(format!("`line_end` {last} stands before `line` {first}")));
                }
                (Some(first), last) => {
                    index.show_lines(&file, member, first..=last.unwrap_or(u32::MAX), around.unwrap_or(0))
                }
            };
            read.map_err(|error| unread(index, &file, error))?
        }
        _ => return Err(Fault::usage("give either `id` or `path`")),
    };
    let left_out = search::fit(&mut article, arguments.number("budget").unwrap_or(USUAL_BUDGET));
    let mut page = Page::default();
    page.article(&article, left_out.as_ref());
    let mut object = object_of(&article, index, left_out.as_ref());
    finish(&found, &mut object, &mut page)?;
    Ok(Answer { object, text: page.finish() })
}

/// Reads several, one after another, as far as the budget goes.
pub(super) fn read_many(reach: &Reach, arguments: &Arguments, cancel: &AtomicBool) -> Result<Answer, Fault> {
    let found = reach.found(cancel)?;
    let index = &*found.index;
    let names: Vec<Name> = match (arguments.has("ids"), arguments.text("glob")) {
        (true, None) => arguments.texts("ids").into_iter().map(|id| Name::Id(id.into())).collect(),
        (false, Some(glob)) => {
            let files = index.files_like(glob)?;
            files.into_iter().filter(|file| reach.reaches(file)).map(Name::File).collect()
        }
        _ => return Err(Fault::usage("give either `ids` or `glob`")),
    };
    let around = arguments.number("neighbours").unwrap_or(0);
    let mut left = arguments.number("budget").unwrap_or(USUAL_BUDGET);
    let mut page = Page::default();
    page.line(&format!("found: to read: {}", names.len()));
    if names.is_empty() && arguments.has("glob") {
        page.fact("note", "no path of the index is of this pattern; status names its folders");
    }
    let (mut articles, mut missing, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for name in &names {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        if left == 0 {
            left_out.push(name.to_string());
            continue;
        }
        let read = match name {
            Name::Id(id) => by_id(reach, index, id, around),
            Name::File(file) => index.show_path(file, None, 0).map_err(|error| unread(index, file, error)),
        };
        let mut article = match read {
            Ok(article) => article,
            Err(fault) => {
                missing.push((name.to_string(), fault));
                continue;
            }
        };
        let out = search::fit(&mut article, left);
        let takes = search::tokens_of(&article);
        if takes > left && !articles.is_empty() {
            // Not even its first passage fits.
            left_out.push(name.to_string());
            left = 0;
            continue;
        }
        left = if out.is_some() { 0 } else { left.saturating_sub(takes) };
        page.article(&article, out.as_ref());
        articles.push(Value::Object(object_of(&article, index, out.as_ref())));
    }
    for (name, fault) in &missing {
        page.fact("not read", &format!("{name}: {}", fault.answer().text));
    }
    if !left_out.is_empty() {
        let named = left_out.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = left_out.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        page.fact("left out", &format!("{named}{more}: raise the budget, or read these by themselves"));
    }
    let not_read = missing.iter().map(|(name, fault)| {
        let mut object = fault.answer().object;
        object.insert("name".into(), name.as_str().into());
        object.remove("schema");
        Value::Object(object)
    });
    let mut object = Map::new();
    object.insert("schema".into(), 1.into());
    object.insert("index".into(), index.path().display().to_string().into());
    object.insert("articles".into(), articles.into());
    object.insert("not_read".into(), not_read.collect());
    let named: Vec<&String> = left_out.iter().take(NAMED).collect();
    object.insert("left_out".into(), json!({"count": left_out.len(), "names": named}));
    finish(&found, &mut object, &mut page)?;
    Ok(Answer { object, text: page.finish() })
}

/// What is to be read.
enum Name {
    Id(String),
    File(PathBuf),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::File(file) => file.display().fmt(f),
        }
    }
}

fn by_id(reach: &Reach, index: &Index, id: &str, around: usize) -> Result<ArticleText, Fault> {
    let article = index.show_id(id, around)?;
    match reach.reaches(&article.file) {
        true => Ok(article),
        false => Err(Error::UnknownPassage { name: id.into() }.into()),
    }
}

/// Says why a file that is in reach could not be read: what became of it, and others of its name.
fn unread(index: &Index, file: &Path, error: Error) -> Fault {
    if !matches!(error, Error::UnknownPassage { .. }) {
        return error.into();
    }
    let shown = file.display();
    let cause = match index.why(file).map(|why| why.file.verdict) {
        Ok(Verdict::Failed(cause) | Verdict::Unsupported(cause)) => format!("{shown} was not read: {cause}"),
        Ok(Verdict::LeftOut(rule)) => format!("{shown} is not in the index: {rule}"),
        Ok(Verdict::NotSeen(cause)) => format!("{shown} is not in the index: {cause}"),
        Ok(Verdict::Folder) => format!("{shown} is a folder: read_many takes a glob"),
        _ => return error.into(),
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let plain = !name.contains(['*', '?', '[', ']', '{', '}', '!', '\\']);
    let like = if plain { index.files_like(&name).unwrap_or_default() } else { Vec::new() };
    let like: Vec<String> = like.iter().take(LIKE_IT).map(|file| file.display().to_string()).collect();
    let hint = match like.is_empty() {
        true => "search for its words, or ask status what could not be read".into(),
        false => format!("the index has: {}", like.join(", ")),
    };
    Fault::new("unknown-passage", cause, hint)
}

/// Returns the object that `show --json` prints, and what was left out of it.
fn object_of(article: &ArticleText, index: &Index, left_out: Option<&LeftOut>) -> Map<String, Value> {
    let mut object = written(&|out| object::article(article, index.path(), out));
    let left_out = left_out.map(|out| {
        let next = out.next.as_ref().map(|(id, line)| json!({"id": id, "line": line}));
        json!({"before": out.before, "after": out.after, "next": next})
    });
    object.insert("left_out".into(), left_out.unwrap_or_default());
    object
}

/// Adds what every answer says of the index.
fn finish(found: &Found, object: &mut Map<String, Value>, page: &mut Page) -> Result<(), Fault> {
    let unread = found.index.unread();
    page.index(&found.index, unread, &found.freshness);
    let fresh = &found.freshness;
    object.insert("notes".into(), json!(fresh.notes));
    object.insert(
        "freshness".into(),
        json!({
            "updated": found.index.updated().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).map(|time| time.to_string()),
            "files": fresh.files, "compared": fresh.compared,
            "changed": fresh.changed, "new": fresh.new, "gone": fresh.gone, "unread": unread,
        }),
    );
    Ok(())
}
