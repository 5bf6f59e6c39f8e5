//! `excerpt man`: the manual pages.

use std::{fs, io::Write, path::PathBuf};

use anyhow::Context;

use super::{Outcome, ui::Ui};

/// Print the manual page, or write all of them to a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt man | man -l -
  excerpt man ~/.local/share/man/man1")]
pub(super) struct Man {
    /// The folder to write a page for every command to
    folder: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, program: &clap::Command, ui: &Ui) -> anyhow::Result<Outcome> {
        let mut out = ui.out();
        match &self.folder {
            None => clap_mangen::Man::new(program.clone()).render(&mut out)?,
            Some(folder) => {
                fs::create_dir_all(folder).with_context(|| format!("cannot write {}", folder.display()))?;
                clap_mangen::generate_to(program.clone(), folder)
                    .with_context(|| format!("cannot write {}", folder.display()))?;
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}
