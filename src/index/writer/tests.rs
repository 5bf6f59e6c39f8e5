use std::path::Path;

use tantivy::{TantivyDocument, directory::MmapDirectory};

use super::*;
use crate::{
    article::{Article, Kind, Section},
    index::{
        draft::{Desk, Drafts},
        ledger::{Entry, Fate},
        schema::{self, Fields},
    },
    passage::{Size, cut},
    walk::Stamp,
};

fn opened(dir: &Path) -> (Writer, Fields) {
    let directory = MmapDirectory::open(dir).expect("it is there");
    let (index, fields) = schema::writable(directory).expect("it can be made");
    (
        Writer::new(&index, Packers::of(&Tables::default()).expect("there is none"), 4, 1 << 30, 64 << 20)
            .expect("nobody else writes"),
        fields,
    )
}

/// Returns the passages of a file of one article, and their bytes.
fn article(fields: Fields, name: &str, paragraphs: usize) -> (Vec<Ready>, u64) {
    let mut section = Section::default();
    for number in 0..paragraphs {
        section.push(Kind::Prose, &format!("{name} {number} {}", "tells of herons ".repeat(60)), 1);
    }
    let article = Article { sections: vec![section], ..Article::default() };
    let entry = Entry::new(1, name.into(), Stamp::default(), Fate::Indexed(Vec::new()));
    let passages = cut(&article, Size::default());
    let drafts = Drafts::new(fields, &entry, 0, article, passages);
    let (bytes, mut desk) = (drafts.bytes_with_values(), Desk::default());
    (drafts.map(|(draft, _)| Ready::new(draft, &mut desk)).collect(), bytes)
}

/// Returns how the texts of a segment's passages begin, of each segment that was written by these tables.
fn beginnings(dir: &Path, tables: &Tables) -> Vec<Vec<(String, usize)>> {
    let (writer, fields) = opened(dir);
    let searcher = writer.index.reader().expect("it opens").searcher();
    let beginning = |segment: u32, passage| {
        let passage: TantivyDocument =
            searcher.doc(tantivy::DocAddress::new(segment, passage)).expect("it is kept");
        let text = schema::stored(&fields, tables, &passage).expect("it is a passage").text;
        let (name, rest) = text.split_once(' ').expect("it has words");
        (name.to_owned(), rest.split(' ').next().and_then(|word| word.parse().ok()).expect("a number"))
    };
    let of = |(segment, reader): (usize, &tantivy::SegmentReader)| {
        reader.doc_ids_alive().map(|passage| beginning(segment as u32, passage)).collect()
    };
    searcher.segment_readers().iter().enumerate().map(of).collect()
}

#[test]
fn articles_stay_whole_whoever_writes_them_and_wherever_segments_end() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (mut writer, fields) = opened(dir.path());
    (writer.most, writer.buffer, writer.room) = (2, 3_000_000, 600_000);
    let paragraphs = |thread: usize, number: usize| 1 + (7 * thread + 11 * number) % 40;
    thread::scope(|scope| {
        for thread in 0..4 {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..40 {
                    let (passages, bytes) =
                        article(fields, &format!("{thread}.{number}"), paragraphs(thread, number));
                    let added = match number {
                        20 if thread == 0 => writer.add_alone(passages.into_iter()),
                        _ if writer.is_long(bytes) => writer.add_long(passages.into_iter()),
                        _ => writer.add(passages, bytes),
                    };
                    added.expect("it can be written");
                }
            });
        }
    });
    writer.commit("").expect("it can be committed");
    let tables = writer.tables();
    drop(writer);
    let segments = beginnings(dir.path(), &tables);
    assert!(segments.len() > 3, "{} segments", segments.len());
    let mut names = Vec::new();
    for segment in segments {
        for article in segment.chunk_by(|(one, _), (other, _)| one == other) {
            assert!(article[0].1 == 0 && article.is_sorted(), "{article:?}");
            names.push(article[0].0.clone());
        }
    }
    names.sort();
    let mut expected: Vec<_> =
        (0..4).flat_map(|thread| (0..40).map(move |number| format!("{thread}.{number}"))).collect();
    expected.sort();
    assert_eq!(names, expected);
}

#[test]
fn what_is_withdrawn_is_gone_with_the_commit_and_what_is_rolled_back_never_was() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (writer, fields) = opened(dir.path());
    let add = |name: &str| {
        let (passages, bytes) = article(fields, name, 3);
        writer.add(passages, bytes).expect("it can be written");
    };
    ["old", "kept", "broken"].into_iter().for_each(add);
    writer.write_down().expect("it can be written");
    add("later");
    // The new state of a file is added after the old one was removed.
    writer.withdraw(fields.file_term(1, b"broken"));
    writer.commit("").expect("it can be committed");
    writer.remove(fields.file_term(1, b"old")).expect("it can be removed");
    add("old");
    add("none");
    writer.withdraw(fields.file_term(1, b"kept"));
    writer.roll_back().expect("it can be rolled back");
    writer.remove(fields.file_term(1, b"later")).expect("it can be removed");
    add("later");
    writer.commit("").expect("it can be committed");
    let tables = writer.tables();
    drop(writer);
    let names =
        |segment: &Vec<(String, usize)>| segment.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mut found: Vec<_> = beginnings(dir.path(), &tables).iter().flat_map(names).collect();
    found.dedup();
    found.sort();
    assert_eq!(found, ["kept", "later", "old"]);
}
