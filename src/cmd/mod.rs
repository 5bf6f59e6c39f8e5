//! The commands: one file and one row each. What they share is how they are called and how they end.

mod check;
mod completions;
mod eval;
mod index;
pub(crate) mod live;
mod locate;
mod man;
mod mcp;
pub(crate) mod options;
mod prepare;
mod read_worker;
mod search;
mod serve;
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

use clap::{CommandFactory, Parser, Subcommand};
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
}

#[derive(Debug, Subcommand)]
enum Command {
    Search(search::Search),
    Index(index::Index),
    Status(status::Status),
    Why(why::Why),
    Show(show::Show),
    Similar(similar::Similar),
    Check(check::Check),
    Eval(eval::Eval),
    Serve(serve::Serve),
    Mcp(mcp::Mcp),
    Completions(completions::Completions),
    Man(man::Man),
    /// Read what the program itself hands on
    #[command(hide = true)]
    ReadWorker,
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
    let cli = match Cli::try_parse_from(search::protect_words(args)) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, as_json),
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
        Command::Completions(completions) => completions.run(&mut Cli::command(), &ui),
        Command::Man(man) => man.run(&Cli::command(), &ui),
        Command::ReadWorker => read_worker::run(),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to say that saying it failed.
            let _ = say(&error, &ui);
            ExitCode::from(2)
        }
    }
}

fn say(error: &anyhow::Error, ui: &Ui) -> io::Result<()> {
    let known = error.downcast_ref::<excerpt::Error>();
    let hint = known.and_then(excerpt::Error::hint);
    let mut message = String::new();
    for cause in error.chain() {
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(&cause.to_string());
    }
    if ui.json {
        let kind = known.map_or("failed", excerpt::Error::kind);
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
        let lines = || text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
        let message: Vec<&str> =
            lines().filter(|line| !line.is_empty() && !line.starts_with("tip: ")).collect();
        let message = message.join(" ").trim_start_matches("error: ").to_string();
        let hint = lines().find_map(|line| line.strip_prefix("tip: "));
        let _ = object::error("usage", &message, hint, &mut io::stdout().lock());
        return ExitCode::from(2);
    }
    let _ = match asked {
        true => error.print(),
        // What was typed is part of the message.
        false => write!(io::stderr(), "{}", excerpt::render::harmless(&error.render().to_string())),
    };
    if asked { ExitCode::SUCCESS } else { ExitCode::from(2) }
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
