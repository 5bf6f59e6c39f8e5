//! The user's own settings, and `excerpt settings`, which says what they are.
//!
//! Most stand for an option: their values become its default, so that they are checked as it is and the
//! command line wins. What opens, links or runs is read from here alone, never from a folder.

mod table;

use std::{env, fs, io, io::Write, path::PathBuf};

use clap::{FromArgMatches, builder::ArgPredicate};
use etcetera::BaseStrategy;
use excerpt::{
    Error,
    render::{harmless, shown_path},
};
use serde_json::json;
use toml::de::{DeTable, DeValue};

use self::table::{Of, SETTINGS, Setting};
use super::{Outcome, Shared, index::Means, ui::Ui};

/// Say which settings are in force, and which file they are read from
///
/// The file is `excerpt/settings.toml` in your configuration folder, or the one that EXCERPT_SETTINGS names.
/// It holds what you would otherwise type each time; options on the command line win.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt settings
  excerpt settings --sample > ~/.config/excerpt/settings.toml")]
pub(super) struct Settings {
    /// Print a settings file with everything that may stand in one, as comments
    #[arg(long)]
    sample: bool,
}

/// The settings as they were read.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    /// The file that they are read from, where there is a place for one.
    file: Option<PathBuf>,
    set: Vec<Set>,
    /// The index where none is named and none is near.
    pub(super) index: Option<PathBuf>,
    /// Whether hits are kept.
    pub(super) history: bool,
    /// The program that text is opened with, and its arguments; nothing where none is named.
    pub(super) editor: Vec<String>,
    /// The same for web pages and PDF files.
    pub(super) browser: Vec<String>,
    /// What indexing may use, also where a search indexes first.
    pub(super) means: Means,
}

/// A setting that the file holds.
#[derive(Clone, Debug)]
struct Set {
    setting: &'static Setting,
    value: Vec<String>,
    line: usize,
}

/// What is printed where a settings file cannot be understood.
const SAMPLE_HINT: &str = "`excerpt settings --sample` prints what may stand there";

impl Default for InForce {
    fn default() -> Self {
        Self {
            file: None,
            set: Vec::new(),
            index: None,
            history: true,
            editor: Vec::new(),
            browser: Vec::new(),
            means: Means::default(),
        }
    }
}

impl Settings {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let (settings, mut out) = (&shared.settings, ui.out());
        if ui.json {
            let each = SETTINGS.iter().map(|setting| {
                let set = settings.set.iter().find(|set| set.setting.name == setting.name);
                json!({
                    "name": setting.name,
                    "value": set.map(|set| match set.value.as_slice() {
                        [one] if !setting.sample.starts_with('[') => json!(one),
                        several => json!(several),
                    }),
                    "line": set.map(|set| set.line),
                    "default": setting.default,
                    "about": setting.about,
                })
            });
            let file = settings.file.as_ref();
            let object = json!({
                "schema": 1,
                "file": file.map(|file| file.to_string_lossy()),
                "exists": file.is_some_and(|file| file.exists()),
                "settings": each.collect::<Vec<_>>(),
            });
            writeln!(out, "{object:#}")?;
        } else if self.sample {
            write!(out, "{}", sample())?;
        } else {
            settings.print(ui, &mut out)?;
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}

impl InForce {
    /// Reads the user's settings and checks them against the program's options.
    ///
    /// # Errors
    /// [`Error::Settings`], which names the line; [`Error::Read`] for a file that is named and cannot be read.
    pub(super) fn read(program: &dyn Fn() -> clap::Command) -> excerpt::Result<Self> {
        let named = env::var_os("EXCERPT_SETTINGS").filter(|file| !file.is_empty()).map(PathBuf::from);
        let own = || Some(etcetera::choose_base_strategy().ok()?.config_dir().join("excerpt/settings.toml"));
        let Some(path) = named.clone().or_else(own) else { return Ok(Self::default()) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            // What cannot be seen is not there, or another user's, in whose home this one runs.
            Err(_) if named.is_none() && fs::symlink_metadata(&path).is_err() => {
                return Ok(Self { file: Some(path), ..Self::default() });
            }
            Err(source) => return Err(Error::Read { path, source }),
        };
        let settings = Self::parse(&text, &program());
        let settings = settings.map_err(|cause| Error::Settings {
            path: path.clone(),
            source: cause.into(),
            expected: SAMPLE_HINT,
        })?;
        Ok(Self { file: Some(path), ..settings })
    }

    /// Says whether some of them stand for options.
    pub(super) fn are_options(&self) -> bool {
        self.set.iter().any(|set| set.setting.of != Of::Itself)
    }

