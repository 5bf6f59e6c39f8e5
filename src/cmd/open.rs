//! `excerpt open`: a hit in the program that shows it, at its place where that can be said.

use std::{
    ffi::{OsStr, OsString},
    io::Write,
    path::Path,
    process::Command,
};

use excerpt::{
    Index,
    article::Lines,
    format::FORMATS,
    index::{Access, ArticleText},
    render::harmless,
    search,
};
use serde_json::json;

use super::{Outcome, Shared, failure::Failure, history, locate, show, ui::Ui};

/// Open a hit of the last search, at its place where its format allows
///
/// A number means that hit of the last `search` or `similar`, whatever folder it was asked in; an id or a
/// path what it means to `show`. Text goes to the editor that your settings name; PDF files and web pages
/// go to the browser that they name, or to the default application, as a file: URL that says the page or
/// the words; everything else goes to the default application.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt open 1
  excerpt open 3 --print")]
pub(super) struct Open {
    /// The number of a hit, an id, or a file with a line or member
    #[arg(value_name = "N|ID|PATH[:LINE]")]
    what: OsString,
    /// Only print what would be opened, and by what
    #[arg(long)]
    print: bool,
}

/// No id is as short as the number of a hit.
const LONGEST_NUMBER: usize = 4;

impl Open {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let article = match rank(&self.what) {
            Some(rank) => hit(rank, shared)?,
            None => {
                let index = Index::open_for(&locate::locate(shared)?, Access::Sparse)?;
                show::find(&index, &self.what, 0)?
            }
        };
        is_as_it_was(&article)?;
        let target = Target::of(&article, shared)?;
        if self.print {
            target.print(&article, ui)?;
        } else {
            target.open()?;
        }
        Ok(Outcome::Done)
    }
}

