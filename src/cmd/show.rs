//! `excerpt show`: a passage with what stands around it, or the text of an article.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use excerpt::{
    Index,
    index::ArticleText,
    render::{harmless, object},
};

use super::{Outcome, Shared, locate, ui::Ui};

/// Print a passage with what stands around it, or the text of an article
///
/// An id, or any beginning of one that is unique, shows that passage; PATH:LINE the passage at that
/// line; PATH the whole article.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt show corpus/news/meta-llama-4.md
  excerpt show corpus/news/meta-llama-4.md:30 --context 2")]
pub(super) struct Show {
    /// An id from `search --json`, a file, or a file and a line
    #[arg(value_name = "ID|PATH[:LINE]")]
    what: String,
    /// How many passages before and after to print too
    #[arg(long, value_name = "N", default_value_t = 1)]
    context: usize,
}

impl Show {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let index = Index::open(&locate::locate(shared)?)?;
        let article = self.find(&index)?;
        let mut out = ui.out();
        if ui.json {
            object::article(&article, index.path(), &mut out)?;
        } else {
            writeln!(out, "{}", harmless(&article.text))?;
            if let Some(stale) = article.stale {
                let what = if stale == "gone" { "is gone" } else { "has changed" };
                out.flush()?;
                writeln!(ui.err(), "note: the file {what} since it was indexed")?;
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }

    fn find(&self, index: &Index) -> excerpt::Result<ArticleText> {
        let path = Path::new(&self.what);
        let (file, line) = match self.what.rsplit_once(':') {
            Some((file, line)) if !path.exists() && line.bytes().all(|byte| byte.is_ascii_digit()) => {
                (PathBuf::from(file), line.parse().ok())
            }
            _ => (path.into(), None),
        };
        if looks_like_id(&self.what) && !file.exists() {
            return index.show_id(&self.what, self.context);
        }
        index.show_path(&file, line, self.context)
    }
}

/// Whether a text may be the beginning of an id: hexadecimal digits, a colon and a number.
fn looks_like_id(text: &str) -> bool {
    let (hash, number) = text.split_once(':').unwrap_or((text, ""));
    let hash_like =
        hash.len() <= 16 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    !hash.is_empty() && hash_like && number.bytes().all(|byte| byte.is_ascii_digit())
}
