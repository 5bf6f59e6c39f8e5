//! `excerpt complete`: what the shells' scripts ask for while somebody types. It knows what they cannot:
//! folders, languages and fields. It never fails and says nothing else.

use std::{collections::BTreeSet, ffi::OsString, io::Write, path::Path};

use excerpt::{
    Index,
    format::FORMATS,
    index::Access,
    render::{ALIASES, shown_path},
    search::FIELD_NAMES,
};

use super::{Outcome, Shared, locate, ui::Ui};

/// Print what may stand for the last of these words of a command line
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(super) struct Complete {
    /// The words up to the one that is being typed, the program's name first
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl Complete {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let words: Vec<String> = self.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let mut out = ui.out();
        for candidate in candidates(&words, &|| index(&words, shared)) {
            // What could end a line or drive a terminal is left to who types.
            if !candidate.chars().any(char::is_control) {
                writeln!(out, "{candidate}")?;
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}

/// Returns what the last word may become: nothing where the shell's script knows better.
fn candidates(words: &[String], index: &dyn Fn() -> Option<Index>) -> Vec<String> {
    let Some((word, before)) = words.split_last() else { return Vec::new() };
    let command = before.iter().skip(1).map(String::as_str).find(|word| COMMANDS.contains(word));
    let Some(command) = command else { return Vec::new() };
    let (option, value, lead) = match (word.split_once('='), before.last()) {
        (Some((option, value)), _) if option.starts_with("--") => (option, value, format!("{option}=")),
        (_, Some(option)) => (option.as_str(), word.as_str(), String::new()),
        _ => ("", word.as_str(), String::new()),
    };
    let found = match option {
        "--in" => folders(index()),
        "--hyperlinks" => ["none", "file"]
            .into_iter()
            .chain(ALIASES.iter().map(|(name, _)| *name))
            .map(String::from)
            .collect(),
        _ if command == "search" && !word.starts_with("--") => return field(word, index),
        _ => return Vec::new(),
    };
    found.into_iter().filter(|found| found.starts_with(value)).map(|found| format!("{lead}{found}")).collect()
}

/// The commands that look for something.
const COMMANDS: &[&str] = &["search", "similar", "serve", "mcp"];

/// Returns the fields that begin like a word of a query, or the values of the one that it names.
fn field(word: &str, index: &dyn Fn() -> Option<Index>) -> Vec<String> {
    let signs = word.len() - word.trim_start_matches(['+', '-']).len();
    let (sign, rest) = word.split_at(signs);
    let Some((name, value)) = rest.split_once(':') else {
        let like = |name: &&&str| !rest.is_empty() && name.starts_with(rest);
        return FIELD_NAMES.iter().filter(like).map(|name| format!("{sign}{name}:")).collect();
    };
    // The last of a list.
    let (list, value) = value.rfind(',').map_or(("", value), |at| value.split_at(at + 1));
    let values: BTreeSet<String> = match name {
        "format" => FORMATS.iter().map(|format| format.name().to_string()).collect(),
        "lang" => {
            let status = index().and_then(|index| index.status().ok());
            let languages = status.map(|status| status.languages).unwrap_or_default();
            languages
                .into_iter()
                .filter_map(|(language, _)| language.map(|language| language.to_string()))
                .collect()
        }
        _ => BTreeSet::new(),
    };
    let like = values.into_iter().filter(|known| known.starts_with(value));
    like.map(|known| format!("{sign}{name}:{list}{known}")).collect()
}

/// Returns the folders of an index, as seen from here.
fn folders(index: Option<Index>) -> Vec<String> {
    let here = std::env::current_dir().map(|here| dunce::canonicalize(&here).unwrap_or(here));
    let here = here.unwrap_or_default();
    let folders = index.map(|index| index.folders()).unwrap_or_default();
    folders.iter().map(|folder| shown_path(folder, &here)).collect()
}

/// Opens the index that the words name, or the one that would be found.
fn index(words: &[String], shared: &Shared) -> Option<Index> {
    let named = words.windows(2).find(|pair| pair[0] == "--index").map(|pair| pair[1].as_str());
    let named = named.or_else(|| words.iter().find_map(|word| word.strip_prefix("--index=")));
    match named {
        Some(folder) => Index::open_for(Path::new(folder), Access::Sparse).ok(),
        None => Index::open_for(&locate::locate(shared).ok()?, Access::Sparse).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_becomes_what_it_begins() {
        let check = |line: &str, expected: &[&str]| {
            let words: Vec<String> = line.split(' ').map(String::from).collect();
            assert_eq!(candidates(&words, &|| None), expected, "{line}");
        };
        check("excerpt search ti", &["title:"]);
        check("excerpt search llama +a", &["+author:", "+after:"]);
        check("excerpt search llama -lan", &["-lang:"]);
        check("excerpt search format:mar", &["format:markdown"]);
        check("excerpt search format:pdf,mar", &["format:pdf,markdown"]);
        check("excerpt search --hyperlinks vscode-", &["vscode-insiders"]);
        check("excerpt search --hyperlinks=vscode-", &["--hyperlinks=vscode-insiders"]);
        check("excerpt similar --hyperlinks no", &["none"]);
        check("excerpt search ", &[]);
        check("excerpt search --ti", &[]);
        check("excerpt status ti", &[]);
        check("excerpt", &[]);
    }
}