/// Returns the number of a hit, if the argument is one.
fn rank(what: &OsStr) -> Option<usize> {
    let text = what.to_str().filter(|text| text.len() <= LONGEST_NUMBER)?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Returns what a hit of the last search found.
fn hit(rank: usize, shared: &Shared) -> anyhow::Result<ArticleText> {
    let last = history::last()?;
    if let Some(named) = &shared.index
        && dunce::canonicalize(named).unwrap_or_else(|_| named.clone()) != last.index
    {
        return Err(other_index(format!("the last search asked the index in {}", last.index.display())));
    }
    let Some(found) = last.hits.iter().find(|hit| hit.rank == rank) else {
        let message = match (last.hits.first(), last.hits.last()) {
            (Some(first), Some(end)) => {
                format!("the last search, `{}`, printed hits {} to {}", last.query, first.rank, end.rank)
            }
            _ => format!("the last search, `{}`, found nothing", last.query),
        };
        let hint = "give the number that stands before a hit, or an id from `excerpt search --json`";
        return Err(Failure { kind: "no-such-hit", message, hint }.into());
    };
    let gone = |what: &str| other_index(format!("hit {rank} was {}, and {what}", found.place));
    if !excerpt::index::is_index(&last.index) {
        return Err(gone(&format!("there is no index in {} any more", last.index.display())));
    }
    let index = Index::open_for(&last.index, Access::Sparse)?;
    match index.show_id(&found.id, 0) {
        Err(excerpt::Error::UnknownPassage { .. }) => {
            Err(gone("the index does not hold that passage any more"))
        }
        article => Ok(article?),
    }
}

fn other_index(message: String) -> anyhow::Error {
    Failure { kind: "other-index", message, hint: "search again" }.into()
}

/// Checks that the file is the one that was read.
fn is_as_it_was(article: &ArticleText) -> Result<(), Failure> {
    let file = article.file.display();
    match article.stale {
        None => Ok(()),
        Some("gone") => Err(Failure {
            kind: "gone",
            message: format!("the file {file} is gone"),
            hint: "`excerpt show` prints what the index holds of it",
        }),
        Some(_) => Err(Failure {
            kind: "changed",
            message: format!(
                "the file {file} has changed since it was indexed, and the place may be another"
            ),
            hint: "search again",
        }),
    }
}

/// What is opened, and by what.
#[derive(Debug, PartialEq)]
enum Target {
    /// A program of the user's settings, with its arguments.
    Program(Vec<OsString>),
    /// The system's default application for a file or a URL.
    Default(OsString),
}

impl Target {
    fn of(article: &ArticleText, shared: &Shared) -> Result<Self, Failure> {
        let settings = &shared.settings;
        let passage = article.passages.iter().find(|passage| passage.asked);
        let lines = passage
            .filter(|passage| passage.place.of == Lines::File)
            .filter(|passage| article.member.is_none() || passage.place.record.is_some());
        if let (Some(passage), [_, ..]) = (lines, settings.editor.as_slice()) {
            let line = passage.place.line.to_string();
            let put = [("{path}", article.file.as_os_str()), ("{line}", OsStr::new(&line))];
            return Ok(Self::Program(with(&settings.editor, &put)));
        }
        let url = search::link(article).filter(|url| url.contains("#page=") || url.contains("#:~:text="));
        if let (Some(url), [_, ..]) = (&url, settings.browser.as_slice()) {
            return Ok(Self::Program(with(&settings.browser, &[("{url}", OsStr::new(url))])));
        }
        if !is_safe(&article.file) {
            return Err(Failure {
                kind: "not-opened",
                message: format!(
                    "{} has no ending of a kind that is only read: the default application might run it",
                    article.file.display()
                ),
                hint: "name an editor in your settings (`excerpt settings --sample`), or print it with `excerpt show`",
            });
        }
        Ok(Self::Default(url.map_or_else(|| article.file.clone().into(), OsString::from)))
    }

    fn open(&self) -> Result<(), Failure> {
        let failed = |what: &OsStr, cause: String| Failure {
            kind: "not-opened",
            message: format!("cannot open it with {}: {cause}", what.display()),
            hint: "name an editor or browser in your settings: `excerpt settings --sample`",
        };
        match self {
            Self::Program(command) => {
                let (program, args) = command.split_first().expect("a setting names a program");
                let ended = Command::new(program).args(args).status();
                let ended = ended.map_err(|error| failed(program, error.to_string()))?;
                if ended.success() { Ok(()) } else { Err(failed(program, ended.to_string())) }
            }
            Self::Default(what) => open::that_detached(what)
                .map_err(|error| failed(OsStr::new("the default application"), error.to_string())),
        }
    }

    fn print(&self, article: &ArticleText, ui: &Ui) -> anyhow::Result<()> {
        let mut out = ui.out();
        let text = |part: &OsString| part.to_string_lossy().into_owned();
        if ui.json {
            let asked = article.passages.iter().find(|passage| passage.asked);
            let (command, opened) = match self {
                Self::Program(command) => (Some(command.iter().map(text).collect::<Vec<_>>()), None),
                Self::Default(what) => (None, Some(text(what))),
            };
            let object = json!({
                "schema": 1,
                "id": asked.map(|passage| &passage.id),
                "file": article.file.to_string_lossy(),
                "command": command,
                "default": opened,
            });
            writeln!(out, "{object:#}")?;
        } else {
            let line = match self {
                Self::Program(command) => command.iter().map(text).collect::<Vec<_>>().join(" "),
                Self::Default(what) => text(what),
            };
            writeln!(out, "{}", harmless(&line).replace('\n', "\u{fffd}"))?;
        }
        out.flush()?;
        Ok(())
    }
}

/// Returns a command with values put in for its variables; each argument stays one.
fn with(command: &[String], values: &[(&str, &OsStr)]) -> Vec<OsString> {
    let argument = |mut rest: &str| {
        let mut whole = OsString::new();
        // What was put in is not looked through again.
        while let Some((at, (name, value))) =
            values.iter().filter_map(|value| Some((rest.find(value.0)?, value))).min_by_key(|(at, _)| *at)
        {
            whole.push(&rest[..at]);
            whole.push(value);
            rest = &rest[at + name.len()..];
        }
        whole.push(rest);
        whole
    };
    command.iter().map(|part| argument(part)).collect()
}

/// Whether a file has the name of a kind that excerpt reads as articles. Text under any other name is read too,
/// and some of these names make a system run the file.
fn is_safe(file: &Path) -> bool {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| FORMATS.iter().any(|format| format.extensions().contains(&ending.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_gets_each_value_inside_one_argument() {
        let check = |command: &[&str], expected: &[&str]| {
            let command: Vec<String> = command.iter().map(|part| (*part).into()).collect();
            let put = [("{path}", OsStr::new("/a b; rm {line}")), ("{line}", OsStr::new("7"))];
            assert_eq!(with(&command, &put), expected);
        };
        check(&["vim", "+{line}", "{path}"], &["vim", "+7", "/a b; rm {line}"]);
        check(&["code", "-g", "{path}:{line}:1"], &["code", "-g", "/a b; rm {line}:7:1"]);
        check(&["less"], &["less"]);
    }

    #[test]
    fn a_file_that_a_system_might_run_is_not_handed_to_it() {
        let check = |name: &str, safe: bool| assert_eq!(is_safe(Path::new(name)), safe, "{name}");
        check("/a/tide.md", true);
        check("/a/TIDE.PDF", true);
        for name in ["a.desktop", "a.bat", "a.sh", "a.command", "a.js", "a.hta", "a.lnk", "a.url", "a"] {
            check(name, false);
        }
    }
}
