//! The tables of fonts and styles at the head of an RTF file.

use std::{collections::HashMap, mem};

use super::code_page::CodePage;
use crate::format::office::style::{self, Class};

/// Bytes of the longest name of a font or style.
const LONGEST_NAME: usize = 200;

/// Fonts, and styles, that are told apart.
const MOST: usize = 20_000;

/// Styles that one may be based on through others.
const LONGEST_CHAIN: usize = 20;

/// The fonts, while and after their table is read.
#[derive(Debug)]
pub(super) struct Fonts {
    pages: HashMap<i32, CodePage>,
    usual_page: CodePage,
    usual_font: i32,
    /// The font that is read.
    font: i32,
    page: Option<CodePage>,
    name: String,
}

impl Default for Fonts {
    fn default() -> Self {
        Self {
            pages: HashMap::new(),
            usual_page: CodePage::USUAL,
            usual_font: 0,
            font: 0,
            page: None,
            name: String::new(),
        }
    }
}

impl Fonts {
    /// Sets the code page of fonts that name none.
    pub(super) fn usual_page(&mut self, page: CodePage) {
        self.usual_page = page;
    }

    /// Sets the font of text that names none.
    pub(super) fn usual_font(&mut self, font: i32) {
        self.usual_font = font;
    }

    /// Returns the code page of text that names no font.
    pub(super) fn usual(&self) -> CodePage {
        self.page(self.usual_font)
    }

    /// Returns the code page of a font.
    pub(super) fn page(&self, font: i32) -> CodePage {
        self.pages.get(&font).copied().unwrap_or(self.usual_page)
    }

    /// Reads a control word of the table.
    pub(super) fn word(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("f", Some(number)) => {
                (self.font, self.page) = (number, None);
                self.name.clear();
            }
            ("fcharset", Some(number)) => self.page = CodePage::of_charset(number),
            ("cpg", Some(number)) => self.page = Some(CodePage::of_number(number)),
            _ => {}
        }
    }

    /// Reads text of the table: the name of a font, which ends with a semicolon.
    pub(super) fn text(&mut self, text: &str) {
        collect(&mut self.name, text);
        if text.contains(';') && self.pages.len() < MOST {
            let name = mem::take(&mut self.name);
            let page = match self.page.take() {
                Some(CodePage::Pictures) if name.trim().starts_with("Symbol") => Some(CodePage::Symbol),
                page => page,
            };
            self.pages.extend(page.map(|page| (self.font, page)));
        }
    }
}

/// The styles of paragraphs, while and after their table is read.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<i32, Style>,
    /// The style that is read: none if it is not one of paragraphs.
    number: Option<i32>,
    style: Style,
    name: String,
}

#[derive(Clone, Debug, Default)]
struct Style {
    class: Option<Class>,
    /// The outline level, 0 being the outermost; 9 is that of plain text.
    outline: Option<u8>,
    based_on: Option<i32>,
}

impl Styles {
    /// Returns what kind of paragraph a style makes.
    pub(super) fn class(&self, number: i32) -> Option<Class> {
        let next = |style: &&Style| style.based_on.and_then(|number| self.styles.get(&number));
        for style in std::iter::successors(self.styles.get(&number), next).take(LONGEST_CHAIN) {
            let by_outline = style.outline.map(|level| (level < 9).then_some(Class::Heading(level + 1)));
            if let Some(class) = style.class.map(Some).or(by_outline) {
                return class;
            }
        }
        None
    }

    /// Reads a control word of the table.
    pub(super) fn word(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("s", _) => self.number = number,
            ("cs" | "ds" | "ts", _) => self.number = None,
            ("sbasedon", _) => self.style.based_on = number,
            ("outlinelevel", Some(level)) => self.style.outline = u8::try_from(level).ok(),
            _ => {}
        }
    }

    /// Reads text of the table: the names of a style, which end with a semicolon.
    pub(super) fn text(&mut self, text: &str) {
        collect(&mut self.name, text);
        if text.contains(';') && self.styles.len() < MOST {
            let (name, mut style) = (mem::take(&mut self.name), mem::take(&mut self.style));
            style.class = style::class(name.split([',', ';']).next().unwrap_or_default());
            // The first style has no number.
            self.styles.insert(self.number.take().unwrap_or(0), style);
        }
    }
}

fn collect(name: &mut String, text: &str) {
    if name.len() + text.len() <= LONGEST_NAME {
        name.push_str(text);
    }
}
