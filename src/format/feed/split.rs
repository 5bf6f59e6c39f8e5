//! A feed cut into its entries, and what stands around them.

use std::io::{self, BufRead, Read};

use crate::format::{line, record::LONGEST};

/// Bytes of what stands around the entries that are kept.
const MOST_AROUND: usize = 1 << 20;

/// The names of entries, without a prefix.
const NAMES: &[&[u8]] = &[b"item", b"entry"];

/// An entry of a feed.
pub(super) struct Cut {
    /// Its source; empty where it is too long.
    pub text: String,
    /// The line of its first tag, counting from 1.
    pub line: u64,
    /// Whether it has an end.
    pub whole: bool,
}

/// A feed that is cut into its entries.
pub(super) struct Split<R> {
    reader: R,
    /// The line that was reached, counting from 1.
    line: u64,
    inside: Inside,
    around: Vec<u8>,
    /// The entry that has begun.
    open: Option<Open>,
}

/// In what the next bytes stand.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Markup,
    Data,
    Comment,
}

struct Open {
    name: Vec<u8>,
    line: u64,
    text: Vec<u8>,
    long: bool,
}

impl<R: BufRead> Split<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1, inside: Inside::Markup, around: Vec::new(), open: None }
    }

    /// Returns what stands around the entries so far.
    pub(super) fn around(&self) -> &[u8] {
        &self.around
    }

    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// Returns the next entry.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Cut>> {
        // Text up to the end of a tag, so that there is at most one in it.
        let mut piece = Vec::new();
        loop {
            piece.clear();
            if self.reader.by_ref().take(LONGEST).read_until(b'>', &mut piece)? == 0 {
                return Ok(self.open.take().map(|open| open.cut(false)));
            }
            let tag = self.tag(&piece);
            let before = piece.len() - tag.len();
            let line = self.line + line::breaks(&piece[..before]);
            self.line = line + line::breaks(tag);
            let begun = tag.strip_prefix(b"<").map_or(&[][..], name);
            if NAMES.contains(&local(begun)) && !tag.ends_with(b"/>") {
                // An entry inside an entry: the one before has no end.
                self.add(&piece[..before]);
                let open = Open { name: begun.to_vec(), line, text: tag.to_vec(), long: false };
                if let Some(last) = self.open.replace(open) {
                    return Ok(Some(last.cut(true)));
                }
                continue;
            }
            self.add(&piece);
            let ended = tag.strip_prefix(b"</").map_or(&[][..], name);
            if let Some(open) = self.open.take_if(|open| open.name == ended) {
                return Ok(Some(open.cut(true)));
            }
        }
    }

    fn add(&mut self, piece: &[u8]) {
        match &mut self.open {
            Some(open) if open.text.len() + piece.len() > LONGEST as usize => open.long = true,
            Some(open) if open.long => {}
            Some(open) => open.text.extend_from_slice(piece),
            None if self.around.len() + piece.len() <= MOST_AROUND => self.around.extend_from_slice(piece),
            None => {}
        }
    }

    /// Returns the tag that a piece ends with, empty where that is none, and goes on to what is inside.
    fn tag<'p>(&mut self, piece: &'p [u8]) -> &'p [u8] {
        let none = &piece[piece.len()..];
        match self.inside {
            Inside::Data if piece.ends_with(b"]]>") => self.inside = Inside::Markup,
            Inside::Comment if piece.ends_with(b"-->") => self.inside = Inside::Markup,
            Inside::Data | Inside::Comment => {}
            Inside::Markup => {
                let Some(at) = piece.iter().position(|&byte| byte == b'<') else { return none };
                let first = &piece[at..];
                if first.starts_with(b"<![CDATA[") {
                    self.inside = if first.ends_with(b"]]>") { Inside::Markup } else { Inside::Data };
                } else if first.starts_with(b"<!--") {
                    let ended = first.len() > 6 && first.ends_with(b"-->");
                    self.inside = if ended { Inside::Markup } else { Inside::Comment };
                } else if piece.ends_with(b">") {
                    let at = piece.iter().rposition(|&byte| byte == b'<').unwrap_or(at);
                    return &piece[at..];
                }
            }
        }
        none
    }
}

impl Open {
    fn cut(self, whole: bool) -> Cut {
        let text = if self.long { String::new() } else { String::from_utf8_lossy(&self.text).into_owned() };
        Cut { text, line: self.line, whole }
    }
}

/// Returns the name at the start of what is inside a tag.
fn name(inner: &[u8]) -> &[u8] {
    let end = inner.iter().position(|byte| matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'));
    &inner[..end.unwrap_or(inner.len())]
}

/// Returns a name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> (Vec<Cut>, String) {
        let mut split = Split::new(text.as_bytes());
        let mut cuts = Vec::new();
        while let Some(cut) = split.next().expect("it is in memory") {
            cuts.push(cut);
        }
        (cuts, String::from_utf8_lossy(split.around()).into_owned())
    }

    #[test]
    fn a_feed_is_cut_into_its_entries() {
        let check = |text: &str, expected: &[&str], around: &str| {
            let (cuts, rest) = cut(text);
            let print = |cut: &Cut| format!("{} {}{}", cut.line, cut.text, if cut.whole { "" } else { "!" });
            assert_eq!(cuts.iter().map(print).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(rest, around, "{text}");
        };
        check(
            "<c>a\n<item>b</item>\nc\n\n<item x='1'>d\n</item></c>",
            &["2 <item>b</item>", "5 <item x='1'>d\n</item>"],
            "<c>a\n\nc\n\n</c>",
        );
        check(
            "<a:entry><b/><item>c</item></a:entry>",
            &["1 <a:entry><b/>", "1 <item>c</item>"],
            "</a:entry>",
        );
        check("<items><li/></items><item/>", &[], "<items><li/></items><item/>");
        check("<item><![CDATA[</item><item>]]></item>", &["1 <item><![CDATA[</item><item>]]></item>"], "");
        check(
            "<item><![CDATA[]]><!-- </item> --></item>",
            &["1 <item><![CDATA[]]><!-- </item> --></item>"],
            "",
        );
        check("<!-- <item> -->a<!-->b<item>--><item>", &["1 <item>!"], "<!-- <item> -->a<!-->b<item>-->");
        check("<item>a\n<item>b", &["1 <item>a\n", "2 <item>b!"], "");
        check("<item>a</item", &["1 <item>a</item!"], "");
        check("", &[], "");
    }

    #[test]
    fn an_entry_without_end_does_not_stand_in_memory() {
        let long = "<b>word</b>".repeat(LONGEST as usize / 8);
        let (cuts, _) = cut(&format!("<item>{long}</item><item>a</item>"));
        assert_eq!(cuts.iter().map(|cut| cut.text.as_str()).collect::<Vec<_>>(), ["", "<item>a</item>"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(<item>|</item>|<entry a='b'>|</entry>|<!\\[CDATA\\[|\\]\\]>|<!--|-->|<b/>|[<>a\n]){0,30}") {
            let (cuts, around) = cut(&text);
            let all: usize = cuts.iter().map(|cut| cut.text.len()).sum();
            prop_assert_eq!(all + around.len(), text.len());
            for cut in cuts {
                let at = text.find(&cut.text).expect("it is in it");
                let line = text[..at].matches('\n').count() as u64 + 1;
                prop_assert!(cut.line >= line);
            }
        }
    }
}
