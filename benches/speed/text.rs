//! One made-up article: its words, and the markup around them.

use std::fmt::Write;

use fastrand::Rng;

use super::words::{FUNCTION_SHARE, Words, mix};

/// What an article is about, it says in words that come after so much of all that is said.
const RARE: f64 = 0.6;

/// How an article is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Markdown,
    Html,
}

/// Writes one article.
pub(crate) struct Author<'a> {
    words: &'a Words,
    random: Rng,
    form: Form,
    /// What the article is about: words that come back in it.
    topic: Vec<u32>,
    /// The words so far, and where among them a passage stands that is being repeated.
    said: Vec<u32>,
    repeated: std::ops::Range<usize>,
    out: String,
}

impl<'a> Author<'a> {
    /// Begins an article. The same seeds give the same one; those of one folder have much in common.
    pub(crate) fn new(words: &'a Words, seed: u64, folder: u64, form: Form) -> Self {
        let mut random = Rng::with_seed(mix(seed));
        let mut common = Rng::with_seed(mix(!folder));
        let mut topic = Vec::new();
        while topic.len() < 60 {
            let of = if topic.len() < 30 { &mut random } else { &mut common };
            topic.push(Words::at(RARE + (1.0 - RARE) * of.f64()));
        }
        Self { words, random, form, topic, said: Vec::new(), repeated: 0..0, out: String::new() }
    }

