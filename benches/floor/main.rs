//! The floors that `speed` runs beside excerpt: tantivy alone, and a bare walk. A program of its own, as cargo
//! builds one, so that it holds nothing of excerpt.
#![expect(clippy::print_stdout, reason = "a bench prints")]

mod record;
mod fields;

use std::{
    env, fs,
    io::{self, BufWriter, Write},
    path::Path,
};

use tantivy::{
    Index, ReloadPolicy, TantivyDocument, Term,
    collector::TopDocs,
    directory::MmapDirectory,
    query::QueryParser,
    schema::{Schema, Value},
    snippet::SnippetGenerator,
};

use self::record::Passage;

/// The memory of tantivy's writer, in bytes.
const HEAP: usize = 256 << 20;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["nothing"] => {}
        ["walk", folder] => {
            std::hint::black_box(walk(Path::new(folder)).expect("it can be read"));
        }
        ["index", fields, threads, passages, dir] => {
            let threads = threads.parse().expect("it is a number");
            index(*fields == "same", threads, Path::new(passages), Path::new(dir))
                .expect("it can be indexed");
        }
        ["update", passages, dir] => update(Path::new(passages), Path::new(dir)).expect("it can be updated"),
        ["search", mapping, dir, query] => {
            search(*mapping == "random", Path::new(dir), query).expect("it can be searched");
        }
        _ => println!("skipped: `cargo bench --bench speed` runs it"),
    }
}

/// Reads all folders and asks for the length and time of every file.
fn walk(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            bytes += walk(&entry.path())?;
        } else {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// Indexes passages: in one stemmed field, or in fields of the same kinds as excerpt's.
fn index(same: bool, threads: usize, passages: &Path, dir: &Path) -> tantivy::Result<()> {
    fs::create_dir_all(dir)?;
    let mut schema = Schema::builder();
    let document: Box<dyn Fn(Passage<'_>) -> TantivyDocument> =
        if same { Box::new(fields::same(&mut schema)) } else { Box::new(fields::one(&mut schema)) };
    let index = Index::create_in_dir(dir, schema.build())?;
    let mut writer = index.writer_with_num_threads(threads, HEAP)?;
    record::read(passages, &mut |passage| {
        writer.add_document(document(passage)).expect("it can be added");
    })?;
    writer.commit()?;
    writer.wait_merging_threads()
}

/// Puts passages in the place of all that their files have in an index of the same fields.
fn update(passages: &Path, dir: &Path) -> tantivy::Result<()> {
    let index = Index::open_in_dir(dir)?;
    let (document, file) = (fields::same(&mut Schema::builder()), index.schema().get_field("file")?);
    let mut writer = index.writer_with_num_threads(1, HEAP)?;
    let mut last = String::new();
    record::read(passages, &mut |passage| {
        if passage.path != last {
            last = passage.path.into();
            writer.delete_term(Term::from_field_text(file, &last));
        }
        writer.add_document(document(passage)).expect("it can be added");
    })?;
    writer.commit()?;
    writer.wait_merging_threads()
}

/// Searches the index of one stemmed field, and prints ten passages with their snippets.
fn search(random: bool, dir: &Path, query: &str) -> tantivy::Result<()> {
    let directory = match random {
        true => MmapDirectory::open_with_madvice(dir, tantivy::directory::Advice::Random)?,
        false => MmapDirectory::open(dir)?,
    };
    let index = Index::open(directory)?;
    let reader: tantivy::IndexReader =
        index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let (searcher, schema) = (reader.searcher(), index.schema());
    let (path, text) = (schema.get_field("path")?, schema.get_field("text")?);
    let query = QueryParser::for_index(&index, vec![text]).parse_query(query)?;
    let top = searcher.search(&query, &TopDocs::with_limit(10).order_by_score())?;
    let snippets = SnippetGenerator::create(&searcher, &query, text)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for (score, address) in top {
        let document: TantivyDocument = searcher.doc(address)?;
        let value =
            |field, at| document.get_all(field).nth(at).and_then(|value| value.as_str().map(str::to_string));
        let body = value(text, 1).unwrap_or_default();
        let (path, above) = (value(path, 0).unwrap_or_default(), value(text, 0).unwrap_or_default());
        writeln!(out, "{score} {path} {above}\n{}\n", snippets.snippet(&body).to_html())?;
    }
    out.flush()?;
    Ok(())
}
