//! The names that fields of records go by beside the usual ones.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The facts of an article that a field may hold, by the names that users call them.
pub const FACTS: &[&str] = &["id", "title", "text", "author", "date", "url", "language", "tags"];

/// Names of fields, each with the fact that it stands for; they go before the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldNames(Vec<(String, String)>);

impl FieldNames {
    /// Reads `text=body_md,title=name`.
    ///
    /// # Errors
    /// Says what is no fact or no name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let pairs = text.split(',').filter(|pair| !pair.trim().is_empty()).map(|pair| {
            let (fact, name) = pair.split_once('=').unwrap_or((pair, ""));
            let (fact, name) = (fact.trim(), name.trim());
            if name.is_empty() {
                return Err(format!("`{pair}` is not written like text=body"));
            }
            if !FACTS.contains(&fact) {
                return Err(format!("`{fact}` is none of {}", FACTS.join(", ")));
            }
            Ok((fact.to_owned(), name.to_owned()))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Returns these names with others behind them.
    #[must_use]
    pub fn before(&self, others: Self) -> Self {
        Self(self.0.iter().cloned().chain(others.0).collect())
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns each name with its fact.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(fact, name)| (fact.as_str(), name.as_str()))
    }

    /// Returns a number that other names hardly have: 0 for none at all, else the 32-bit FNV-1a hash
    /// (<https://www.rfc-editor.org/rfc/rfc9923>).
    pub fn mark(&self) -> u32 {
        let text = self.to_string();
        let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
        if text.is_empty() { 0 } else { text.bytes().fold(2_166_136_261, hash) }
    }
}

impl fmt::Display for FieldNames {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<String> = self.iter().map(|(fact, name)| format!("{fact}={name}")).collect();
        out.write_str(&pairs.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_they_are_read() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let fields = FieldNames::parse(text).map(|fields| fields.to_string());
            assert_eq!(fields.as_deref().map_err(String::as_str), expected, "{text}");
        };
        check("", Ok(""));
        check(" text = body_md , title=name,text=b", Ok("text=body_md,title=name,text=b"));
        check("body", Err("`body` is not written like text=body"));
        check("text=", Err("`text=` is not written like text=body"));
        check("txt=body", Err("`txt` is none of id, title, text, author, date, url, language, tags"));
    }

    #[test]
    fn other_names_have_another_mark() {
        let mark = |text: &str| FieldNames::parse(text).expect("it is written right").mark();
        assert_eq!(mark(""), 0);
        assert_ne!(mark("text=a"), mark("text=b"));
    }
}
