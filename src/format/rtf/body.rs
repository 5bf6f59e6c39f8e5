//! The groups and control words of an RTF file, as far as they say what text it has.

use std::mem;

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
        symbol::symbol,
    },
};

/// Groups inside groups, as deep as they are told apart.
const DEEPEST: usize = 1_000;

/// Tables inside tables, as deep as they are read.
const DEEPEST_TABLE: i32 = 16;

/// Bytes of the longest name or fact.
const LONGEST_FACT: usize = 4_000;

/// Bytes of text that are gathered before they are decoded, if no control word comes between.
const GATHERED: usize = 1 << 16;

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

    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
        if self.bytes.len() >= GATHERED && byte == b' ' || self.bytes.len() >= 2 * GATHERED {
            self.decode();
        }
    }

    /// Hands on the text that was gathered.
    fn decode(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = mem::take(&mut self.bytes);
        let raw = mem::take(&mut self.raw);
        match (self.group.page, str::from_utf8(&bytes)) {
            (CodePage::Symbol, _) => {
                let signs: String = bytes.iter().filter_map(|&byte| symbol(byte.into())).collect();
                self.emit(&signs);
            }
            // What is a word was meant to be read, whatever its font.
            (CodePage::Pictures, Ok(text)) if text.is_ascii() && text.trim().len() > 2 => self.emit(text),
            (CodePage::Pictures, _) => {}
            // Programs that know nothing of code pages write as they do elsewhere.
            (_, Ok(text)) if raw || text.is_ascii() => self.emit(text),
            (CodePage::Encoding(encoding), _) => {
                let (text, _) = encoding.decode_without_bom_handling(&bytes);
                self.emit(&text);
            }
        }
        // Most texts are short, and the next one may use the room.
        self.bytes = bytes;
        self.bytes.clear();
    }

    fn unicode(&mut self, number: i32) {
        // Numbers past 32767 are written as negative ones.
        let code = if number < 0 { number.wrapping_add(0x1_0000) } else { number } as u32;
        let half = self.half.take();
        let char = match (code, half) {
            (0xd800..=0xdbff, _) => {
                self.half = Some(code as u16);
                None
            }
            (0xdc00..=0xdfff, Some(half)) => char::decode_utf16([half, code as u16]).find_map(Result::ok),
            (0xf000..=0xf0ff, _) if self.group.page == CodePage::Symbol => symbol(code),
            (0xe000..=0xf8ff, _) => None,
            _ => char::from_u32(code),
        };
        char.into_iter().for_each(|char| self.emit(char.encode_utf8(&mut [0; 4])));
        self.stand_ins = self.group.stand_ins;
    }

    /// Puts text where it goes.
    fn emit(&mut self, text: &str) {
        match self.group.target {
            Target::Text if self.group.hidden || self.group.deleted => {}
            Target::Text => {
                self.place(0);
                self.full |= text.len() > self.left;
                self.left = self.left.saturating_sub(text.len());
                self.manuscript.text(text);
            }
            Target::Marker => {
                let marker = self.marker.get_or_insert_default();
                if marker.len() + text.len() <= LONGEST_FACT {
                    marker.push_str(text);
                }
            }
            Target::Fonts => self.fonts.text(text),
            Target::Styles => self.styles.text(text),
            Target::Facts | Target::Commenter => {
                if self.collected.len() + text.len() <= LONGEST_FACT {
                    self.collected.push_str(text);
                }
            }
            Target::Nowhere => {}
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

/// Returns the number that stands before an item, or a dash for a bullet; none where nothing does.
fn number_of(marker: &str) -> Option<String> {
    let marker = marker.trim();
    let bullet = marker.chars().count() == 1 || !marker.contains(char::is_alphanumeric);
    match marker {
        "" => None,
        _ if bullet && !marker.contains(|char: char| char.is_ascii_digit()) => Some("-".into()),
        _ => Some(marker.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

/// Returns the sign that a control word stands for.
fn sign(word: &str) -> Option<&'static str> {
    Some(match word {
        "line" | "lbr" => "\n",
        "page" | "column" | "softpage" | "emspace" | "enspace" | "qmspace" => " ",
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        "mden" => "/",
        "msup" => "^",
        "msub" => "_",
        _ => return None,
    })
}
