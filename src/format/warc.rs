//! WARC: what a crawler, or an archive of the web, kept of pages; each is an article.
//!
//! The day on which a page was kept is not the day on which it was published: it is the date of an
//! article only where the page states none, and says so.

use std::io::{self, BufRead, Read};

use self::{head::Head, page::Pages};
use super::{Cause, Each, Extent, Format, Input, Warnings};

mod answer;
mod head;
mod page;

/// The reader of web archives.
pub(super) struct Warc;

/// Bytes of the longest page that is read.
const LONGEST: u64 = 32 << 20;

/// Bytes that are passed over in search of the next record where one is broken.
const FARTHEST: u64 = 64 << 20;

impl Format for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["warc"]
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        bytes.starts_with(b"WARC/").then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let nest = input.nest.inner()?;
        let mut reader = input.reader();
        let mut pages = Pages::new(nest, each);
        let mut warnings = Warnings::new();
        while !pages.stopped {
            match record(&mut reader, &mut pages) {
                Ok(Went::On) => {}
                Ok(Went::End) => break,
                Ok(Went::Broken) => {
                    warnings.push("broken off: what follows was not read".into());
                    break;
                }
                Err(error) => {
                    warnings.push(format!("cannot be read: {error}; what follows was left out"));
                    break;
                }
            }
        }
        let articles = pages.articles;
        warnings.extend(pages.faults());
        if articles == 0 && !warnings.is_empty() {
            return Err(Cause(format!("holds no article: {}", warnings.join("; "))));
        }
        Ok(warnings)
    }
}

/// How the reading of a record went.
#[derive(PartialEq)]
enum Went {
    /// The next one may follow.
    On,
    /// There is none.
    End,
    /// The file ends inside of it.
    Broken,
}

/// Reads the record that begins here, or after some empty lines.
fn record(reader: &mut impl BufRead, pages: &mut Pages<'_, '_>) -> io::Result<Went> {
    if !begin(reader)? {
        return Ok(Went::End);
    }
    let Some(head) = Head::read(reader)? else { return Ok(Went::Broken) };
    // Of a record whose length is not said nothing is known: the next is looked for.
    let Some(length) = head.field("content-length").and_then(|length| length.parse::<u64>().ok()) else {
        return Ok(Went::On);
    };
    let wanted = matches!(head.field("warc-type"), Some("response" | "resource" | "conversion"));
    let most = if wanted { length.min(LONGEST + 1) } else { 0 };
    let mut content = Vec::new();
    reader.take(most).read_to_end(&mut content)?;
    let passed = io::copy(&mut reader.take(length - most), &mut io::sink())?;
    let whole = content.len() as u64 == most && passed == length - most;
    if wanted {
        pages.record(&head, &content);
    }
    Ok(if whole { Went::On } else { Went::Broken })
}

