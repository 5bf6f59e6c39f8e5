//! The tags of a page and the text between them, as a browser's tokenizer sees them.
//!
//! In linear time, whatever the page: what was looked for in vain is not looked for again.

use std::borrow::Cow;

/// One piece of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// Text as written, entities and all. A `<` in it begins no tag.
    Text(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// The name of an end tag, lowercase.
    Close(Cow<'a, str>),
    /// The text of a comment.
    Comment(&'a str),
    /// What an element holds that holds no tags, such as a script.
    Raw(&'a str),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tag<'a> {
    /// The name, lowercase.
    pub name: Cow<'a, str>,
    /// The tag from `<` to `>`.
    pub written: &'a str,
    /// How many attributes it has.
    pub attributes: usize,
    /// Whether it ends in `/>`.
    pub closed: bool,
}

/// An attribute of a tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Attribute<'a> {
    /// The name as written.
    pub name: &'a str,
    /// The value as written, without quotes.
    pub value: &'a str,
    /// Where the value begins in the tag.
    pub at: usize,
}

/// Elements that hold no tags, only text.
pub(super) const RAW: &[&str] =
    &["script", "style", "title", "textarea", "iframe", "noembed", "xmp", "plaintext"];

/// The pieces of a page, in order.
#[derive(Clone, Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// The element whose raw text comes next.
    raw: Option<Cow<'a, str>>,
    /// Whether `/>` ends an element, as in XML.
    pub xml: bool,
    /// Whether a `>` may still come that ends a tag.
    tags_end: bool,
    comments_end: bool,
    /// Elements of raw text that have no end tag further down.
    endless: Vec<Cow<'a, str>>,
}

impl<'a> Tokens<'a> {
    /// Begins at the start of a page.
    pub(super) fn new(page: &'a str) -> Self {
        Self { rest: page, raw: None, xml: false, tags_end: true, comments_end: true, endless: Vec::new() }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// Takes a tag, or gives up on tags where it has no end.
    fn take_tag(&mut self) -> Option<Token<'a>> {
        let start = if self.rest.starts_with("</") { 2 } else { 1 };
        let mut attributes = Attributes::of(self.rest, start);
        let name = lowercase(&self.rest[start..attributes.at]);
        let count = attributes.by_ref().count();
        let Some(end) = attributes.end else {
            self.tags_end = false;
            return None;
        };
        let written = self.take(end);
        if start == 2 {
            return Some(Token::Close(name));
        }
        let closed = written.ends_with("/>");
        if RAW.contains(&&*name) && !(closed && self.xml) {
            self.raw = Some(name.clone());
        }
        Some(Token::Open(Tag { name, written, attributes: count, closed }))
    }

    /// Takes a comment, or what a browser takes for one: all else that begins with `<!`, `<?`, `</`.
    fn take_comment(&mut self) -> Option<Token<'a>> {
        if self.rest.starts_with("<!-->") || self.rest.starts_with("<!--->") {
            let end = self.rest.find('>').expect("it was just seen") + 1;
            return Some(Token::Comment(&self.take(end)[..0]));
        }
        if self.comments_end && self.rest.starts_with("<!--") {
            let mut from = 4;
            while let Some(at) = self.rest[from..].find("--") {
                let end = from + at;
                let after = &self.rest[end + 2..];
                let mark = if after.starts_with('>') { 3 } else { 4 };
                if mark == 3 || after.starts_with("!>") {
                    return Some(Token::Comment(&self.take(end + mark)[4..end]));
                }
                from = end + 1;
            }
            // A browser would hide the rest of the page; here it is read.
            self.comments_end = false;
        }
        let Some(end) = self.rest.find('>') else {
            self.tags_end = false;
            return None;
        };
        Some(Token::Comment(self.take(end + 1)))
    }

    /// Takes what an element of raw text holds, up to its end tag.
    fn take_raw(&mut self, name: Cow<'a, str>) -> &'a str {
        let mut from = 0;
        let endless = self.endless.contains(&name);
        while let Some(at) = if endless { None } else { self.rest[from..].find("</") } {
            let end = from + at;
            let after = &self.rest.as_bytes()[end + 2..];
            if after.len() >= name.len()
                && after[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && after.get(name.len()).is_none_or(|&byte| byte == b'>' || byte == b'/' || is_space(byte))
            {
                return self.take(end);
            }
            from = end + 2;
        }
        let end = match &*name {
            // A title that never ends would be the whole page.
            "title" | "textarea" => self.rest.find('<').unwrap_or(self.rest.len()),
            _ => self.rest.len(),
        };
        self.endless.push(name);
        self.take(end)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            let raw = self.take_raw(name);
            if !raw.is_empty() {
                return Some(Token::Raw(raw));
            }
        }
        if self.rest.is_empty() {
            return None;
        }
        let mut from = 0;
        while let Some(at) = self.rest[from..].find('<').filter(|_| self.tags_end) {
            from += at;
            let token = match &self.rest.as_bytes()[from + 1..] {
                [first, ..] if first.is_ascii_alphabetic() => Self::take_tag,
                [b'/', first, ..] if first.is_ascii_alphabetic() => Self::take_tag,
                [b'!' | b'?', ..] | [b'/', _, ..] => Self::take_comment,
                _ => {
                    from += 1;
                    continue;
                }
            };
            if from > 0 {
                return Some(Token::Text(self.take(from)));
            }
            if let Some(token) = token(self) {
                return Some(token);
            }
        }
        Some(Token::Text(self.take(self.rest.len())))
    }
}

/// The attributes of a tag, in order.
#[derive(Debug)]
struct Attributes<'a> {
    text: &'a str,
    at: usize,
    /// The offset after the `>`, once it was reached.
    end: Option<usize>,
}

impl<'a> Attributes<'a> {
    /// Begins after the name of the tag, which begins at `start`.
    fn of(text: &'a str, start: usize) -> Self {
        let mut attributes = Self { text, at: start, end: None };
        attributes.pass(|byte| !is_space(byte) && byte != b'/' && byte != b'>');
        attributes
    }

    fn pass(&mut self, over: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|&byte| !over(byte)).unwrap_or(rest.len());
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        self.pass(|byte| is_space(byte) || byte == b'/');
        let start = self.at;
        if self.byte()? == b'>' {
            self.end = Some(start + 1);
            return None;
        }
        self.at += 1;
        self.pass(|byte| !is_space(byte) && !matches!(byte, b'/' | b'>' | b'='));
        let name = &self.text[start..self.at];
        self.pass(is_space);
        let mut value = self.at..self.at;
        if self.byte() == Some(b'=') {
            self.at += 1;
            self.pass(is_space);
            value = match self.byte() {
                Some(quote @ (b'"' | b'\'')) => {
                    self.at += 1;
                    let start = self.at;
                    self.pass(|byte| byte != quote);
                    let value = start..self.at;
                    self.byte()?;
                    self.at += 1;
                    value
                }
                _ => {
                    let start = self.at;
                    self.pass(|byte| !is_space(byte) && byte != b'>');
                    start..self.at
                }
            };
        }
        Some(Attribute { name, at: value.start, value: &self.text[value] })
    }
}

