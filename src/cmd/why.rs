//! `excerpt why`: what became of a file, and why.

use std::{io::Write, path::PathBuf};

use excerpt::{
    Index,
    index::{Access, Facts, Verdict},
    render::{harmless, object, shown_path},
};

use super::{Outcome, Shared, locate, ui::Ui};

/// Say what became of a file, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt why corpus/news/meta-llama-4.md
  excerpt why ~/articles/scan.pdf --json")]
pub(super) struct Why {
    /// The file or folder
    path: PathBuf,
}

/// Returns a verdict in a word, and the reasons for it.
pub(super) fn verdict(verdict: &Verdict) -> (&'static str, Vec<&str>) {
    match verdict {
        Verdict::Indexed(warnings) => ("indexed", warnings.iter().map(String::as_str).collect()),
        Verdict::Folder => ("folder", Vec::new()),
        Verdict::LeftOut(rule) => ("left out", vec![rule]),
        Verdict::Unsupported(cause) => ("unsupported", vec![cause]),
        Verdict::Failed(cause) => ("failed", vec![cause]),
        Verdict::NotSeen(cause) => ("not seen", vec![cause]),
        Verdict::Outside => ("outside", Vec::new()),
    }
}

/// Returns what the first article says of itself, each with its name.
fn facts(facts: &Facts) -> Vec<(&'static str, String)> {
    let date = facts.date.map(|date| match facts.date_source.as_str() {
        "" => date.to_string(),
        source => format!("{date}, from {source}"),
    });
    let several = |names: &[String]| Some(names.join(", ")).filter(|names| !names.is_empty());
    let known = [
        ("author", several(&facts.authors)),
        ("date", date),
        ("url", facts.url.clone()),
        ("language", facts.language.clone()),
        ("tags", several(&facts.tags)),
    ];
    known.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
}

impl Why {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let index = Index::open_for(&locate::locate(shared)?, Access::Sparse)?;
        let why = index.why(&self.path)?;
        let mut out = ui.out();
        if ui.json {
            object::why(&why, index.path(), &mut out)?;
        } else {
            let from = ui.look().from;
            let (word, reasons) = verdict(&why.file.verdict);
            let path = shown_path(&why.file.path, &from);
            match &why.file.verdict {
                Verdict::Outside => {
                    writeln!(out, "{path}: in no folder of the index {}", shown_path(index.path(), &from))?
                }
                Verdict::Indexed(_) => {
                    let format = why.file.format.as_deref().unwrap_or_default();
                    let (articles, passages) = (why.file.articles, why.file.passages);
                    let told = if why.by_content { " by its content" } else { "" };
                    writeln!(
                        out,
                        "{path}: indexed as {format}{told}, {articles} article(s) in {passages} passage(s)"
                    )?;
                    if let Some(title) = &why.file.title {
                        writeln!(out, "title: {}", harmless(title))?;
                    }
                    for (name, fact) in why.facts.iter().flat_map(facts) {
                        writeln!(out, "{name}: {}", harmless(&fact).replace('\n', " "))?;
                    }
                }
                _ => writeln!(out, "{path}: {word}")?,
            }
            let lead = if word == "indexed" { "warning" } else { "because" };
            for reason in reasons {
                writeln!(out, "{lead}: {}", harmless(reason).replace('\n', " "))?;
            }
            match why.stale {
                Some("gone") if why.folder.as_ref().is_some_and(|folder| !folder.exists()) => {
                    writeln!(out, "its folder is missing; it stays in the index until that is forgotten")?;
                }
                Some("gone") => writeln!(out, "the file is gone; `excerpt index` takes it out")?,
                Some(_) => writeln!(out, "the file has changed since; `excerpt index` reads it again")?,
                None => {}
            }
        }
        out.flush()?;
        Ok(if matches!(why.file.verdict, Verdict::Indexed(_)) { Outcome::Done } else { Outcome::Nothing })
    }
}
