//! `excerpt completions`: what a shell needs to complete the program's arguments.

use std::io::Write;

use super::{Outcome, ui::Ui};

/// Print what a shell needs to complete excerpt's arguments
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt completions bash > ~/.local/share/bash-completion/completions/excerpt
  excerpt completions fish > ~/.config/fish/completions/excerpt.fish")]
pub(super) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(&self, program: &mut clap::Command, ui: &Ui) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, program, "excerpt", &mut script);
        let mut out = ui.out();
        out.write_all(&script)?;
        out.flush()?;
        Ok(Outcome::Done)
    }
}
