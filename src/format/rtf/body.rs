//! The groups and control words of an RTF file, as far as they say what text it has.

use std::mem;

use self::text::{number_of, sign};
use super::{
    code_page::CodePage,
    facts::{Fact, Facts},
    group::{Group, Paragraph, Part, Purpose, Target},
    scan::Token,
    table::{Fonts, Styles},
};
use crate::{
    article::Article,
    format::office::{
        manuscript::{Manuscript, Shape},
        style::Class,
    },
};

mod text;

/// Groups inside groups, as deep as they are told apart.
const DEEPEST: usize = 1_000;

/// Tables inside tables, as deep as they are read.
const DEEPEST_TABLE: i32 = 16;

/// A document while it is read.
pub(super) struct Body {
    manuscript: Manuscript,
    facts: Facts,
    fonts: Fonts,
    styles: Styles,
    group: Group,
    outer: Vec<Group>,
    /// Groups that are open but lie too deep to be told apart.
    buried: usize,
    /// Groups that are open of what is passed over.
    passing: usize,
    /// Whether the next group is passed over.
    pass_next: bool,
    /// Text that is not decoded yet.
    bytes: Vec<u8>,
    /// Whether bytes of it stand for more than ASCII without being written as digits.
    raw: bool,
    /// The first half of a character.
    half: Option<u16>,
    /// Characters to come that stand in for one of Unicode.
    stand_ins: usize,
    /// A name or fact.
    collected: String,
    /// The number or bullet of the paragraph.
    marker: Option<String>,
    commenter: String,
    /// Whether a table row has begun.
    in_row: bool,
    /// Whether the paragraph at hand is in the table that it belongs to.
    placed: bool,
    /// Bytes of text that may still be read.
    left: usize,
    full: bool,
    ended: bool,
}

impl Body {
    /// Begins a document, of which so many bytes of text are read at most.
    pub(super) fn new(most: usize) -> Self {
        let group = Group {
            target: Target::Text,
            ends: None,
            starred: false,
            hidden: false,
            deleted: false,
            stand_ins: 1,
            page: CodePage::USUAL,
            paragraph: Paragraph::default(),
        };
        Self {
            manuscript: Manuscript::default(),
            facts: Facts::default(),
            fonts: Fonts::default(),
            styles: Styles::default(),
            group,
            outer: Vec::new(),
            buried: 0,
            passing: 0,
            pass_next: false,
            bytes: Vec::new(),
            raw: false,
            half: None,
            stand_ins: 0,
            collected: String::new(),
            marker: None,
            commenter: String::new(),
            in_row: false,
            placed: false,
            left: most,
            full: false,
            ended: false,
        }
    }

    /// Says whether nothing more is to be read.
    pub(super) fn is_done(&self) -> bool {
        self.ended || self.full
    }

