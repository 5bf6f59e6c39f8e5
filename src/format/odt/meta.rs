//! What an OpenDocument file says of the whole document.

use crate::{
    article::Article,
    date::Date,
    format::{
        office::opc::{tags, telling},
        xml::{Element, Xml},
    },
};

/// The facts of a document while they are read.
#[derive(Debug, Default)]
pub(super) struct Meta {
    title: Option<String>,
    /// Who began it, and who changed it last.
    authors: (Option<String>, Option<String>),
    /// When it was begun, and when it was changed last.
    dates: (Option<Date>, Option<Date>),
    language: Option<String>,
    tags: Vec<String>,
}

impl Meta {
    /// Reads one fact.
    pub(super) fn start(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        let mut text = || xml.text_inside();
        match element.name() {
            "title" => self.title = telling(&text()),
            "initial-creator" => self.authors.0 = Some(text()),
            "creator" => self.authors.1 = Some(text()),
            "creation-date" => self.dates.0 = Date::parse(&text()),
            "date" => self.dates.1 = Date::parse(&text()),
            "language" => self.language = Some(text()),
            "keyword" => self.tags.extend(tags(&text())),
            _ => {}
        }
    }

    /// Fills an article with what was said.
    pub(super) fn finish(self, article: &mut Article) {
        article.title = self.title;
        let named = |name: &String| !name.trim().is_empty();
        article.authors.extend(self.authors.0.filter(named).or(self.authors.1.filter(named)));
        article.take_date(self.dates.0.or(self.dates.1), "document properties");
        article.language = self.language.filter(named);
        article.tags = self.tags;
    }
}