    /// Returns the program with the settings as the defaults of its options.
    pub(super) fn defaults(&self, mut program: clap::Command) -> clap::Command {
        for Set { setting, value, .. } in &self.set {
            let value = value.join(" ");
            let put = |arg: clap::Arg| match setting.name {
                // A budget holds as much as fits.
                "limit" => {
                    arg.default_value_if("budget", ArgPredicate::IsPresent, None).default_value(value.clone())
                }
                _ => arg.default_value(value.clone()),
            };
            match setting.of {
                Of::Itself => {}
                Of::Program => program = program.mut_arg(setting.name, put),
                Of::Commands(commands) => {
                    for command in commands {
                        program =
                            program.mut_subcommand(command, |command| command.mut_arg(setting.name, put));
                    }
                }
            }
        }
        program
    }

    fn parse(text: &str, program: &clap::Command) -> Result<Self, String> {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let table = DeTable::parse(text).map_err(|error| {
            format!("line {}: {}", line(error.span().map_or(0, |span| span.start)), error.message())
        })?;
        let mut settings = Self::default();
        // In the order in which they stand.
        let mut pairs: Vec<_> = table.get_ref().iter().collect();
        pairs.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in pairs {
            let line = line(name.span().start);
            let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name.get_ref().as_ref())
            else {
                let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
                let known = known.join(", ");
                return Err(format!(
                    "line {line}: there is no setting `{}`; there are: {known}",
                    name.get_ref()
                ));
            };
            let value = value.get_ref();
            settings.put(setting, value, program).map_err(|cause| format!("line {line}: {cause}"))?;
            settings.set.push(Set { setting, value: texts(value).unwrap_or_default(), line });
        }
        let indexing = settings.defaults(program.clone()).try_get_matches_from(["excerpt", "index"]);
        let indexing = indexing.map_err(|error| error.to_string())?;
        if let Some(means) = indexing.subcommand_matches("index") {
            settings.means = Means::from_arg_matches(means).map_err(|error| error.to_string())?;
        }
        Ok(settings)
    }

    /// Takes a value, after looking at it.
    fn put(&mut self, setting: &Setting, value: &DeValue<'_>, program: &clap::Command) -> Result<(), String> {
        let kind = || format!("`{}` is written like {} = {}", setting.name, setting.name, setting.sample);
        match (setting.of, setting.name) {
            (Of::Itself, "history") => self.history = value.as_bool().ok_or_else(kind)?,
            (Of::Itself, "index") => self.index = Some(whole(value.as_str().ok_or_else(kind)?)?),
            (Of::Itself, "editor") => {
                self.editor = command(value, &["{path}", "{line}"]).ok_or_else(kind)??;
            }
            (Of::Itself, _) => self.browser = command(value, &["{url}"]).ok_or_else(kind)??,
            (of, name) => {
                let text = match value {
                    DeValue::String(text) => text.to_string(),
                    DeValue::Integer(number) => number.as_str().to_string(),
                    _ => return Err(kind()),
                };
                let option = format!("--{name}={text}");
                let mut args = vec!["excerpt"];
                args.push(match of {
                    Of::Commands(commands) => commands[0],
                    _ => "index",
                });
                args.push(&option);
                // A search asks for words.
                args.extend((args[1] == "search").then_some("words"));
                program.clone().try_get_matches_from(args).map_err(|error| super::usage_message(&error))?;
            }
        }
        Ok(())
    }

    fn print(&self, ui: &Ui, out: &mut dyn Write) -> io::Result<()> {
        let from = ui.look().from;
        let file = self.file.as_ref().map_or_else(
            || "none: there is no configuration folder".into(),
            |file| {
                let there = if file.exists() { "" } else { "  (not there)" };
                format!("{}{there}", shown_path(file, &from))
            },
        );
        writeln!(out, "{:<10}  {file}", "file")?;
        for setting in SETTINGS {
            match self.set.iter().find(|set| set.setting.name == setting.name) {
                Some(set) => {
                    let value = set.value.join(" ");
                    writeln!(out, "{:<10}  {}  (line {})", setting.name, harmless(&value), set.line)?;
                }
                None => writeln!(out, "{:<10}  {}", setting.name, setting.default)?,
            }
        }
        Ok(())
    }
}

/// Returns a settings file with everything that may stand in one.
fn sample() -> String {
    let mut sample = String::from("# Settings of excerpt. Options on the command line win.\n");
    for Setting { name, sample: value, about, default, .. } in SETTINGS {
        sample.push_str(&format!("\n# {about}; if not set: {default}\n# {name} = {value}\n"));
    }
    sample
}

