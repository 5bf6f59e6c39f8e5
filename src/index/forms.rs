//! The forms of a segment's words, each with its stem: the dictionary that tells a form's stems, and which
//! forms there are. The terms of the words are a stem and a form; turned round they are these, without those
//! that are their own stem.
//!
//! It is made of the terms of a segment that was written, and of the forms of those that were merged.

use std::{any::Any, io};

use tantivy::{
    PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin, SegmentReader,
    directory::{OwnedBytes, TerminatingWrite, WritePtr},
    index::SegmentComponent,
    indexer::doc_id_mapping::DocIdMapping,
    schema::Field,
};
use tantivy_fst::{Automaton, IntoStreamer, Streamer, raw};

use super::schema::Fields;
use crate::analysis::{ACCENT_MARK, MARK, form_term, split_form, split_word, word_term};

/// How the file's name ends.
pub(super) const END: &str = "forms";

/// The forms of a segment.
pub(crate) struct Forms(raw::Fst<OwnedBytes>);

impl Forms {
    pub(crate) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let file = segment.open_read(SegmentComponent::Custom(END.into()))?;
        Ok(Self(raw::Fst::new(file.read_bytes()?).map_err(io::Error::other)?))
    }

    /// Returns the forms that a machine accepts, each with its stem; see [`split_form`].
    pub(crate) fn search<A: Automaton>(&self, machine: A) -> raw::Stream<'_, A> {
        self.0.search(machine).into_stream()
    }

    /// Calls back with the forms that begin so.
    pub(super) fn each_from(&self, beginning: &str, each: &mut dyn FnMut(&str)) {
        let mut forms = self.0.range().ge(beginning).into_stream();
        while let Some((form, _)) = forms.next() {
            match std::str::from_utf8(form) {
                Ok(form) if form.starts_with(beginning) => each(form),
                _ => return,
            }
        }
    }
}

/// The terms of a segment that was merged.
struct Terms<'a>(&'a SegmentReader, Fields);

impl Terms<'_> {
    fn fields(&self) -> [Field; 2] {
        [self.1.words, self.1.aside]
    }

    /// Says whether a word has a form.
    fn hold(&self, form: &str) -> tantivy::Result<bool> {
        let Some((form, stem)) = split_form(form) else { return Ok(false) };
        let word = word_term(&stem, form);
        for field in self.fields() {
            if self.0.inverted_index(field)?.terms().term_ord(&word)?.is_some() {
                return Ok(true);
            }
        }
        Ok(stem.is_empty() && self.0.inverted_index(self.1.beside)?.terms().term_ord(form)?.is_some())
    }
}

/// A dictionary on its way into a file.
struct Dictionary(raw::Builder<WritePtr>);

impl Dictionary {
    fn begin(segment: &Segment) -> tantivy::Result<Self> {
        let out = segment.open_write(SegmentComponent::Custom(END.into()))?;
        Ok(Self(raw::Builder::new(out).map_err(io::Error::other)?))
    }

    /// Adds a form behind all others.
    fn add(&mut self, form: impl AsRef<[u8]>) -> tantivy::Result<()> {
        Ok(self.0.add(form).map_err(io::Error::other)?)
    }

    fn close(self) -> tantivy::Result<()> {
        Ok(self.0.into_inner().map_err(io::Error::other)?.terminate()?)
    }
}

/// Keeps the forms of words beside the other parts of a segment.
pub(super) struct Plugin;

impl SegmentPlugin for Plugin {
    fn extensions(&self) -> &[&str] {
        &[END]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(Writer { fields: Fields::build().1, text: String::new(), ends: vec![0] }))
    }

    fn merge(&self, merge: PluginMergeContext<'_>) -> tantivy::Result<()> {
        let forms = merge.readers.iter().map(Forms::open).collect::<tantivy::Result<Vec<_>>>()?;
        let mut all = forms.iter().map(|forms| &forms.0).collect::<raw::OpBuilder<'_>>().union();
        // What is not there any more is not to be met.
        let removed = merge.readers.iter().any(SegmentReader::has_deletes);
        let merged = removed.then(|| SegmentReader::open(merge.target_segment)).transpose()?;
        let merged = merged.as_ref().map(|segment| Terms(segment, Fields::build().1));
        let mut dictionary = Dictionary::begin(merge.target_segment)?;
        while let Some((form, _)) = all.next() {
            let held =
                |terms: &Terms<'_>| std::str::from_utf8(form).map_or(Ok(false), |form| terms.hold(form));
            if merged.as_ref().map_or(Ok(true), held)? {
                dictionary.add(form)?;
            }
        }
        dictionary.close()
    }
}

/// Gathers the forms of a segment. It is told the terms when they are written.
pub(super) struct Writer {
    fields: Fields,
    /// One behind the other, and where each ends: there may be very many.
    text: String,
    ends: Vec<usize>,
}

impl Writer {
    /// Takes a term of a field.
    pub(super) fn add(&mut self, field: Field, term: &[u8]) {
        let Fields { words, aside, beside, .. } = self.fields;
        let form = if field == words || field == aside {
            let word = std::str::from_utf8(term).ok().and_then(split_word);
            word.and_then(|(stem, form)| form_term(&form, stem))
        } else if field == beside {
            let character = std::str::from_utf8(term).ok();
            let character = character.filter(|term| !term.contains([ACCENT_MARK, MARK]));
            character.and_then(|character| form_term(character, ""))
        } else {
            None
        };
        if let Some(form) = form {
            self.text.push_str(&form);
            self.ends.push(self.text.len());
        }
    }
}

impl PluginWriter for Writer {
    fn serialize(self: Box<Self>, segment: &Segment, _: Option<&DocIdMapping>) -> tantivy::Result<()> {
        let mut forms: Vec<&str> = self.ends.windows(2).map(|ends| &self.text[ends[0]..ends[1]]).collect();
        forms.sort_unstable();
        forms.dedup();
        let mut dictionary = Dictionary::begin(segment)?;
        forms.into_iter().try_for_each(|form| dictionary.add(form))?;
        dictionary.close()
    }

    fn mem_usage(&self) -> usize {
        0
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
