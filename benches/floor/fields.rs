//! The fields that passages are indexed in.

use tantivy::{
    TantivyDocument,
    schema::{
        FAST, INDEXED, IndexRecordOption, STORED, STRING, SchemaBuilder, TextFieldIndexing, TextOptions,
    },
};

use crate::record::Passage;

fn text(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

/// One stemmed field.
pub(crate) fn one(schema: &mut SchemaBuilder) -> impl Fn(Passage<'_>) -> TantivyDocument + use<> {
    let (path, field) =
        (schema.add_text_field("path", STORED), schema.add_text_field("text", text("en_stem").set_stored()));
    move |passage| {
        let mut document = TantivyDocument::default();
        document.add_text(path, passage.path);
        document.add_text(field, passage.above);
        document.add_text(field, passage.text);
        document
    }
}

/// The fields of excerpt's schema, with stock analyzers: words twice, stemmed and as they are.
pub(crate) fn same(schema: &mut SchemaBuilder) -> impl Fn(Passage<'_>) -> TantivyDocument + use<> {
    let id = schema.add_text_field("id", STRING);
    let file = schema.add_text_field("file", STRING | TextOptions::default().set_fast("raw"));
    let fast = ["order", "length", "sketch"].map(|name| schema.add_u64_field(name, FAST));
    let [order, length, sketch] = fast;
    let band = schema.add_u64_field("band", INDEXED);
    let [stem, title, aside] =
        ["stem", "title", "aside"].map(|name| schema.add_text_field(name, text("en_stem")));
    let [exact, author, path] =
        ["exact", "author", "path"].map(|name| schema.add_text_field(name, text("default")));
    let property = schema.add_text_field("property", STRING);
    let days = ["day", "day_end"].map(|name| schema.add_u64_field(name, FAST));
    let (data, stored) = (schema.add_bytes_field("data", STORED), schema.add_text_field("text", STORED));
    move |passage| {
        let mut document = TantivyDocument::default();
        let Passage { path: name, above, text, author: by, tag, site, language, format, day, .. } = passage;
        let number = passage.number;
        let key = format!("{number:016x}:1");
        document.add_text(id, &key);
        document.add_text(file, name);
        document.add_u64(order, passage.order);
        document.add_u64(length, text.len() as u64);
        document.add_u64(sketch, number);
        document.add_text(property, "folder:1");
        (0..4).for_each(|at| document.add_u64(band, number.rotate_left(16 * at)));
        if passage.aside {
            document.add_text(aside, text);
        } else {
            document.add_text(property, "main:");
            document.add_text(title, above);
            for part in [above, text] {
                document.add_text(stem, part);
                document.add_text(exact, part);
            }
        }
        document.add_text(author, by);
        document.add_text(path, name);
        for (name, value) in [("tag", tag), ("site", site), ("lang", language), ("format", format)] {
            if !value.is_empty() {
                document.add_text(property, format!("{name}:{value}"));
            }
        }
        if day > 0 {
            days.into_iter().for_each(|field| document.add_u64(field, day));
        }
        let shown =
            postcard::to_stdvec(&(&key, name, above, by, tag, site, language, format, day, passage.order));
        document.add_bytes(data, &shown.expect("it is plain data"));
        document.add_text(stored, text);
        document
    }
}
