//! Fields: facts of the article where they stand at its top, else text.

use super::{GoesOn, Reader};
use crate::{
    article::Kind,
    date::Date,
    format::gather::{Gather, hidden},
};

/// Fields whose first word says only what the second one is.
const KINDS_OF_FIELDS: &[&str] = &[
    "param",
    "parameter",
    "arg",
    "argument",
    "key",
    "keyword",
    "type",
    "raises",
    "raise",
    "except",
    "exception",
    "var",
    "ivar",
    "cvar",
];

impl<'a> Reader<'a> {
    pub(super) fn field(&mut self, name: &str, value: &'a str, column: usize) {
        let number = self.number();
        if !self.top {
            let words: Vec<&str> = name.split_whitespace().collect();
            let named = match words.as_slice() {
                [kind, .., last] if KINDS_OF_FIELDS.contains(kind) => last,
                _ => name,
            };
            self.gather.begin(Kind::Prose, "", number);
            self.goes_on = GoesOn::Deeper(column);
            self.gather.write(&format!("{}: ", hidden(named)), number);
            return self.text(value, column);
        }
        let more = self.body_length(self.at + 1, column);
        let lines: Vec<&str> =
            [value].into_iter().chain(self.lines[self.at + 1..].iter().take(more).copied()).collect();
        let lower = name.to_ascii_lowercase();
        if matches!(lower.as_str(), "abstract" | "dedication" | "summary" | "description" | "subtitle") {
            for (line, text) in lines.iter().enumerate() {
                if text.trim().is_empty() {
                    self.gather.end();
                } else {
                    self.gather.write(text, number + line as u32);
                }
            }
            self.gather.end();
        } else {
            self.fact(&lower, &lines);
        }
        self.at += more;
    }

    /// Takes a fact of the article from a field, its name in lowercase.
    pub(super) fn fact(&mut self, name: &str, lines: &[&str]) {
        let filled = lines.iter().map(|line| line.trim().trim_start_matches(['-', '*']).trim());
        let filled: Vec<&str> = filled.filter(|line| !line.is_empty()).collect();
        let clean = |gather: &Gather<'_>| gather.clean(&filled.join(" "));
        match name {
            "title" if self.article.title.is_none() => self.article.title = Some(clean(&self.gather)),
            "author" | "authors" if self.article.authors.len() < 100 => {
                let names = filled.iter().flat_map(|line| line.split(';'));
                let names =
                    names.map(|name| without_mail(&self.gather.clean(name)).trim_matches(',').to_owned());
                self.article.authors.extend(names);
            }
            "date" | "created" | "published" => {
                let text = clean(&self.gather);
                let bare = text.trim_matches('$').trim().trim_start_matches("Date:").trim();
                let source = if name == "date" { "the date field" } else { "the field of its making" };
                self.article.take_date(Date::parse(bare), source);
            }
            "tags" | "keywords" | "category" | "categories" => {
                let text = clean(&self.gather);
                let tags =
                    text.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty() && tag.len() < 100);
                self.article.tags.extend(tags.take(100).map(String::from));
            }
            "lang" | "language" => {
                self.article.language = Some(clean(&self.gather)).filter(|text| text.len() < 20)
            }
            _ => {}
        }
    }

    /// Reads the lines of names and values that a proposal begins with.
    pub(super) fn header(&mut self) {
        while let Some(line) = self.lines.get(self.at).filter(|line| !line.trim().is_empty()) {
            let more = self.lines[self.at + 1..]
                .iter()
                .take_while(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty())
                .count();
            if let Some((name, value)) = line.split_once(':') {
                let lines: Vec<&str> =
                    [value].into_iter().chain(self.lines[self.at + 1..].iter().take(more).copied()).collect();
                self.fact(&name.trim().to_ascii_lowercase(), &lines);
            }
            self.at += more + 1;
        }
    }
}

/// Returns a name without the address after it.
fn without_mail(name: &str) -> &str {
    let end = name.find(['<', '(']).filter(|&at| name[at..].contains('@')).unwrap_or(name.len());
    name[..end].trim()
}
