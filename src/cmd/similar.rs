//! `excerpt similar`: more like a passage or an article.

use std::ffi::OsString;

use super::{Outcome, Shared, options::Options, show, ui::Ui};

/// Print what is most like a passage or an article
///
/// Its telling words are asked of all other articles. An id, or any beginning of one that is unique,
/// means that passage; PATH:LINE the passage at that line; PATH the whole article, PATH#MEMBER one of
/// the articles of a file that holds several.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt similar corpus/news/meta-llama-4.md
  excerpt similar corpus/news/meta-llama-4.md:30 --by article -n 5")]
pub(super) struct Similar {
    /// An id from `search --json`, a file, or a file and a line or member
    #[arg(value_name = "ID|PATH[:LINE|#MEMBER]")]
    what: OsString,
    #[command(flatten)]
    options: Options,
}

impl Similar {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        self.options.answer(shared, ui, &self.options.query(String::new()), &|index, query| {
            index.similar(&show::find(index, &self.what, 0)?, query)
        })
    }
}
