//! Pages that browsers save with all that they show, written as a message is.
//!
//! The article is that of the page. The day among the headers is that of saving, which says nothing of
//! when it was published.

use mail_parser::HeaderName;

use super::{
    Cause, Each, Format, Input, Warnings, html,
    mail::{Headers, part::Part},
};

/// The reader of saved pages that hold all their parts.
pub(super) struct Mhtml;

/// Parts inside parts: how deep the page is looked for.
const DEEPEST: u8 = 8;

/// Parts that are looked at.
const MOST_PARTS: usize = 10_000;

impl Format for Mhtml {
    fn name(&self) -> &'static str {
        "mhtml"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mhtml", "mht"]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        Headers::of(bytes).is_saved_page().then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let bytes = input.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input.bytes).trim_ascii_start();
        let file = Part::of(bytes);
        let subject = file.text_of(HeaderName::Subject);
        let saved_from = file.raw(&HeaderName::Other("Snapshot-Content-Location".into())).map(str::to_owned);
        let mut left = MOST_PARTS;
        let page = page(file, None, 0, &mut left);
        let page = page.ok_or_else(|| Cause("holds no page".to_owned()))?;
        let location = page.text_of(HeaderName::ContentLocation);
        let mut article = html::page_of(&page.body(), page.parameter("charset"))?;
        let mut locations = saved_from.into_iter().chain(location);
        article.url = article
            .url
            .or_else(|| locations.find(|url| url.starts_with("https://") || url.starts_with("http://")));
        article.title = article.title.or(subject);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// Finds the page among the parts of a file: the one that is said to be it, else the first.
fn page<'a>(part: Part<'a>, start: Option<&str>, depth: u8, left: &mut usize) -> Option<Part<'a>> {
    *left = left.checked_sub(1)?;
    match part.content_type() {
        Some(("multipart", _)) if depth < DEEPEST => {
            let start = part.parameter("start").or(start);
            let mut first = None;
            for inner in part.parts()? {
                let inner = Part::of(inner);
                let named = start.is_some() && inner.id().is_some_and(|id| Some(id) == start.map(trim));
                let Some(page) = page(inner, start, depth + 1, left) else { continue };
                if named || start.is_none() {
                    return Some(page);
                }
                first = first.or(Some(page));
            }
            first
        }
        Some(("text", "html")) | Some(("application", "xhtml+xml")) => Some(part),
        _ => None,
    }
}

fn trim(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::read_all, *};
    use crate::article::{Article, Role};

    fn read(file: &str) -> Article {
        let file =
            file.replace('…', "Here is a sentence, with commas, and with words enough in it to be text.");
        let (mut articles, warnings) = read_all(&Mhtml, "a.mhtml", file.as_bytes());
        assert!(warnings.is_empty());
        articles.pop().expect("a page is an article")
    }

    #[test]
    fn the_page_is_the_article() {
        let check = |file: &str, expected: [&str; 3]| {
            let article = read(file);
            let main = article.sections.iter().filter(|section| section.role == Role::Main);
            let text: Vec<&str> = main.map(|section| section.text.as_str()).collect();
            let text = text
                .join("|")
                .replace("Here is a sentence, with commas, and with words enough in it to be text.", "…");
            let found = [article.title.as_deref(), article.url.as_deref(), Some(text.as_str())];
            assert_eq!(found.map(Option::unwrap_or_default), expected, "{file}");
            assert_eq!((article.date, &*article.date_source), (None, ""), "the day of saving is none");
        };
        let head =
            "Subject: A =?utf-8?q?=C3=BC?=\nDate: Fri, 31 Jan 2025 08:00:00 +0000\nMIME-Version: 1.0\n";
        let related = |type_: &str, parts: &str| {
            format!("{head}Content-Type: multipart/related; {type_}boundary=b\n\n{parts}\n--b--\n")
        };
        let page =
            |head: &str, text: &str| format!("--b\nContent-Type: text/html\n{head}\n<p>{text}</p><p>…</p>");
        check(&related("", &page("", "one …")), ["A ü", "", "one …\n\n…"]);
        check(
            &related("", &page("Content-Location: https://a.b/c\n", "<title>T</title>one …")),
            ["T", "https://a.b/c", "one …\n\n…"],
        );
        let two = page("Content-ID: <x>\n", "one …") + "\n" + &page("Content-ID: <y>\n", "two …");
        check(&related("start=\"<y>\"; ", &two), ["A ü", "", "two …\n\n…"]);
        check(&related("start=\"<z>\"; ", &two), ["A ü", "", "one …\n\n…"]);
        check(
            &format!(
                "{head}Content-Type: text/html; charset=utf-8\nContent-Location: file:///c:/a.html\n\n<p>ü …</p><p>…</p>"
            ),
            ["A ü", "", "ü …\n\n…"],
        );
        let nested = "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>…</p><p>…</p>\n--c--";
        check(&related("", nested), ["A ü", "", "…\n\n…"]);
    }

    #[test]
    fn a_file_without_a_page_is_refused() {
        for file in ["", "text", "MIME-Version: 1.0\nContent-Type: text/plain\n\ntext"] {
            let read =
                Mhtml.read(Input::of("a.mht", file.as_bytes()), &mut |_| super::super::Flow::Continue(()));
            assert_eq!(read.expect_err("there is no page").0, "holds no page");
        }
    }

    #[test]
    fn a_saved_page_is_told_from_a_message() {
        let check = |file: &str, expected: &str| {
            let found = super::super::of("a", file.as_bytes()).map(Format::name);
            assert_eq!(found, Some(expected), "{file}");
        };
        check(
            "From: <Saved by Blink>\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n",
            "mhtml",
        );
        check("MIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=b\n\n", "mhtml");
        check(
            "From: a@b.c\nTo: d@e.f\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=b\n\n",
            "mail",
        );
        check("MIME-Version: 1.0\nContent-Type: text/plain\n\n", "text");
    }

    const PIECES: &[&str] = &[
        "From: <Saved by Blink>\n",
        "Content-Type: multipart/related; boundary=b\n",
        "\n",
        "--b\n",
        "--b--\n",
        "Content-Type: text/html\n",
        "Content-Transfer-Encoding: base64\n",
        "Content-ID: <a>\n",
        "<p>text\n",
        "=",
        " ",
    ];

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
            pieces in prop::collection::vec(0..PIECES.len(), 0..20),
        ) {
            let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let _ = Mhtml.begins(bytes);
                let _ = Mhtml.read(Input::of("a.mht", bytes), &mut |_| super::super::Flow::Continue(()));
            }
        }
    }
}
