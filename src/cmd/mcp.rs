//! `excerpt mcp`: the tools for agents.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    thread,
};

use excerpt::index::Update;

use super::{
    Outcome, Shared, locate,
    prepare::{self, Unknown},
    ui,
};
use crate::mcp::{
    self,
    reach::{First, Reach},
};

/// Give agents tools to search and read, over standard input and output
///
/// A server of the Model Context Protocol with four tools that only read: search, read, read_many and
/// status. It answers until its input ends, each time from the newest state of the index, which need not be
/// there yet. The README says how to add it to an agent.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt mcp --in ~/articles
  claude mcp add excerpt -- excerpt mcp --in ~/articles")]
pub(super) struct Mcp {
    /// Reach into this folder or file only; one that the index does not know is indexed first
    #[arg(long = "in", value_name = "PATH")]
    within: Vec<PathBuf>,
}

impl Mcp {
    pub(super) fn run(&self, shared: &Shared) -> anyhow::Result<Outcome> {
        let dir = locate::locate(shared)?;
        let means = shared.settings.means.update();
        let reach = Arc::new(Reach::new(dir.clone(), &self.within, means.clone()));
        if !self.within.is_empty() {
            let (within, reach) = (self.within.clone(), Arc::clone(&reach));
            // The client waits for a first answer no longer than for one that is there.
            thread::spawn(move || reach.indexed(index(&dir, &within, &means)));
        }
        mcp::serve(reach)?;
        Ok(Outcome::Done)
    }
}

/// Indexes what is not known yet, and says on standard error what it does.
fn index(dir: &std::path::Path, within: &[PathBuf], means: &Update) -> First {
    let mut notes = Vec::new();
    // A signal ends the process, which loses nothing that was committed.
    let never = || Arc::new(AtomicBool::new(false));
    let opened = prepare::open(dir, within, Unknown::Indexed, means, &never, &mut notes)
        .and_then(|index| prepare::unread(&index, within, &mut notes).map(|()| index));
    let say = |what: &str| ui::say(&format!("excerpt: {}", excerpt::render::harmless(what)));
    match opened {
        Ok(index) => {
            say(&format!("{} articles in {}", index.articles(), index.path().display()));
            notes.iter().for_each(|note| say(note));
            First::Done(notes)
        }
        Err(error) => {
            let cause = format!("{error:#}");
            say(&cause);
            First::Failed(cause)
        }
    }
}
