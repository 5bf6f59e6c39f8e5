//! What an RTF file says of the whole document.

use crate::{
    article::Article,
    date::Date,
    format::office::opc::{tags, telling},
};

/// The facts of a document while they are read.
#[derive(Debug, Default)]
pub(super) struct Facts {
    title: Option<String>,
    authors: Vec<String>,
    tags: Vec<String>,
    /// Year, month and day.
    date: [i32; 3],
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fact {
    Title,
    Author,
    Keywords,
    Created,
    /// One that is not kept.
    Other,
}

impl Fact {
    /// Returns that of a control word inside the group of facts.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "title" => Self::Title,
            "author" => Self::Author,
            "keywords" => Self::Keywords,
            "creatim" => Self::Created,
            "subject" | "manager" | "company" | "operator" | "category" | "comment" | "doccomm"
            | "hlinkbase" | "revtim" | "printim" | "buptim" => Self::Other,
            _ => return None,
        })
    }
}

impl Facts {
    /// Takes what was said.
    pub(super) fn take(&mut self, fact: Fact, text: &str) {
        match fact {
            Fact::Title => self.title = telling(text),
            Fact::Author => self.authors.extend(Some(text.trim().to_owned()).filter(|name| !name.is_empty())),
            Fact::Keywords => self.tags = tags(text),
            Fact::Created | Fact::Other => {}
        }
    }

    /// Takes a part of the day on which the document was made.
    pub(super) fn day(&mut self, word: &str, number: i32) {
        match word {
            "yr" => self.date[0] = number,
            "mo" => self.date[1] = number,
            "dy" => self.date[2] = number,
            _ => {}
        }
    }

    /// Fills an article with what was said.
    pub(super) fn finish(self, article: &mut Article) {
        let [year, month, day] = self.date;
        article.title = self.title;
        article.authors = self.authors;
        article.tags = self.tags;
        article.take_date(Date::parse(&format!("{year:04}-{month:02}-{day:02}")), "document properties");
    }
}
