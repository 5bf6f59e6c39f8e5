//! Commands, by their names.

use unicode_normalization::UnicodeNormalization;

use super::{
    super::{
        braces::verb,
        commands::{DEFINITIONS, DROPPED, LENGTHS, SECTIONS},
        symbols::{accent, symbol},
    },
    Reader,
};

/// Bytes of the longest text that a command of the file's own stands for.
const LONGEST_MACRO: usize = 300;

impl<'a> Reader<'a> {
    /// Reads what follows a backslash.
    pub(super) fn command(&mut self) {
        let rest = self.rest();
        let at = self.at - 1;
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'@').count();
        if length > 0 {
            let name = &rest[..length];
            if let Some((code, after)) =
                matches!(name, "verb" | "lstinline").then(|| verb(self.text, at)).flatten()
            {
                self.at = after.min(self.end);
                return self.write(&self.text[code], at);
            }
            self.at += length;
            if self.rest().starts_with('*') {
                self.at += 1;
            }
            return self.named(name, at);
        }
        let Some(sign) = rest.chars().next() else { return };
        self.at += sign.len_utf8();
        match sign {
            '\\' => {
                self.at += usize::from(self.rest().starts_with('*'));
                self.option();
                if self.row.is_some() { self.end_row() } else { self.write(" ", at) }
            }
            '\n' => self.at -= 1,
            '%' | '&' | '#' | '$' | '_' | '{' | '}' => self.write(&rest[..1], at),
            '-' | '/' | '!' | '@' | '+' => {}
            '(' => {
                let end = self.inline.at(at + 2);
                self.formula_to(at + 2, end, 2);
            }
            '[' => {
                let end = self.display.at(at + 2);
                self.formula_to(at + 2, end, 2);
            }
            _ => match accent(&rest[..sign.len_utf8()]) {
                Some(mark) => self.accented(mark, at),
                None => self.write(" ", at),
            },
        }
    }

    /// Reads the letter that an accent belongs to.
    fn accented(&mut self, mark: char, at: usize) {
        self.blanks();
        let letter = match self.rest().chars().next() {
            Some('{') => match self.braces.close(self.at).filter(|&close| close < self.at + 40) {
                Some(close) => {
                    let inner = self.text_of(self.at + 1..close);
                    self.at = close + 1;
                    inner
                }
                None => return,
            },
            Some('\\') => {
                let name: String =
                    self.rest()[1..].chars().take_while(char::is_ascii_alphabetic).take(8).collect();
                if !matches!(name.as_str(), "i" | "j" | "ae" | "o" | "aa") {
                    return;
                }
                self.at += 1 + name.len();
                self.blanks();
                symbol(&name).unwrap_or("").to_owned()
            }
            Some(letter) if letter.is_alphabetic() => {
                self.at += letter.len_utf8();
                letter.to_string()
            }
            _ => return,
        };
        // A dotless letter gets its dot back from the accent.
        let letter = letter.replace('ı', "i").replace('ȷ', "j");
        let mut chars = letter.chars();
        if let Some(first) = chars.next() {
            let whole: String = [first, mark].into_iter().chain(chars).nfc().collect();
            self.write(&whole, at);
        }
    }

    fn named(&mut self, name: &'a str, at: usize) {
        let glued = self.rest().starts_with(['{', '[', '<']);
        if let Some(level) = SECTIONS.iter().position(|known| *known == name) {
            return self.heading(level + 1, at);
        }
        if name.len() == 1
            && let Some(mark) = accent(name)
        {
            return self.accented(mark, at);
        }
        match name {
            "begin" => return self.begin(at),
            "end" => return self.end(),
            "item" | "bibitem" => return self.item(name, at),
            "footnote" | "footnotetext" | "endnote" | "sidenote" | "marginpar" | "thanks" => {
                return self.note(name, at);
            }
            "caption" | "captionof" | "subcaption" | "framesubtitle" => return self.caption(name),
            "frametitle" => return self.heading(SECTIONS.len() + 1, at),
            "par" | "newpage" | "clearpage" | "maketitle" | "bigskip" | "medskip" | "smallskip" => {
                self.end_block();
                return self.blanks();
            }
            "url" | "path" | "nolinkurl" | "lstinline" | "mintinline" | "detokenize" => {
                return self.raw(name, at);
            }
            "tabularnewline" | "cr" if self.row.is_some() => {
                self.blanks();
                return self.end_row();
            }
            "def" | "gdef" | "edef" | "xdef" => return self.definition(),
            "let" | "futurelet" => {
                self.control();
                self.at += usize::from(self.rest().starts_with('='));
                self.control();
                return;
            }
            "textsuperscript" | "footnotemark" if self.fact => {
                self.option();
                self.drop_argument();
                return;
            }
            "and" if self.fact => return self.write(", ", at),
            "today" | "relax" | "protect" | "noindent" => return self.blanks(),
            _ if DEFINITIONS.contains(&name) => return self.definition(),
            _ if LENGTHS.contains(&name) => return self.length(),
            _ if self.take_fact(name) => return,
            _ => {}
        }
        if name.contains("cite") || name.ends_with("ref") {
            self.overlay();
            while self.option().is_some() {}
            self.drop_argument();
        } else if let Some((_, count)) = DROPPED.iter().find(|(known, _)| *known == name) {
            self.dropped(name, *count);
        } else if let Some(text) = self.macros.get(name) {
            if let Some(left) = self.left.checked_sub(text.len()) {
                self.left = left;
                let text = text.clone();
                self.write(&text, at);
            }
            self.blanks();
            self.empty_group();
        } else if let Some(sign) = symbol(name) {
            self.write(sign, at);
            self.blanks();
            self.empty_group();
        } else {
            self.overlay();
            if self.rest().starts_with('[') {
                self.option();
            }
            if !glued {
                self.blanks();
                // A register that is given a value.
                if self.rest().starts_with('=') {
                    self.length();
                }
            }
        }
    }

    fn dropped(&mut self, name: &str, count: usize) {
        self.overlay();
        self.option();
        if name == "cmidrule" && self.rest().starts_with('(') {
            self.at += self.rest().bytes().take(20).position(|byte| byte == b')').map_or(0, |at| at + 1);
        }
        for _ in 0..count {
            self.option();
            self.drop_argument();
        }
        if name.starts_with("new") {
            self.option();
        }
    }

    fn definition(&mut self) {
        let bare = self.rest().trim_start_matches([' ', '\t']).starts_with('\\');
        let name = if bare {
            self.control()
        } else {
            let Some(range) = self.argument() else { return };
            self.text[range].trim().trim_start_matches('\\')
        };
        let before = self.at;
        let mut plain = true;
        while self.option().is_some() {
            plain = false;
        }
        // The parameters of `\def`.
        let parameter = |byte: &u8| byte.is_ascii() && !matches!(byte, b'{' | b'\n' | b'\\');
        let marks = self.rest().bytes().take(60).take_while(parameter).count();
        if self.rest().as_bytes()[..marks].contains(&b'#') {
            plain = false;
            self.at += marks;
        }
        let Some(body) = self.argument() else {
            self.at = before;
            return;
        };
        // The arguments of the newer commands come before the body.
        let body = match self.rest().starts_with('{').then(|| self.argument()).flatten() {
            Some(later) => {
                plain &= body.is_empty();
                later
            }
            None => body,
        };
        if plain && body.len() < LONGEST_MACRO {
            let text = self.text_of(body);
            if text.len() < LONGEST_MACRO {
                self.macros.insert(name, text);
            }
        } else {
            self.macros.insert(name, String::new());
            self.macros.remove(name);
        }
    }

    pub(super) fn heading(&mut self, level: usize, at: usize) {
        self.overlay();
        self.option();
        let Some(range) = self.argument() else { return };
        if self.sink.is_some() || self.row.is_some() {
            return self.run(range);
        }
        self.end_block();
        let text = self.text_of(range);
        self.lists.clear();
        self.gather.heading(level, &text, self.line(at));
    }

    fn note(&mut self, name: &str, at: usize) {
        self.option();
        let Some(range) = self.argument() else { return };
        if self.fact {
            return;
        }
        self.numbered += 1;
        if self.sink.is_none() && !matches!(name, "footnotetext" | "marginpar" | "thanks") {
            let number = self.numbered;
            self.write(&format!("[{number}]"), at);
        }
        self.notes.push((range, self.numbered));
    }

    fn caption(&mut self, name: &str) {
        self.option();
        if name == "captionof" {
            self.drop_argument();
        }
        let Some(range) = self.argument() else { return };
        let row = self.row.take();
        self.end_block();
        self.run(range);
        self.end_block();
        self.row = row;
    }

    /// Writes an argument in which signs stand for themselves.
    fn raw(&mut self, name: &str, at: usize) {
        self.option();
        if name == "mintinline" {
            self.drop_argument();
        }
        if let Some(range) = self.argument() {
            let text = self.text[range]
                .replace("\\%", "%")
                .replace("\\_", "_")
                .replace("\\#", "#")
                .replace("\\&", "&")
                .replace('\n', " ");
            self.write(&text, at);
        }
    }

    pub(super) fn item(&mut self, name: &str, at: usize) {
        self.overlay();
        let option = self.option();
        if name == "bibitem" {
            self.drop_argument();
        }
        if self.sink.is_some() || self.row.is_some() {
            return self.write(" ", at);
        }
        let mark = match self.lists.last_mut() {
            Some(Some(number)) if option.is_none() => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            _ => "-".to_owned(),
        };
        self.end_block();
        let line = self.line(at);
        self.gather.item(self.lists.len().saturating_sub(1), &mark, line);
        if let Some(option) = option.filter(|_| name == "item") {
            let term = self.text_of(option);
            if !term.is_empty() {
                let colon = if term.ends_with([':', '.']) { " " } else { ": " };
                self.write(&(term + colon), at);
            }
        }
        self.blanks();
    }
}
