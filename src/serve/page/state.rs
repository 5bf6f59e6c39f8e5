//! How fresh the index is, and how an update goes.

use std::time::{SystemTime, UNIX_EPOCH};

use excerpt::{Index, index::Freshness, render::harmless};
use maud::{Markup, html};

use super::{
    asked::Asked,
    frame::{counted, grouped},
};
use crate::serve::updates::Progress;

/// Returns the line that says how far the answer can be trusted, with a button to update.
pub(super) fn line(asked: &Asked, index: &Index, fresh: &Freshness, running: Option<&Progress>) -> Markup {
    let found = [(fresh.changed, "changed"), (fresh.new, "new"), (fresh.gone, "gone")];
    let found: Vec<String> = found
        .iter()
        .filter_map(|(count, what)| {
            Some(format!("{} {what}", grouped((*count)?))).filter(|_| *count > Some(0))
        })
        .collect();
    let agrees = fresh.compared >= fresh.files && found.is_empty() && fresh.missing.is_empty();
    html! {
        footer.state {
            p.facts {
                span class=(if agrees { "dot fresh" } else { "dot stale" }) aria-hidden="true" {}
                (counted(index.articles(), "article"))
                @if let Some(updated) = index.updated() { " · indexed " (age(updated)) }
                @if running.is_none() {
                    " · "
                    @match fresh.compared {
                        0 if fresh.files > 0 => "not compared with the files",
                        compared if compared < fresh.files => {
                            (grouped(compared)) " of " (counted(fresh.files, "file")) " compared"
                        }
                        _ => { (counted(fresh.files, "file")) " compared" }
                    }
                }
                @if !found.is_empty() { " · " strong { (found.join(", ")) } }
                @if index.unread() > 0 { " · " (grouped(index.unread())) " could not be read" }
            }
            @for folder in &fresh.missing {
                p.note { "The folder " code { (harmless(&folder.display().to_string())) } " is missing; its articles are shown as they were." }
            }
            @for note in &fresh.notes { p.note { (harmless(note)) } }
            (self::running(running))
            form.update method="post" action={ "/update?" (asked.rest()) } {
                button type="submit" disabled[running.is_some()] { "Update" }
            }
        }
    }
}

/// Returns how an update goes.
pub(super) fn running(progress: Option<&Progress>) -> Markup {
    let said = progress.map(Progress::said).unwrap_or_default();
    html! {
        div.progress hidden[progress.is_none()] {
            progress max=[progress.map(|progress| progress.bytes.max(1))] value=[value(progress)] aria-label="Update" {}
            span.how { (said) }
        }
    }
}

/// None while it is not known how much there is to do.
fn value(progress: Option<&Progress>) -> Option<u64> {
    progress.filter(|progress| progress.files > 0).map(|progress| progress.bytes_done.min(progress.bytes))
}

impl Progress {
    fn said(&self) -> String {
        match self.files {
            0 => "comparing with the files".into(),
            files => format!("{} of {} files read", grouped(self.files_done), grouped(files)),
        }
    }
}

fn age(updated: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
    match now - updated {
        ..60 => "just now".into(),
        seconds @ ..3_600 => format!("{} min ago", seconds / 60),
        seconds @ ..86_400 => format!("{} h ago", seconds / 3_600),
        seconds @ ..172_800 => format!("{} day ago", seconds / 86_400),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}
