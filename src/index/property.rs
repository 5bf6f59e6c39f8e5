//! What a passage has besides words: what filters ask for and facets count. All of it stands in one field, each value
//! behind the name of its property: a field that has terms costs each segment that is written a table of over a
//! megabyte.

use tantivy::Term;

use super::schema::Fields;

/// A kind of what a passage has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    /// The number of its folder.
    Folder,
    /// Nothing but that it is of an article itself.
    Main,
    /// Its language, also with the region that its file states.
    Language,
    /// The name of its format.
    Format,
    /// Only in the first passage of an article, as the three that follow: a tag, folded.
    Tag,
    /// The host of the URL, or a domain it belongs to.
    Site,
    /// A folded word of who wrote it; the words of a name stand side by side.
    Author,
    /// A folded word of its path inside the folder; they stand side by side.
    Path,
}

impl Property {
    /// What stands before its values.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder:",
            Self::Main => "main:",
            Self::Language => "lang:",
            Self::Format => "format:",
            Self::Tag => "tag:",
            Self::Site => "site:",
            Self::Author => "author:",
            Self::Path => "path:",
        }
    }

    /// Returns a value as the index has it; of an empty one, what all values begin with.
    pub(crate) fn value(self, value: &str) -> String {
        format!("{}{value}", self.name())
    }

    /// Returns the term of a value.
    pub(crate) fn term(self, fields: &Fields, value: &str) -> Term {
        Term::from_field_text(fields.property, &self.value(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_behind_their_names() {
        assert_eq!(Property::Tag.value("high tide"), "tag:high tide");
        assert_eq!(Property::Main.value(""), "main:");
        assert_eq!(Property::Tag.value("ebb\u{0}\u{1}lang:en"), "tag:ebb\u{0}\u{1}lang:en");
    }
}
