//! Alternatives in a document: the same content for newer and for older programs.

use crate::format::xml::Xml;

/// The alternatives that are open: whether one has been taken of each.
#[derive(Debug, Default)]
pub(in crate::format) struct Alternatives(Vec<bool>);

impl Alternatives {
    /// Takes the first of them, the one that newer programs show, and passes over the others. An
    /// element of another name does nothing.
    pub(in crate::format) fn start(&mut self, name: &str, xml: &mut Xml<'_>) {
        match (name, self.0.last_mut()) {
            ("AlternateContent", _) => self.0.push(false),
            ("Choice" | "Fallback", Some(taken)) if *taken => xml.skip(),
            ("Choice" | "Fallback", Some(taken)) => *taken = true,
            _ => {}
        }
    }

    /// Ends an element.
    pub(in crate::format) fn end(&mut self, name: &str) {
        if name == "AlternateContent" {
            self.0.pop();
        }
    }
}