    /// Says whether there is more text than is read.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Reads one part.
    pub(super) fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            _ if self.passing > 0 => {}
            Token::Word(word, number) => self.word(word, number),
            _ if self.stand_ins > 0 => self.stand_ins -= 1,
            Token::Byte(byte) => {
                self.raw |= !byte.is_ascii();
                self.byte(byte);
            }
            Token::Hex(byte) => self.byte(byte),
            Token::Sign(b'*') => self.group.starred = true,
            Token::Sign(b'~') => self.byte(b' '),
            Token::Sign(b'_') => self.byte(b'-'),
            Token::Sign(sign @ (b'{' | b'}' | b'\\')) => self.byte(sign),
            Token::Sign(_) => {}
        }
    }

    /// Fills an article with what was read.
    pub(super) fn finish(mut self, article: &mut Article) {
        self.decode();
        self.facts.finish(article);
        article.title = self.manuscript.title().or(article.title.take());
        article.sections = self.manuscript.finish();
    }

    fn open(&mut self) {
        self.decode();
        self.stand_ins = 0;
        if self.passing > 0 {
            self.passing += 1;
        } else if self.outer.len() >= DEEPEST {
            self.buried += 1;
        } else {
            self.outer.push(self.group);
            (self.group.ends, self.group.starred) = (None, false);
            self.passing = usize::from(mem::take(&mut self.pass_next));
        }
    }

    fn close(&mut self) {
        self.decode();
        self.stand_ins = 0;
        self.passing = self.passing.saturating_sub(1);
        if self.passing > 0 {
            return;
        }
        if self.buried > 0 {
            self.buried -= 1;
            return;
        }
        let ends = self.group.ends;
        let Some(outer) = self.outer.pop() else { return };
        self.group = outer;
        self.ended = self.outer.is_empty();
        ends.into_iter().for_each(|part| self.end(part));
    }

    fn begin(&mut self, part: Part) {
        if self.group.ends.is_some() {
            return;
        }
        self.group.ends = Some(part);
        match part {
            Part::Note | Part::Comment | Part::TextBox => {
                self.place(0);
                self.placed = false;
                self.manuscript.open();
                self.group.paragraph = Paragraph::default();
                self.group.target = Target::Text;
            }
            Part::Fact(_) => self.collected.clear(),
            Part::Commenter => {
                self.collected.clear();
                self.group.target = Target::Commenter;
            }
        }
    }

    fn end(&mut self, part: Part) {
        match part {
            Part::Note | Part::Comment | Part::TextBox => {
                self.end_paragraph();
                let pieces = self.manuscript.close();
                self.placed = true;
                match part {
                    Part::Note => self.manuscript.note(pieces),
                    Part::Comment => self.manuscript.comment(&mem::take(&mut self.commenter), pieces),
                    _ => self.manuscript.boxed(pieces),
                }
            }
            Part::Fact(fact) => self.facts.take(fact, &mem::take(&mut self.collected)),
            Part::Commenter => self.commenter = mem::take(&mut self.collected),
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        self.decode();
        // One that stands in for a character is not known: many programs leave out the stand-ins.
        self.stand_ins = 0;
        let starred = mem::take(&mut self.group.starred);
        // The outermost group is the document, whatever it says.
        let purpose = Purpose::of(word).filter(|_| self.outer.len() > 1);
        match purpose {
            Some(Purpose::Nothing) => self.passing = 1,
            Some(Purpose::Target(target)) => self.group.target = target,
            Some(Purpose::Part(part)) => self.begin(part),
            Some(Purpose::Twice) => self.pass_next = true,
            Some(Purpose::Groups) => {}
            None if starred => self.passing = 1,
            None => match self.group.target {
                Target::Fonts => self.fonts.word(word, number),
                Target::Styles => self.styles.word(word, number),
                Target::Facts => self.fact(word, number),
                _ => {}
            },
        }
        match word {
            _ if self.passing > 0 => {}
            "u" => self.unicode(number.unwrap_or(0)),
            "uc" => self.group.stand_ins = number.and_then(|count| usize::try_from(count).ok()).unwrap_or(1),
            "ansicpg" => self.usual_page(CodePage::of_number(number.unwrap_or(0))),
            "mac" => self.usual_page(CodePage::of_number(10_000)),
            "deff" => self.fonts.usual_font(number.unwrap_or(0)),
            _ if matches!(self.group.target, Target::Fonts | Target::Styles | Target::Facts) => {}
            _ => self.format(word, number),
        }
    }

    fn usual_page(&mut self, page: CodePage) {
        self.fonts.usual_page(page);
        self.group.page = page;
    }

    fn fact(&mut self, word: &str, number: Option<i32>) {
        match (Fact::of(word), self.group.ends) {
            (Some(fact), None) => self.begin(Part::Fact(fact)),
            (_, Some(Part::Fact(Fact::Created))) => self.facts.day(word, number.unwrap_or(0)),
            _ => {}
        }
    }

    /// Reads a control word that says how text is set.
    fn format(&mut self, word: &str, number: Option<i32>) {
        let on = number != Some(0);
        let number = number.unwrap_or(0);
        let paragraph = &mut self.group.paragraph;
        match word {
            "pard" => *paragraph = Paragraph::default(),
            "s" => paragraph.style = number,
            "outlinelevel" => paragraph.outline = u8::try_from(number).ok().filter(|level| *level < 9),
            "ls" => paragraph.in_list = on,
            "ilvl" => paragraph.list_level = usize::try_from(number).unwrap_or(0),
            "intbl" => paragraph.tables = paragraph.tables.max(1),
            "itap" => paragraph.tables = number.clamp(0, DEEPEST_TABLE) as usize,
            "plain" => {
                (self.group.hidden, self.group.deleted) = (false, false);
                self.group.page = self.fonts.usual();
            }
            "f" => self.group.page = self.fonts.page(number),
            "v" => self.group.hidden = on,
            "deleted" => self.group.deleted = on,
            "tab" if self.group.target != Target::Marker => self.emit("\t"),
            _ => match sign(word) {
                Some(sign) => self.emit(sign),
                None if self.group.target == Target::Text => self.part(word),
                None => {}
            },
        }
    }

    /// Reads a control word that ends a paragraph, a cell or a row.
    fn part(&mut self, word: &str) {
        match word {
            "par" | "sect" => {
                self.place(0);
                self.end_paragraph();
            }
            "trowd" => self.in_row = true,
            "cell" => {
                self.place(1);
                self.end_paragraph();
                self.close_tables(1);
                self.manuscript.end_cell();
            }
            "nestcell" => {
                self.place(2);
                self.end_paragraph();
                self.manuscript.end_cell();
            }
            "nestrow" if self.manuscript.tables() > 1 => self.manuscript.end_row(),
            "row" if self.manuscript.tables() > 0 => {
                self.end_paragraph();
                self.close_tables(1);
                self.manuscript.end_row();
                self.in_row = false;
            }
            _ => {}
        }
    }

    /// Begins and ends tables until the paragraph at hand is in as many as it says, and in `least`.
    fn place(&mut self, least: usize) {
        if mem::replace(&mut self.placed, true) && self.manuscript.tables() >= least {
            return;
        }
        let tables = self.group.paragraph.tables.max(least).max(usize::from(self.in_row));
        self.close_tables(tables);
        while self.manuscript.tables() < tables {
            self.manuscript.begin_table();
        }
    }

    /// Ends tables until so many are left.
    fn close_tables(&mut self, left: usize) {
        while self.manuscript.tables() > left {
            self.manuscript.end_table();
        }
    }

    fn end_paragraph(&mut self) {
        self.placed = false;
        let Paragraph { style, outline, in_list, list_level, .. } = self.group.paragraph;
        let marker = self.marker.take();
        let class = match (self.styles.class(style), outline) {
            (Some(Class::Heading(_)) | None, Some(level)) => Some(Class::Heading(level + 1)),
            (class, _) => class,
        };
        let shape = match class {
            Some(Class::Contents) => {
                self.manuscript.take();
                return;
            }
            Some(Class::Title) => Shape::Title,
            Some(Class::Heading(level)) => Shape::Heading(level),
            Some(Class::Code) => Shape::Code,
            Some(Class::Author) | None => match marker.as_deref().and_then(number_of) {
                Some(marker) => Shape::Item(list_level, Some(marker)),
                None if in_list => Shape::Item(list_level, None),
                None => Shape::Prose,
            },
        };
        self.manuscript.end(&shape);
    }
}
