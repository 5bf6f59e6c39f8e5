//! The commands: one file and one row each. What they share is how they are called and how they end.

mod check;
mod complete;
mod completions;
mod eval;
mod failure;
mod history;
mod index;
pub(crate) mod live;
mod locate;
mod man;
mod mcp;
mod open;
pub(crate) mod options;
mod prepare;
mod read_worker;
mod search;
mod serve;
mod settings;
mod show;
mod similar;
mod status;
mod ui;
pub(crate) mod watch;
mod why;

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use excerpt::render::object;

use self::ui::{Colour, Ui};

/// Finds the passage: full-text search over a folder of articles.
#[derive(Debug, Parser)]
#[command(
    name = "excerpt",
    version,
    about,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  excerpt search Llama 4 agentic --in corpus
  excerpt search '\"agentic capabilities\"' -nvidia --after 2025-01-01"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    shared: Shared,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
struct Shared {
    /// Use the index in this folder instead of the one that would be found
    #[arg(long, value_name = "DIR", global = true, help_heading = "Options of every command")]
    index: Option<std::path::PathBuf>,
    /// Print one JSON object
    #[arg(long, global = true, help_heading = "Options of every command")]
    json: bool,
    /// When to use colours
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        help_heading = "Options of every command"
    )]
    color: Colour,
    /// What the user's settings say.
    #[arg(skip)]
    settings: settings::InForce,
}

#[derive(Debug, Subcommand)]
enum Command {
    Search(search::Search),
    Index(index::Index),
    Status(status::Status),
    Why(why::Why),
    Show(show::Show),
    Similar(similar::Similar),
    Open(open::Open),
    Check(check::Check),
    Eval(eval::Eval),
    Serve(serve::Serve),
    Mcp(mcp::Mcp),
    Settings(settings::Settings),
    Completions(completions::Completions),
    Man(man::Man),
    /// Read what the program itself hands on
    #[command(hide = true)]
    ReadWorker,
    #[command(hide = true)]
    Complete(complete::Complete),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// What was asked for was done or found.
    Done,
    /// Nothing was found, or what was found is broken.
    Nothing,
    /// The user stopped it.
    Interrupted,
}

/// Runs the program with these arguments, the program's own name first.
pub(crate) fn main(args: Vec<OsString>) -> ExitCode {
    // What panics over a hostile file or a damaged index becomes an entry of the ledger, or an error.
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|wish| wish == "0") {
        std::panic::set_hook(Box::new(|panic| *last_panic() = Some(panic.to_string())));
    }
    std::panic::catch_unwind(|| run(args)).unwrap_or_else(|_| {
        let cause = last_panic().take().unwrap_or_default();
        let cause = excerpt::render::harmless(&cause).replace('\n', " ");
        let _ = writeln!(io::stderr(), "excerpt: a fault of the program: {cause}");
        let _ = writeln!(io::stderr(), "hint: please report it with what you did");
        ExitCode::from(2)
    })
}

/// Returns what the last panic said.
fn last_panic() -> std::sync::MutexGuard<'static, Option<String>> {
    static LAST: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);
    LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn run(args: Vec<OsString>) -> ExitCode {
    let as_json = args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json");
    let args = search::protect_words(args);
    let cli = match Cli::parsed(&args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, as_json),
    };
    let ui = Ui::new(cli.shared.color, cli.shared.json);
    let cli = match cli.with_settings(args) {
        Ok(cli) => cli,
        Err(error) => return failed(&error, &ui),
    };
    let ui = Ui::new(cli.shared.color, cli.shared.json);
    let outcome = match &cli.command {
        Command::Search(search) => search.run(&cli.shared, &ui),
        Command::Index(index) => index.run(&cli.shared, &ui),
        Command::Status(status) => status.run(&cli.shared, &ui),
        Command::Why(why) => why.run(&cli.shared, &ui),
        Command::Show(show) => show.run(&cli.shared, &ui),
        Command::Similar(similar) => similar.run(&cli.shared, &ui),
        Command::Check(check) => check.run(&cli.shared, &ui),
        Command::Eval(eval) => eval.run(&cli.shared, &ui),
        Command::Serve(serve) => serve.run(&cli.shared, &ui),
        Command::Mcp(mcp) => mcp.run(&cli.shared),
        Command::Open(open) => open.run(&cli.shared, &ui),
        Command::Settings(settings) => settings.run(&cli.shared, &ui),
        Command::Complete(complete) => complete.run(&cli.shared, &ui),
        Command::Completions(completions) => completions.run(&mut Cli::command(), &ui),
        Command::Man(man) => man.run(&Cli::command(), &ui),
        Command::ReadWorker => read_worker::run(),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&error, &ui),
    }
}

