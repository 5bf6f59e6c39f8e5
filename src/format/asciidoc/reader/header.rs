//! The title, and what stands below it and in attributes: the facts of the article.

use super::{
    super::{attribute::LONGEST_VALUE, mark::attribute},
    Reader,
};
use crate::date::Date;

impl<'a> Reader<'a> {
    /// Reads the title and the lines below it up to the first empty one.
    pub(super) fn header(&mut self) {
        let mut told = false;
        // What is read below the title: its authors, then the revision.
        let mut below = 0;
        while let Some(&line) = self.lines.get(self.at) {
            let text = line.trim_end();
            if text.starts_with("////") {
                let length = self.lines[self.at + 1..].iter().position(|line| line.trim_end() == text);
                self.at += length.map_or(0, |length| length + 1);
            } else if text.starts_with("//") {
                // A comment.
            } else if let Some((name, value)) = attribute(text) {
                self.set(name, value);
            } else if text.is_empty() {
                if told {
                    break;
                }
            } else if let Some(title) =
                text.strip_prefix("= ").or_else(|| text.strip_prefix("# ")).filter(|_| !told)
            {
                self.article.title = Some(self.gather.clean(title));
                told = true;
            } else if !told && self.underlined().is_some_and(|(level, _)| level == 1) {
                self.article.title = Some(self.gather.clean(text));
                told = true;
                self.at += 1;
            } else if told && below == 0 && !text.starts_with(['[', '=', ':', '*', '.', '-', '|']) {
                for name in text.split(';').take(50) {
                    let end = name.find('<').unwrap_or(name.len());
                    let name = self.gather.clean(&name[..end].replace('_', " "));
                    self.article.authors.extend(Some(name).filter(|name| !name.is_empty()));
                }
                below = 1;
            } else if told
                && below == 1
                && (text.starts_with('v') || text.starts_with(|first: char| first.is_ascii_digit()))
            {
                let text = text.split(": ").next().unwrap_or(text);
                let parts = text.rsplit_once(", ").map(|(_, date)| date);
                let dates = [parts, text.split_once(", ").map(|(_, date)| date), Some(text)];
                self.article
                    .take_date(dates.into_iter().flatten().find_map(Date::parse), "the revision line");
                below = 2;
            } else {
                break;
            }
            self.at += 1;
        }
    }

    /// Sets an attribute of the document.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let mut value = value.to_owned();
        while let Some(before) =
            value.strip_suffix(" \\").map(|before| before.trim_end_matches(" +").to_owned())
        {
            self.at += 1;
            let Some(more) = self.lines.get(self.at).filter(|_| value.len() < 10_000) else { break };
            value = before + " " + more.trim();
        }
        let text = self.gather.clean(&value);
        match name.to_lowercase().as_str() {
            "author" | "authors" if self.article.authors.len() < 50 => {
                self.article.authors.extend(text.split(';').map(|name| name.trim().to_owned()));
            }
            "doctitle" | "title" if self.article.title.is_none() && !text.is_empty() => {
                self.article.title = Some(text.clone())
            }
            "revdate" => self.article.take_date(Date::parse(&text), "the revdate attribute"),
            "date" | "docdate" | "page-date" | "page-revdate" => {
                self.article.take_date(Date::parse(&text), "the date attribute")
            }
            "keywords" | "tags" | "page-tags" | "jbake-tags" => {
                let tags =
                    text.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty() && tag.len() < 100);
                self.article.tags.extend(tags.take(100).map(String::from));
            }
            "lang" if !text.is_empty() && text.len() < 20 => self.article.language = Some(text.clone()),
            _ => {}
        }
        if text.len() <= LONGEST_VALUE {
            self.attributes.borrow_mut().insert(name.to_lowercase(), text);
        }
    }
}