/// Goes on to the next line that begins a record; false where there is none.
fn begin(reader: &mut impl BufRead) -> io::Result<bool> {
    let mut passed = 0;
    while passed < FARTHEST {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        if bytes.starts_with(b"WARC/") {
            return Ok(true);
        }
        // The mark may be cut by the end of what is at hand.
        if bytes.len() < 5 && b"WARC/".starts_with(bytes) {
            let mut mark = Vec::new();
            reader.by_ref().take(5).read_to_end(&mut mark)?;
            if mark == b"WARC/" {
                return Ok(true);
            }
            passed += mark.len() as u64;
        }
        passed += reader.skip_until(b'\n')? as u64;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Flow, read_all},
        *,
    };
    use crate::{
        article::{Article, Lines},
        date::Date,
    };

    fn warc(kind: &str, address: &str, fields: &str, content: &[u8]) -> Vec<u8> {
        let head = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n{fields}Content-Length: {}\r\n\r\n",
            content.len()
        );
        [head.as_bytes(), content, b"\r\n\r\n"].concat()
    }

    fn answer(status: &str, kind: &str, body: &str) -> Vec<u8> {
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}").into_bytes()
    }

    const PAGE: &str = "<html><title>Tides</title><body><p>The tide is late.</p></body></html>";

    /// Prints each article as `format member | title | url: text`.
    fn print(articles: &[Article]) -> Vec<String> {
        let print = |article: &Article| {
            let text: Vec<&str> = article.sections.iter().map(|section| section.text.as_str()).collect();
            let facts = [&article.member, &article.title, &article.url];
            let facts: Vec<&str> = facts.iter().map(|fact| fact.as_deref().unwrap_or("-")).collect();
            format!("{} {}: {}", article.format, facts.join(" | "), text.join("||"))
        };
        articles.iter().map(print).collect()
    }

    #[test]
    fn pages_are_articles() {
        let check = |records: &[Vec<u8>], expected: &[&str], warned: &[&str]| {
            let (articles, warnings) = read_all(&Warc, "a.warc", &records.concat());
            assert_eq!(
                (print(&articles), warnings),
                (
                    expected.iter().map(|one| (*one).to_owned()).collect(),
                    warned.iter().map(|one| (*one).to_owned()).collect()
                )
            );
        };
        let (a, html) = ("https://a.example/b", "text/html; charset=utf-8");
        let tides = "html https://a.example/b | Tides | https://a.example/b: The tide is late.";
        let page = warc("response", a, "", &answer("200 OK", html, PAGE));
        check(&[warc("warcinfo", "", "", b"software: x"), page.clone()], &[tides], &[]);
        check(
            &[
                warc("request", a, "", b"GET / HTTP/1.1"),
                warc("revisit", a, "", b""),
                warc("metadata", a, "", b"x: y"),
            ],
            &[],
            &[],
        );
        check(
            &[
                warc("response", a, "", &answer("404 Not Found", html, PAGE)),
                warc("response", a, "", &answer("200", "image/png", "x")),
            ],
            &[],
            &[],
        );
        check(
            &[
                warc("response", "dns:a.example", "", b"x"),
                warc(
                    "response",
                    "https://a.example/robots.txt",
                    "",
                    &answer("200", "text/plain", "User-agent: *"),
                ),
            ],
            &[],
            &[],
        );
        check(
            &[
                warc("conversion", a, "Content-Type: text/plain\r\n", b"The tide is late.\n"),
                warc("resource", "file:///x/y.html", "Content-Type: text/html\r\n", PAGE.as_bytes()),
            ],
            &[
                "text https://a.example/b | The tide is late. | https://a.example/b: The tide is late.",
                "html file:///x/y.html | Tides | file:///x/y.html: The tide is late.",
            ],
            &[],
        );
        let packed = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\nx";
        check(
            &[
                page.clone(),
                warc("response", "https://a.example/c", "", packed),
                warc("response", "https://a.example/d", "", b"x"),
            ],
            &[tides],
            &[
                "https://a.example/c is packed in a way that cannot be read: br; https://a.example/d is no answer of a server",
            ],
        );
        check(
            &[b"noise\nWARCX\n".to_vec(), page.clone(), page[..page.len() - 18].to_vec()],
            &[tides, tides],
            &["broken off: what follows was not read"],
        );
    }

    #[test]
    fn the_day_a_page_was_kept_is_its_date_where_it_states_none() {
        let record = warc("response", "https://a.example/", "", &answer("200 OK", "text/html", PAGE));
        let (articles, _) = read_all(&Warc, "a.warc", &record);
        assert_eq!((articles[0].date, articles[0].lines), (Date::parse("2024-05-01"), Lines::Text));
        assert_eq!(articles[0].date_source, "the day it was archived");
    }

    #[test]
    fn the_server_may_say_the_encoding() {
        let page = [
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n<p>".as_slice(),
            b"\xcf\xf0\xe8\xeb\xe8\xe2.",
        ]
        .concat();
        let (articles, _) = read_all(&Warc, "a.warc", &warc("response", "https://a.example/", "", &page));
        assert_eq!(articles[0].sections[0].text, "Прилив.");
    }

    proptest! {
        #[test]
        fn any_mix_is_read(text in "(WARC/1.0\r\n|WARC-Type: response\r\n|WARC-Target-URI: https://a.b/\r\n|Content-Length: [0-9]{1,3}\r\n|HTTP/1.1 200 OK\r\n|Content-Type: text/html\r\n|\r\n|<p>|\\PC){0,30}") {
            let _ = Warc.read(Input::of("a.warc", text.as_bytes()), &mut |_| Flow::Continue(()));
        }
    }
}