impl Cli {
    /// Understands arguments. Those of a search, and of indexing, are held against that command alone: making
    /// all of them takes a tenth of the time of a short search.
    fn parsed(args: &[OsString]) -> clap::error::Result<Self> {
        type Augment = fn(clap::Command) -> clap::Command;
        let alone = match args.get(1).and_then(|name| name.to_str()) {
            Some(name @ "search") => Some((name, search::Search::augment_args as Augment)),
            Some(name @ "index") => Some((name, index::Index::augment_args as Augment)),
            _ => None,
        };
        if let Some((name, augment)) = alone {
            let program = Shared::augment_args(clap::Command::new("excerpt"));
            let mut program = program.subcommand(augment(clap::Command::new(name.to_string())));
            // What is wrong, or a wish for help, is told by the whole program.
            if let Ok(matches) = program.try_get_matches_from_mut(args) {
                return Self::from_arg_matches(&matches);
            }
        }
        Self::try_parse_from(args)
    }

    /// Returns the arguments once more, with what the user's settings say where they say nothing.
    fn with_settings(self, args: Vec<OsString>) -> anyhow::Result<Self> {
        if matches!(
            self.command,
            Command::ReadWorker | Command::Complete(_) | Command::Completions(_) | Command::Man(_)
        ) {
            return Ok(self);
        }
        let settings = settings::InForce::read(&Self::command)?;
        let mut cli = match settings.are_options() {
            true => {
                let program = settings.defaults(Self::command());
                Self::from_arg_matches(&program.try_get_matches_from(args)?)?
            }
            false => self,
        };
        cli.shared.settings = settings;
        Ok(cli)
    }
}

/// Ends on what went wrong.
fn failed(error: &anyhow::Error, ui: &Ui) -> ExitCode {
    // There is nowhere left to say that saying it failed.
    let _ = say(error, ui);
    ExitCode::from(2)
}

fn say(error: &anyhow::Error, ui: &Ui) -> io::Result<()> {
    let known = error.downcast_ref::<excerpt::Error>();
    let own = error.downcast_ref::<failure::Failure>();
    let hint = own.map(|failure| failure.hint).or(known.and_then(excerpt::Error::hint));
    let mut message = String::new();
    for cause in error.chain() {
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(&cause.to_string());
    }
    if ui.json {
        let kind = own.map(|failure| failure.kind).or(known.map(excerpt::Error::kind)).unwrap_or("failed");
        return object::error(kind, &message, hint, &mut ui.out());
    }
    let message = excerpt::render::harmless(&message).into_owned();
    let mut err = ui.err();
    writeln!(err, "excerpt: {message}")?;
    hint.map_or(Ok(()), |hint| writeln!(err, "hint: {hint}"))
}

/// Ends on arguments that cannot be understood, or on a wish for help.
fn usage(error: &clap::Error, as_json: bool) -> ExitCode {
    let asked = !error.use_stderr();
    if as_json && !asked {
        let text = error.render().to_string();
        let hint = usage_lines(&text).find_map(|line| line.strip_prefix("tip: "));
        let _ = object::error("usage", &usage_message(error), hint, &mut io::stdout().lock());
        return ExitCode::from(2);
    }
    let _ = match asked {
        true => error.print(),
        // What was typed is part of the message.
        false => write!(io::stderr(), "{}", excerpt::render::harmless(&error.render().to_string())),
    };
    if asked { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Returns what is wrong with arguments, on one line.
fn usage_message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let told = |line: &&str| !(line.is_empty() || line.starts_with("tip: ") || line.starts_with("For more"));
    let message: Vec<&str> = usage_lines(&text).filter(told).collect();
    message.join(" ").trim_start_matches("error: ").to_string()
}

fn usage_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }
}