/// Returns a value as text, of a list each part.
fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    Some(match value {
        DeValue::String(text) => vec![text.to_string()],
        DeValue::Integer(number) => vec![number.as_str().to_string()],
        DeValue::Boolean(whether) => vec![whether.to_string()],
        DeValue::Array(parts) => {
            parts.iter().map(|part| Some(part.get_ref().as_str()?.to_string())).collect::<Option<_>>()?
        }
        _ => return None,
    })
}

/// Reads a program and its arguments; the first variable must stand among these. None where it is no list of
/// texts.
fn command(value: &DeValue<'_>, variables: &[&str]) -> Option<Result<Vec<String>, String>> {
    let parts = value.as_array().and_then(|_| texts(value)).filter(|parts| !parts.is_empty())?;
    if parts[0].is_empty() || parts[0].contains('{') {
        return Some(Err("a program comes first, by its name".into()));
    }
    let mut found = false;
    for part in &parts[1..] {
        let mut rest = part.as_str();
        while let Some(at) = rest.find('{') {
            let Some(variable) = variables.iter().find(|variable| rest[at..].starts_with(**variable)) else {
                let known = variables.join(", ");
                return Some(Err(format!("`{part}` holds an unknown variable; there are: {known}")));
            };
            found |= *variable == variables[0];
            rest = &rest[at + variable.len()..];
        }
    }
    Some(if found { Ok(parts) } else { Err(format!("an argument with {} is needed", variables[0])) })
}

/// Reads a path from the root or the home folder on.
fn whole(text: &str) -> Result<PathBuf, String> {
    let path = match text.strip_prefix("~/") {
        Some(inside) => etcetera::home_dir().map_err(|error| error.to_string())?.join(inside),
        None => PathBuf::from(text),
    };
    if path.is_absolute() {
        Ok(path)
    } else {
        Err("give the whole path of the index, or begin with ~/".into())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cmd::Cli;

    #[test]
    fn the_sample_can_be_read_and_holds_every_setting() {
        let sample: String = sample()
            .lines()
            .filter_map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")))
            .map(|line| format!("{line}\n"))
            .collect();
        let settings = InForce::parse(&sample, &Cli::command()).expect("the sample can be read");
        assert_eq!(settings.set.len(), SETTINGS.len());
        assert_eq!(settings.means.update().memory, 512 << 20);
        assert!(!settings.history && settings.editor.len() == 3 && settings.browser.len() == 2);
    }

    #[test]
    fn every_setting_of_an_option_has_its_default() {
        let mut program = Cli::command();
        program.build();
        for setting in SETTINGS {
            let Of::Commands(commands) = setting.of else { continue };
            for command in commands {
                let command = program.find_subcommand(command).expect("there is the command");
                let option = command.get_arguments().find(|option| option.get_long() == Some(setting.name));
                let option = option.unwrap_or_else(|| panic!("no option --{}", setting.name));
                for default in option.get_default_values() {
                    assert_eq!(default, setting.default, "{}", setting.name);
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named_with_its_line() {
        let program = Cli::command();
        let check = |text: &str, expected: &str| {
            let error = InForce::parse(text, &program).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("\n\ncolour = \"never\"", "line 3: there is no setting `colour`; there are: limit, format, ");
        check("limit = 5\nlimit = 6", "line 2: duplicate key");
        check("limit =", "line 1: ");
        check("limit = \"many\"", "line 1: invalid value 'many' for '--limit <N>'");
        check("limit = true", "line 1: `limit` is written like limit = 20");
        check("format = \"yaml\"", "[possible values: text, json, ");
        check("color = \"red\"", "invalid value 'red' for '--color <WHEN>'");
        check("hyperlinks = \"x://{file}\"", "there is no {file}");
        check("memory = \"much\"", "a size such as 256M");
        check("addr = \"here\"", "line 1: invalid value 'here' for '--addr");
        check("history = \"no\"", "`history` is written like history = false");
        check("index = \"here\"", "whole path");
        check("editor = \"vim {path}\"", "`editor` is written like");
        check("editor = []", "`editor` is written like");
        check("editor = [\"vim\"]", "an argument with {path} is needed");
        check("editor = [\"{path}\", \"{path}\"]", "a program comes first");
        check(
            "editor = [\"vim\", \"{file}\"]",
            "`{file}` holds an unknown variable; there are: {path}, {line}",
        );
        check("[editor]\nname = \"vim\"", "line 1: `editor` is written like");
    }
}
