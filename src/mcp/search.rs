//! The tool `search`: ranked passages within a budget.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::SystemTime,
};

use excerpt::{
    Index,
    date::Date,
    render::{self, Look},
    search::{Query, RELAXED, Results},
};

use super::{
    answer::{Answer, Fault, written},
    arguments::Arguments,
    reach::{Found, Reach},
    text::Page,
    tools::{USUAL_BUDGET, USUAL_LIMIT},
};
use crate::cmd::options;

pub(super) fn search(
    reach: &Reach,
    arguments: &Arguments,
    cancel: &Arc<AtomicBool>,
) -> Result<Answer, Fault> {
    let Found { index, freshness } = reach.found(cancel)?;
    let query = Query { cancel: Some(Arc::clone(cancel)), ..query(reach, &index, arguments)? };
    let mut results = index.search(&query)?;
    results.freshness = freshness;
    let json = render::by_name("json").ok_or_else(|| Fault::usage("there is no such format"))?;
    let object = written(&|out| json.render(&results, &Look::plain(SystemTime::now()), out));
    Ok(Answer { object, text: text(&index, &query, &results) })
}

fn query(reach: &Reach, index: &Index, arguments: &Arguments) -> Result<Query, Fault> {
    let date = |name: &str| -> Result<Option<Date>, Fault> {
        let parsed = arguments.text(name).map(options::date).transpose();
        parsed.map_err(|expected| Fault::usage(format!("`{name}` is no date: {expected}")))
    };
    let within = arguments.texts("folders").into_iter().map(|folder| reach.resolve(index, folder));
    let within = within.collect::<Result<Vec<PathBuf>, Fault>>()?;
    let query = Query {
        text: arguments.text("query").unwrap_or_default().into(),
        today: Some(options::today()),
        within: if within.is_empty() { reach.within().into() } else { within },
        after: date("after")?,
        before: date("before")?,
        languages: arguments.text("language").map(String::from).into_iter().collect(),
        limit: arguments.number("limit").unwrap_or(USUAL_LIMIT),
        budget: Some(arguments.number("budget").unwrap_or(USUAL_BUDGET)),
        offset: arguments.number("offset").unwrap_or(0),
        per_article: arguments.number("per_article").unwrap_or(1),
        ..Query::default()
    };
    let filtered = query.after.is_some() || query.before.is_some() || !query.languages.is_empty();
    if query.text.trim().is_empty() && !filtered && query.within.is_empty() {
        return Err(Fault::usage(
            "`query` is empty: say what to look for, or give folders, dates or a language",
        ));
    }
    Ok(query)
}

fn text(index: &Index, query: &Query, results: &Results) -> String {
    let mut page = Page::default();
    let more = if results.total_exact { "" } else { "at least " };
    let shown = results.hits.len();
    match results.total {
        0 => page.line("found: no passage matches; the index is there and was searched"),
        total => page.line(&format!("found: passages that match: {more}{total}, shown: {shown}")),
    }
    let relaxed = |note: &&String| results.relaxed && note.starts_with(RELAXED);
    for note in results.notes.iter().filter(relaxed) {
        page.fact("relaxed", note);
    }
    results.hits.iter().for_each(|hit| page.hit(hit));
    left_out(query, results, &mut page);
    for line in render::advice(results) {
        page.fact("near", &line);
    }
    for note in results.notes.iter().filter(|note| !relaxed(note)) {
        page.fact("note", note);
    }
    page.index(index, results.unread, &results.freshness);
    page.finish()
}

/// Says what was left out and how to get it.
fn left_out(query: &Query, results: &Results, page: &mut Page) {
    let Some(spent) = results.spent.filter(|_| results.total > 0) else { return };
    if let Some(needed) = spent.needed {
        return page.fact("left out", &format!("all: the best passage takes {needed} tokens, raise budget"));
    }
    let Some(last) = results.hits.last() else {
        return page.fact("left out", "all: offset is past the last passage");
    };
    let more: u64 = results.hits.iter().map(|hit| hit.more).sum();
    let mut ways = Vec::new();
    if spent.too_long > 0 {
        ways.push(format!("raise budget ({} were too long for what was left of it)", spent.too_long));
    }
    // Of what is behind the last, others may be of the articles that are shown.
    if spent.left_out > more {
        ways.push(format!("ask again with offset {}", last.rank));
    }
    if more > 0 && query.per_article == 1 {
        ways.push("raise per_article for more of the same articles".into());
    }
    if spent.left_out > 0 {
        let least = if results.total_exact { "" } else { "at least " };
        page.fact("left out", &format!("{least}{} that match: {}", spent.left_out, ways.join(", or ")));
    }
}