    /// Draws a number whose logarithm is normal (Box and Muller 1958): most are small, a few huge.
    pub(crate) fn size(&mut self, median: f64, spread: f64) -> usize {
        let (radius, angle) = (self.random.f64().max(1e-12), self.random.f64());
        let normal = (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos();
        (median * (spread * normal).exp()).clamp(300.0, 1.5e6) as usize
    }

    /// Returns a few words of the topic, as they stand in the name of a file.
    pub(crate) fn name(&mut self) -> String {
        let mut name = String::new();
        for at in 0..self.random.usize(1..4) {
            name.push_str(if at > 0 { "-" } else { "" });
            self.words.write(self.topic[at], &mut name);
        }
        name
    }

    /// Writes the article, to about so many bytes.
    pub(crate) fn write(mut self, bytes: usize) -> String {
        let mut title = String::new();
        for at in 0..self.random.usize(1..5) {
            title.push_str(if at > 0 { " " } else { "" });
            self.words.write(self.topic[at], &mut title);
        }
        title[..1].make_ascii_uppercase();
        self.open(&title);
        let foot = if self.form == Form::Html { 900 } else { 0 };
        self.paragraph();
        while self.out.len() + foot < bytes {
            match self.random.u32(0..100) {
                0..11 => self.heading(),
                11..18 if self.form != Form::Text => self.list(),
                18..20 if self.form != Form::Text => self.table(),
                20..24 if self.form == Form::Markdown => self.code(),
                _ => self.paragraph(),
            }
        }
        if self.form == Form::Html {
            self.out.push_str("</article>\n<aside><h2>Related</h2>\n");
            self.links(6);
            self.out.push_str("</aside>\n<footer><p>All rights reserved.</p>\n");
            self.links(4);
            self.out.push_str("</footer>\n</body>\n</html>\n");
        }
        self.out
    }

    fn open(&mut self, title: &str) {
        match self.form {
            Form::Text => write!(self.out, "{title}\n\n"),
            Form::Markdown => {
                if self.random.u32(0..10) < 3 {
                    let (year, month) = (self.random.u32(1998..2026), self.random.u32(1..13));
                    self.out.push_str("---\ntitle: ");
                    let _ = write!(self.out, "{title}\nauthor: ");
                    self.phrase(2);
                    let _ = write!(self.out, "\ndate: {year}-{month:02}-15\ntags: [");
                    self.phrase(1);
                    self.out.push_str(", ");
                    self.phrase(1);
                    self.out.push_str("]\n---\n\n");
                }
                write!(self.out, "# {title}\n\n")
            }
            Form::Html => {
                let _ = write!(
                    self.out,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
                     <meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
                );
                for rule in 0..12 {
                    let _ = writeln!(self.out, ".box-{rule} {{ margin: {rule}px auto; color: #33{rule:02}44; }}");
                }
                self.out.push_str("</style>\n<script>\n");
                for variable in 0..10 {
                    let _ = writeln!(
                        self.out,
                        "window.setting{variable} = function (event) {{ return event.target.id === 'box-{variable}'; }};"
                    );
                }
                self.out.push_str("</script>\n</head>\n<body>\n<header><nav>\n");
                self.links(12);
                write!(self.out, "</nav></header>\n<article>\n<h1>{title}</h1>\n")
            }
        }
        .expect("a string takes all");
    }

    fn heading(&mut self) {
        let level = self.random.usize(2..4);
        let length = self.random.usize(1..5);
        match self.form {
            Form::Text => {}
            Form::Markdown => (0..=level).for_each(|at| self.out.push(if at < level { '#' } else { ' ' })),
            Form::Html => write!(self.out, "<h{level}>").expect("a string takes all"),
        }
        self.phrase(length);
        match self.form {
            Form::Html => writeln!(self.out, "</h{level}>").expect("a string takes all"),
            _ => self.out.push_str("\n\n"),
        }
    }

    fn paragraph(&mut self) {
        self.tag("<p>");
        for at in 0..self.random.usize(1..8) {
            self.out.push_str(if at > 0 { " " } else { "" });
            self.sentence();
        }
        self.tag("</p>");
        self.out.push_str(if self.form == Form::Html { "\n" } else { "\n\n" });
    }

    fn list(&mut self) {
        self.tag("<ul>\n");
        for _ in 0..self.random.usize(3..9) {
            self.out.push_str(if self.form == Form::Html { "<li>" } else { "- " });
            self.sentence();
            self.tag("</li>");
            self.out.push('\n');
        }
        self.tag("</ul>");
        self.out.push('\n');
    }

    fn table(&mut self) {
        let columns = self.random.usize(2..5);
        self.tag("<table>\n");
        for row in 0..self.random.usize(3..10) {
            if row == 1 && self.form == Form::Markdown {
                (0..columns).for_each(|_| self.out.push_str("|---"));
                self.out.push_str("|\n");
            }
            self.tag("<tr>");
            for _ in 0..columns {
                self.out.push_str(if self.form == Form::Html { "<td>" } else { "| " });
                self.phrase(2);
                self.out.push_str(if self.form == Form::Html { "</td>" } else { " " });
            }
            self.out.push_str(if self.form == Form::Html { "</tr>\n" } else { "|\n" });
        }
        self.tag("</table>");
        self.out.push('\n');
    }

    fn code(&mut self) {
        self.out.push_str("```\n");
        for _ in 0..self.random.usize(2..9) {
            self.phrase(1);
            self.out.push_str(" = get_");
            self.phrase(1);
            let number = self.random.u32(0..500);
            writeln!(self.out, "({number});").expect("a string takes all");
        }
        self.out.push_str("```\n\n");
    }

    fn links(&mut self, count: usize) {
        self.out.push_str("<ul>\n");
        for _ in 0..count {
            self.out.push_str("<li><a href=\"/");
            self.phrase(1);
            self.out.push_str(".html\">");
            self.phrase(2);
            self.out.push_str("</a></li>\n");
        }
        self.out.push_str("</ul>\n");
    }

    /// Writes words that tell, parted by blanks.
    fn phrase(&mut self, length: usize) {
        for at in 0..length {
            self.out.push_str(if at > 0 { " " } else { "" });
            let word = loop {
                let word = self.next();
                if self.words.tells(word) {
                    break word;
                }
            };
            self.words.write(word, &mut self.out);
        }
    }

    fn sentence(&mut self) {
        let length = 4 + self.random.usize(0..14) + self.random.usize(0..14);
        for at in 0..length {
            let start = self.out.len();
            match self.random.u32(0..1_000) {
                0..25 => self.number(),
                25..43 if self.form != Form::Text => self.link(),
                _ => {
                    let word = self.next();
                    self.words.write(word, &mut self.out);
                }
            }
            if at == 0 {
                self.out[start..=start].make_ascii_uppercase();
            }
            let last = at + 1 == length;
            self.out.push_str(match self.random.u32(0..1_000) {
                _ if last => ".",
                0..55 => ", ",
                55..60 => "; ",
                60..64 => " – ",
                64..70 => "’s ",
                70..74 => "-",
                _ => " ",
            });
        }
    }

    fn number(&mut self) {
        let number = match self.random.u32(0..3) {
            0 => self.random.u32(1..32),
            1 => self.random.u32(1_850..2_026),
            _ => (1.0 / self.random.f64().max(1e-6)) as u32 * 7,
        };
        write!(self.out, "{number}").expect("a string takes all");
    }

    fn link(&mut self) {
        let html = self.form == Form::Html;
        self.out.push_str(if html {
            "<a class=\"reference external\" href=\"https://www.example.org/"
        } else {
            "["
        });
        self.phrase(1);
        self.out.push_str(if html { ".html\">" } else { "](https://www.example.org/manual/" });
        self.phrase(1);
        self.out.push_str(if html { "</a>" } else { ".md)" });
    }

    /// Draws the next word: of what was said before, of the topic, one that often follows the last, or any.
    fn next(&mut self) -> u32 {
        // Manuals and pages say the same again and again.
        let repeats = if self.form == Form::Text { 20 } else { 60 };
        if self.repeated.is_empty() && self.said.len() > 50 && self.random.u32(0..1_000) < repeats {
            let start = self.random.usize(self.said.len().saturating_sub(2_000)..self.said.len() - 12);
            self.repeated = start..start + self.random.usize(2..12);
        }
        let last = u64::from(self.said.last().copied().unwrap_or_default());
        let word = match (self.repeated.next(), self.random.u32(0..100)) {
            (Some(at), _) => self.said[at],
            (None, 0..36) => Words::at(FUNCTION_SHARE * self.random.f64()),
            (None, 36..56) => {
                let far = self.random.f64() * self.random.f64();
                self.topic[(far * self.topic.len() as f64) as usize]
            }
            (None, 56..78) => {
                // The commoner a word, the more words may follow it.
                let follower = self.random.u64(0..(20_000 / (last + 1)).max(4));
                Words::at((mix(last << 20 | follower) >> 11) as f64 / (1_u64 << 53) as f64)
            }
            _ => Words::at(FUNCTION_SHARE / 2.0 + (1.0 - FUNCTION_SHARE / 2.0) * self.random.f64()),
        };
        self.said.push(word);
        word
    }

    fn tag(&mut self, tag: &str) {
        if self.form == Form::Html {
            self.out.push_str(tag);
        }
    }
}
