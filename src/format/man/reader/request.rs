//! Requests of roff, and the macros of man and mdoc.

use super::{super::semantic, Reader};

/// Bytes of the longest string that a page defines.
const LONGEST_STRING: usize = 200;

/// Requests of roff whose arguments are no text.
const REQUESTS: &[&str] = &[
    "ad", "na", "hy", "nh", "in", "ti", "ne", "ft", "ps", "vs", "ll", "lt", "ta", "tr", "nr", "rr", "rn",
    "rm", "ss", "cs", "bp", "pl", "po", "ns", "rs", "ev", "ec", "eo", "cc", "c2", "mk", "rt", "ls", "pc",
    "fp", "hw", "hc", "PD", "DT", "UC", "HP", "UE", "ME", "so", "mso", "als", "af", "as", "cu", "ul", "tm",
    "ex", "ab", "wh", "ch", "di", "da", "it", "lf", "pm", "IX", "AT", "Os", "YS", "BS", "BE", "VS", "VE",
    "AS", "blm", "warn", "cflags", "hla", "hpf", "nx", "pn", "do", "ie", "sv", "nop ", "fam", "defcolor",
    "color", "shc", "fchar", "cp", "tl", "sy", "pso", "close", "open", "opena", "write", "Bk", "Ek", "Sm",
    "Db", "Rs", "Re", "Ex", "Rv", "Xo", "Xc", "THEOREM ",
];

impl<'a> Reader<'a> {
    /// Reads a request or a macro.
    pub(super) fn request(&mut self, name: &str, rest: &'a str) {
        match name {
            "" => {}
            "de" | "de1" | "am" | "ig" | "am1" => self.skip_definition(rest),
            "ds" => {
                let (name, value) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
                let value = value.trim_start().strip_prefix('"').unwrap_or(value.trim_start());
                if value.len() < LONGEST_STRING {
                    let value = self.plain(value);
                    self.strings.insert(name.to_owned(), value);
                }
            }
            "EQ" => {
                while self.at + 1 < self.lines.len() && !self.lines[self.at].starts_with(".EN") {
                    self.at += 1;
                }
            }
            "TS" => self.table(),
            "nf" | "EX" | "Vb" | "CS" | "DS" => self.begin_code(),
            "fi" | "EE" | "Ve" | "CE" | "DE" => self.end_code(),
            "Bd" if rest.contains("-literal") || rest.contains("-unfilled") => self.begin_code(),
            "Bd" => self.gather.end(),
            "Ed" => {
                self.end_code();
                self.gather.end();
            }
            "PP" | "P" | "LP" => {
                if self.code.is_none() {
                    self.gather.end();
                    self.in_list = false;
                }
            }
            "Pp" | "Lp" | "sp" | "SY" if self.code.is_none() => {
                self.gather.end();
                if name == "SY" {
                    let text = self.words(rest).join(" ");
                    self.write(&text);
                }
            }
            "Pp" | "Lp" | "sp" | "br" => {}
            "RS" => {
                self.depth += 1;
                self.gather.end();
            }
            "RE" => {
                self.depth = self.depth.saturating_sub(1);
                self.gather.end();
            }
            "Bl" | "It" | "El" => self.list(name, rest),
            "Dl" | "D1" => {
                let text = self.semantic(&self.words(rest));
                let number = self.number();
                self.gather.code(&[&text], number);
            }
            _ if REQUESTS.contains(&name) => {}
            _ => {
                let words = self.words(rest);
                self.words_of(name, &words);
            }
        }
    }

    /// Reads a macro by its words.
    fn words_of(&mut self, name: &str, words: &[String]) {
        match name {
            "TH" | "Dt" => self.title(words),
            "Dd" => self.date(&words.join(" "), ".Dd"),
            "SH" | "Sh" | "SS" | "Ss" => {
                let level = if name.ends_with(['H', 'h']) { 1 } else { 2 };
                if words.is_empty() {
                    self.heading = Some(level);
                } else {
                    let text = self.semantic(words);
                    self.begin_section(level, &text);
                }
            }
            "TP" | "TQ" => {
                self.end_code();
                let (depth, number) = (self.depth, self.number());
                self.gather.item(depth, "-", number);
                self.in_list = true;
            }
            "IP" => self.paragraph(words.first().map(String::as_str)),
            "B" | "I" | "SM" | "SB" | "R" | "BI" | "BR" | "IB" | "IR" | "RB" | "RI" => {
                let glue = if name.len() == 2 && !name.starts_with('S') { "" } else { " " };
                self.write(&words.join(glue));
            }
            "OP" => self.write(&format!("[{}]", words.join(" "))),
            "UR" | "MT" => {
                let next = self.lines.get(self.at + 1).copied().unwrap_or("");
                if next.starts_with(".UE") || next.starts_with(".ME") {
                    self.write(&words.join(" "));
                }
            }
            "An" if self.section == "AUTHORS" || self.section == "AUTHOR" => {
                let name: Vec<&str> =
                    words.iter().map(String::as_str).take_while(|word| !semantic::is_macro(word)).collect();
                let name = name.join(" ");
                let name = name.trim_end_matches([',', '.', ' ']);
                if !name.is_empty() && !name.starts_with('-') && self.article.authors.len() < 50 {
                    self.article.authors.push(name.to_owned());
                }
                let text = self.semantic(words);
                self.write(&text);
            }
            "Nm" => {
                if self.name.is_empty() {
                    self.name = words.first().cloned().unwrap_or_default();
                }
                self.semantic_line(name, words);
            }
            _ if semantic::is_macro(name) => self.semantic_line(name, words),
            // One of the page's own: what it is given is mostly text.
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => self.write(&words.join(" ")),
            _ => {}
        }
    }

    fn semantic_line(&mut self, name: &str, words: &[String]) {
        let all: Vec<String> = std::iter::once(name.to_owned()).chain(words.iter().cloned()).collect();
        let text = self.semantic(&all);
        if !text.is_empty() {
            self.write(&text);
        }
    }

    /// Passes over the lines of a definition.
    fn skip_definition(&mut self, rest: &str) {
        let ending = rest.split_whitespace().nth(1).unwrap_or(".");
        let ends = |line: &&str| line.strip_prefix('.').is_some_and(|line| line.trim() == ending);
        // One without an end holds only itself.
        let length = self.lines[self.at + 1..].iter().take(1_000).position(ends);
        self.at += length.map_or(0, |length| length + 1);
    }
}
