//! The facts that commands tell of the article: title, authors, date, language, keywords.

use std::ops::Range;

use super::{super::commands::LANGUAGES, Reader};
use crate::date::Date;

impl Reader<'_> {
    /// Takes the fact that a command tells. Says whether it tells any.
    pub(super) fn take_fact(&mut self, name: &str) -> bool {
        match name {
            "title" | "author" | "authors" | "date" | "keywords" | "subtitle" => {
                while self.option().is_some() {}
                let Some(range) = self.argument() else { return true };
                self.fact = true;
                self.fact(name, range);
                self.fact = false;
            }
            "usepackage" | "documentclass" => {
                let options = self.option().map_or("", |range| &self.text[range]);
                let Some(range) = self.argument() else { return true };
                if name == "documentclass" {
                    self.class = options;
                } else if self.text[range].trim() == "babel" {
                    let options = if options.contains(|char: char| char.is_alphabetic()) {
                        options
                    } else {
                        self.class
                    };
                    self.babel(options);
                }
                let _ = self.option();
            }
            "setdefaultlanguage" | "setmainlanguage" => {
                let _ = self.option();
                if let Some(range) = self.argument() {
                    self.babel(&self.text[range]);
                }
            }
            "hypersetup" => {
                if let Some(range) = self.argument() {
                    self.fact = true;
                    self.properties(range);
                    self.fact = false;
                }
            }
            _ => return false,
        }
        true
    }

    fn fact(&mut self, name: &str, range: Range<usize>) {
        match name {
            "title" => self.title(range),
            "subtitle" => {}
            "author" | "authors" => self.authors(range),
            "date" => {
                let text = self.text_of(range);
                if let Some(date) = Date::parse(&text) {
                    self.article.date = Some(date);
                    self.article.date_source = "\\date".into();
                }
            }
            _ => self.tags(range),
        }
    }

    fn title(&mut self, range: Range<usize>) {
        let title = self.text_of(range);
        if !title.is_empty() && title.len() < 2_000 {
            self.article.title = Some(title);
        }
    }

    fn tags(&mut self, range: Range<usize>) {
        let text = self.text_of(range);
        let tags = text
            .split([',', ';', '·'])
            .map(|tag| tag.trim().trim_end_matches('.'))
            .filter(|tag| !tag.is_empty() && tag.len() < 100);
        for tag in tags.take(50) {
            if self.article.tags.len() < 100 && !self.article.tags.iter().any(|known| known == tag) {
                self.article.tags.push(tag.to_owned());
            }
        }
    }

    /// Reads the names of authors, each before a line break and what follows it.
    fn authors(&mut self, range: Range<usize>) {
        const BLOCK: &str = "\\IEEEauthorblockN";
        let text = &self.text[range.clone()];
        if self.article.authors.len() > 100 {
            return;
        }
        let blocks: Vec<usize> =
            text.match_indices(BLOCK).map(|(at, _)| range.start + at + BLOCK.len()).take(100).collect();
        for start in &blocks {
            if let Some(close) = self.braces.close(*start) {
                self.author(start + 1..close);
            }
        }
        if !blocks.is_empty() {
            return;
        }
        let mut start = range.start;
        for _ in 0..100 {
            let rest = &self.text[start..range.end];
            let next = ["\\and", "\\And", "\\AND"]
                .iter()
                .filter_map(|mark| Some((rest.find(mark)?, mark.len())))
                .min();
            let end = next.map_or(range.end, |(at, _)| start + at);
            let name = &self.text[start..end];
            let end_of_name = name
                .trim_start()
                .find("\\\\")
                .map_or(end, |at| start + name.len() - name.trim_start().len() + at);
            self.author(start..end_of_name);
            let Some((at, length)) = next else { break };
            start += at + length;
        }
    }

    fn author(&mut self, range: Range<usize>) {
        let text = self.text_of(range);
        let name = text.split(" (").next().unwrap_or(&text);
        let name = name.trim_matches(|char: char| !char.is_alphanumeric() && char != '.');
        if !name.is_empty() && name.len() < 300 {
            self.article.authors.push(name.to_owned());
        }
    }

    /// Takes the last language that is named, or the one that is called the main one.
    fn babel(&mut self, options: &str) {
        let named = options.split(',').map(str::trim);
        let main = options.split(',').find_map(|option| option.trim().strip_prefix("main="));
        let tag = |name: &str| LANGUAGES.iter().find(|(known, _)| *known == name.trim()).map(|(_, tag)| *tag);
        if let Some(tag) = main.and_then(tag).or_else(|| named.filter_map(tag).next_back()) {
            self.article.language = Some(tag.to_owned());
            self.german = tag.starts_with("de");
        }
    }

    /// Reads the properties that a PDF of the article would have.
    fn properties(&mut self, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let value = |name: &str| {
            let at = text.find(name)? + name.len();
            let rest = text[at..].trim_start().strip_prefix('=')?.trim_start();
            rest.starts_with('{').then(|| range.start + text.len() - rest.len())
        };
        let values = ["pdftitle", "pdfauthor", "pdfkeywords"].map(value);
        for (which, open) in values.into_iter().enumerate() {
            let Some((open, close)) = open.and_then(|open| Some((open, self.braces.close(open)?))) else {
                continue;
            };
            match which {
                0 if self.article.title.is_none() => self.title(open + 1..close),
                1 if self.article.authors.is_empty() => self.authors(open + 1..close),
                2 => self.tags(open + 1..close),
                _ => {}
            }
        }
    }
}
