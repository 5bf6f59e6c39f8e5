//! Streams, colour, width and progress: nothing else decides them.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    sync::{
        Arc, Once,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use anstream::{AutoStream, ColorChoice};
use excerpt::{
    index::{Event, Outcome},
    render::{Hyperlinks, Look},
};
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The program's streams.
pub(super) struct Ui {
    /// Whether answers and errors are JSON objects.
    pub(super) json: bool,
    choice: ColorChoice,
}

impl Ui {
    pub(super) fn new(colour: Colour, json: bool) -> Self {
        let choice = match colour {
            Colour::Auto => AutoStream::choice(&io::stdout()),
            Colour::Always => ColorChoice::AlwaysAnsi,
            Colour::Never => ColorChoice::Never,
        };
        Self { json, choice }
    }

    /// Returns where answers go.
    pub(super) fn out(&self) -> io::BufWriter<AutoStream<io::Stdout>> {
        // Without colours nothing is added to take away again: what is data must stay as it is.
        let choice = if self.choice == ColorChoice::Never { ColorChoice::AlwaysAnsi } else { self.choice };
        io::BufWriter::new(AutoStream::new(io::stdout(), choice))
    }

    /// Returns where talk goes.
    pub(super) fn err(&self) -> io::Stderr {
        io::stderr()
    }

    /// Returns how answers are to look.
    pub(super) fn look(&self) -> Look {
        let terminal = io::stdout().is_terminal();
        let colour = self.choice != ColorChoice::Never;
        let width =
            terminal.then(|| terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)));
        let from = std::env::current_dir().map(|folder| dunce::canonicalize(&folder).unwrap_or(folder));
        Look {
            width,
            colour,
            // A terminal that takes no colours takes no links.
            links: if terminal && colour { Hyperlinks::File } else { Hyperlinks::None },
            terminal,
            from: from.unwrap_or_else(|_| PathBuf::from("/")),
            now: SystemTime::now(),
        }
    }
}

/// Returns the name of this machine, as links to its files give it; nothing where the system does not tell.
pub(super) fn host() -> String {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    return std::env::var("COMPUTERNAME").unwrap_or_default();
}

/// Returns a flag that Ctrl-C raises; a second Ctrl-C ends the program at once.
pub(super) fn interruption() -> Arc<AtomicBool> {
    interruption_then(|| {})
}

/// Returns the same flag; when it is raised, `then` is called too.
pub(super) fn interruption_then(then: impl Fn() + Send + 'static) -> Arc<AtomicBool> {
    let flag = Arc::default();
    raise_when_interrupted(&flag, then);
    flag
}

/// Has Ctrl-C raise a flag and call `then`, which takes a thread; a second Ctrl-C ends the program at once. Where
/// it raises one already, that stays so.
pub(super) fn raise_when_interrupted(flag: &Arc<AtomicBool>, then: impl Fn() + Send + 'static) {
    let raised = Arc::clone(flag);
    // Without a handler Ctrl-C ends the program, which loses nothing that was committed.
    let _ = ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "the user asked twice; nothing committed is lost")]
            std::process::exit(130);
        }
        then();
    });
}

/// A progress bar on a terminal; elsewhere only what must be said.
pub(super) struct Progress {
    bar: ProgressBar,
    files: u64,
    done: u64,
    quiet: bool,
}

/// A search says how much it is about to read when that is more files than this.
const MANY: u64 = 10_000;

impl Progress {
    /// Makes the progress of reading files. A quiet one does not name files that cannot be read.
    pub(super) fn new(quiet: bool) -> Self {
        Self { bar: ProgressBar::hidden(), files: 0, done: 0, quiet }
    }

    /// Takes what happened.
    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Planned { files, bytes } => self.plan(files, bytes),
            Event::Part { bytes } => self.bar.inc(bytes),
            Event::File { outcome: Outcome::Removed, .. } => {}
            Event::File { path, bytes, outcome } => {
                self.done += 1;
                self.bar.set_message(format!("{}/{} files", self.done, self.files));
                self.bar.inc(bytes);
                if let (Outcome::Failed(cause), false) = (outcome, self.quiet) {
                    let line = format!("excerpt: {}: {cause}", path.display());
                    let line = excerpt::render::harmless(&line).replace('\n', " ");
                    self.bar.suspend(|| say(&line));
                }
            }
            _ => {}
        }
    }

    fn plan(&mut self, files: u64, bytes: u64) {
        self.files = files;
        if files > MANY && self.quiet {
            say(&format!(
                "indexing {files} files ({}) first; Ctrl-C stops, and what was read stays",
                HumanBytes(bytes)
            ));
        }
        if files == 0 || !io::stderr().is_terminal() {
            return;
        }
        let style =
            ProgressStyle::with_template("{wide_bar} {percent:>3}% {msg} {binary_bytes_per_sec} {eta} left");
        self.bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr_with_hz(10));
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_message(format!("{files} files"));
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that counts what is done, shown on a terminal once that takes more than a moment.
pub(super) struct Counter {
    bar: ProgressBar,
    began: Instant,
    shown: Once,
}

/// How long work may take without a word.
const MOMENT: Duration = Duration::from_secs(1);

impl Counter {
    /// Makes a bar for so many things, of this name.
    pub(super) fn new(total: usize, what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3}% {pos}/{len} {msg} {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        Self { bar, began: Instant::now(), shown: Once::new() }
    }

    /// Counts one.
    pub(super) fn step(&self) {
        self.bar.inc(1);
        if self.began.elapsed() > MOMENT && io::stderr().is_terminal() {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10)));
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// Says something on standard error.
pub(super) fn say(line: &str) {
    use io::Write;
    // There is nowhere to say that standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}