impl<'a> Tag<'a> {
    /// Returns the attributes, in order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        Attributes::of(self.written, 1)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

fn lowercase(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(page: &str) -> String {
        let mut printed = String::new();
        for token in Tokens::new(page) {
            printed += &match token {
                Token::Text(text) => format!("{text:?}"),
                Token::Raw(text) => format!("raw{text:?}"),
                Token::Comment(text) => format!("!{text:?}"),
                Token::Close(name) => format!("</{name}>"),
                Token::Open(tag) => {
                    assert_eq!(tag.attributes, tag.attributes().count());
                    let attributes: String =
                        tag.attributes().map(|one| format!(" {}={:?}", one.name, one.value)).collect();
                    format!("<{}{attributes}{}>", tag.name, if tag.closed { "/" } else { "" })
                }
            };
        }
        printed
    }

    #[test]
    fn a_page_is_parted_as_a_browser_does() {
        let check = |page: &str, expected: &str| assert_eq!(print(page), expected, "{page}");
        check("", "");
        check("a<B>c</B >d", "\"a\"<b>\"c\"</b>\"d\"");
        check("<a b=c d='e>f' g = \"h\" i j=k/>", "<a b=\"c\" d=\"e>f\" g=\"h\" i=\"\" j=\"k/\"/>");
        check("<a/b='c'd=e><x =f><br/>", "<a b=\"c\" d=\"e\"><x =f=\"\"><br/>");
        check("1 < 2 <3 <", "\"1 < 2 <3 <\"");
        check(
            "<!doctype html><!-- a > b --!><!--><!---><?x?></ y>z",
            "!\"<!doctype html>\"!\" a > b \"!\"\"!\"\"!\"<?x?>\"!\"</ y>\"\"z\"",
        );
        check("<!-- a --- b --->c", "!\" a --- b -\"\"c\"");
        check("<script>a<b></scripts></SCRIPT x>c", "<script>raw\"a<b></scripts>\"</script>\"c\"");
        check("<title>a</b></title>c", "<title>raw\"a</b>\"</title>\"c\"");
    }

    #[test]
    fn what_has_no_end_is_text() {
        let check = |page: &str, expected: &str| assert_eq!(print(page), expected, "{page}");
        check("a<b c='d>e", "\"a\"\"<b c='d>e\"");
        check("a<b", "\"a\"\"<b\"");
        check("<!-- a <b>c</b>", "!\"<!-- a <b>\"\"c\"</b>");
        check("<!-- a", "\"<!-- a\"");
        check("<title>a<p>b<title>c", "<title>raw\"a\"<p>\"b\"<title>raw\"c\"");
        check("<style>a<p>b", "<style>raw\"a<p>b\"");
    }
}
