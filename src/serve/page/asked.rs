//! What the page shows, which is all in its address: links differ from it in one thing or another.

use excerpt::search::Query;

use crate::serve::params::{DEEPEST, Given, Param, QUERY, Takes};

/// What the addresses of pages hold.
const TAKEN: &[Param] = &[
    row("q", Takes::Text(QUERY)),
    row("in", Takes::Text(8_192)),
    row("format", Takes::Text(40)),
    row("lang", Takes::Text(40)),
    row("after", Takes::Day),
    row("before", Takes::Day),
    row("sort", Takes::One(&["relevance", "date"])),
    row("offset", Takes::Number(0, DEEPEST)),
    row("id", Takes::Text(40)),
    row("around", Takes::Number(1, 1_000_000)),
];

/// What is a filter of these.
pub(super) const FILTERS: &[&str] = &["in", "format", "lang", "after", "before"];

/// What only the reader's address holds.
const READER: &[&str] = &["id", "around"];

const fn row(name: &'static str, takes: Takes) -> Param {
    Param { name, takes, many: false, about: "" }
}

/// What the page was asked for, and what of that could not be taken.
#[derive(Clone, Default)]
pub(super) struct Asked(pub(super) Given, pub(super) Vec<String>);

impl Asked {
    /// Reads the address of a page.
    pub(super) fn read(uri: &axum::http::Uri) -> Self {
        let (given, faults) = Given::read_known(uri.query().unwrap_or_default(), TAKEN);
        Self(given, faults)
    }

    /// Returns the words that are looked for.
    pub(super) fn text(&self) -> &str {
        self.0.text("q").unwrap_or_default()
    }

    /// Says whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.text().trim().is_empty() && !FILTERS.iter().any(|name| self.0.text(name).is_some())
    }

    pub(super) fn query(&self) -> Query {
        self.0.query()
    }

    /// Returns what the page is called.
    pub(super) fn title(&self) -> String {
        match self.text().trim() {
            "" => "excerpt".into(),
            text => format!("{text} – excerpt"),
        }
    }

    /// Returns the address of another page of results: with these changed, and from the first hit on unless
    /// it is that which changes.
    pub(super) fn with(&self, changes: &[(&str, &str)]) -> String {
        let page = changes.iter().any(|(name, _)| *name == "offset");
        let stays = |name: &str| !READER.contains(&name) && (page || name != "offset");
        self.address("/", &stays, changes)
    }

    /// Returns the address of the same results.
    pub(super) fn back(&self) -> String {
        self.address("/", &|name| !READER.contains(&name), &[])
    }

    /// Returns the address of a passage in its article.
    pub(super) fn reader(&self, id: &str) -> String {
        format!("{}#here", self.address("/read", &|_| true, &[("id", id)]))
    }

    /// Returns the address of as much more of the article.
    pub(super) fn more_around(&self, around: usize) -> String {
        format!("{}#here", self.address("/read", &|_| true, &[("around", &around.to_string())]))
    }

    /// Returns what stands behind the path in the address of the same results.
    pub(super) fn rest(&self) -> String {
        self.back().trim_start_matches("/").trim_start_matches('?').into()
    }

    fn address(&self, path: &str, stays: &dyn Fn(&str) -> bool, changes: &[(&str, &str)]) -> String {
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for Param { name, .. } in TAKEN {
            let changed = changes.iter().find(|(changed, _)| changed == name).map(|(_, value)| *value);
            let value = changed.or_else(|| self.0.text(name).filter(|_| stays(name)));
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                rest.append_pair(name, value);
            }
        }
        let rest = rest.finish();
        if rest.is_empty() { path.into() } else { format!("{path}?{rest}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_change_one_thing_and_keep_the_rest() {
        let asked =
            Asked::read(&"/?q=a%20b&lang=de&offset=20&id=ff&x=1&sort=odd".parse().expect("an address"));
        assert_eq!(asked.1, ["`sort` takes one of relevance, date"]);
        assert_eq!(asked.with(&[("offset", "30")]), "/?q=a+b&lang=de&offset=30");
        assert_eq!(asked.with(&[("lang", "")]), "/?q=a+b");
        assert_eq!(asked.with(&[("in", "/a&b")]), "/?q=a+b&in=%2Fa%26b&lang=de");
        assert_eq!(asked.back(), "/?q=a+b&lang=de&offset=20");
        assert_eq!(asked.reader("0a:1"), "/read?q=a+b&lang=de&offset=20&id=0a%3A1#here");
        assert_eq!(asked.rest(), "q=a+b&lang=de&offset=20");
        assert_eq!(Asked::default().with(&[]), "/");
    }
}
