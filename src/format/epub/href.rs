//! Where the links inside a book lead.

use percent_encoding::percent_decode_str;

use crate::format::package;

/// A place in a book.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Target {
    /// The name of the part.
    pub path: String,
    /// The name of an element in it; empty for the whole.
    pub fragment: String,
}

/// Returns where a link in the part `from` leads; none where that is outside the book.
pub(super) fn resolve(from: &str, href: &str) -> Option<Target> {
    let href = href.trim();
    let (path, fragment) = href.split_once('#').unwrap_or((href, ""));
    let scheme = path.split(['/', '?']).next().and_then(|first| first.split_once(':'));
    if scheme.is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }) {
        return None;
    }
    let path = path.split('?').next().unwrap_or_default();
    let fragment = percent_decode_str(fragment).decode_utf8_lossy().into_owned();
    if path.is_empty() {
        return (!fragment.is_empty()).then(|| Target { path: from.to_owned(), fragment });
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(Target { path: package::resolve(folder, &decoded), fragment })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_inside_the_book() {
        let check = |from: &str, href: &str, expected: Option<&str>| {
            let found = resolve(from, href).map(|target| format!("{}#{}", target.path, target.fragment));
            assert_eq!(found.as_deref(), expected, "{from} {href}");
        };
        check("content.opf", "a.xhtml", Some("a.xhtml#"));
        check("OEBPS/content.opf", "text/a%20b.xhtml#c%C3%A9", Some("OEBPS/text/a b.xhtml#cé"));
        check("OEBPS/nav/toc.xhtml", "../a.xhtml", Some("OEBPS/a.xhtml#"));
        check("a/b.opf", "../../../c.xhtml?d#e", Some("c.xhtml#e"));
        check("a/b.opf", "/c.xhtml", Some("c.xhtml#"));
        check("a/b.xhtml", "#c", Some("a/b.xhtml#c"));
        check("a/b.xhtml", "./c:d.xhtml", Some("a/c:d.xhtml#"));
        check("a/b.xhtml", "https://example.org/", None);
        check("a/b.xhtml", "", None);
        check("a/b.xhtml", "%", Some("a/%#"));
    }
}
