//! The floors: tantivy alone, and a bare walk, each a process of its own.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use excerpt::{
    analysis::{Analyzer, Language},
    article::Role,
    format::{self, Flow, Input},
    index::Access,
    passage::{self, Size},
    search::Query,
    walk::{self, Kind, Part, Rules},
};
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, ReloadPolicy, TantivyDocument,
    collector::TopDocs,
    directory::MmapDirectory,
    query::QueryParser,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
        Value,
    },
    snippet::SnippetGenerator,
    tokenizer::TokenizerManager,
};

use crate::words::mix;

/// The arguments that make the bench one of these processes.
pub(crate) const ROLES: [&str; 6] = [":nothing", ":walk", ":analyse", ":index", ":search", ":own"];

/// The memory of tantivy's writer, in bytes, and its threads.
const HEAP: usize = 256 << 20;
const THREADS: usize = 1;

/// Is one of these processes.
pub(crate) fn play(role: &str, arguments: &[OsString]) {
    match (role, arguments) {
        (":walk", [folder]) => {
            std::hint::black_box(walk_bare(Path::new(folder)).expect("it can be read"));
        }
        (":analyse", [chain, passages]) => {
            analyse(&chain.to_string_lossy(), Path::new(passages)).expect("it can be read");
        }
        (":index", [fields, passages, dir]) => {
            index(fields == "same", Path::new(passages), Path::new(dir)).expect("it can be indexed");
        }
        (":search", [mapping, dir, query]) => {
            search(mapping == "random", Path::new(dir), &query.to_string_lossy())
                .expect("it can be searched");
        }
        (":own", [mapping, dir, query]) => {
            search_own(mapping == "random", Path::new(dir), &query.to_string_lossy())
                .expect("it can be searched");
        }
        _ => {}
    }
}

/// Reads all folders and asks for the length and time of every file.
fn walk_bare(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            bytes += walk_bare(&entry.path())?;
        } else {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// A passage as tantivy is fed it.
#[derive(Serialize, Deserialize)]
struct Passage<'a> {
    path: &'a str,
    /// Title and headings.
    above: &'a str,
    text: &'a str,
    author: &'a str,
    tag: &'a str,
    site: &'a str,
    language: &'a str,
    format: &'a str,
    day: u64,
    /// The number of the passage in the file.
    order: u64,
    aside: bool,
}

/// Writes all passages of a folder, as excerpt reads and cuts it, to one file. Returns how many they are.
pub(crate) fn cut(folder: &Path, to: &Path) -> excerpt::Result<u64> {
    let mut paths = Vec::new();
    walk::walk(folder, &Rules::default(), &[], Part::Whole, &mut |found| {
        if found.kind == Kind::File {
            paths.push(found.path);
        }
        true
    })?;
    let (mut out, mut count) = (BufWriter::new(File::create(to).expect("it can be written")), 0);
    for path in paths {
        let file = walk::join(folder, &path);
        let (Ok(bytes), name) = (fs::read(&file), String::from_utf8_lossy(&path)) else { continue };
        let Some(format) = format::of(&file.file_name().unwrap_or_default().to_string_lossy(), &bytes) else {
            continue;
        };
        let mut order = 0;
        let _ = format::read(format, Input::of(&name, &bytes), &mut |article| {
            let title = article.title.as_deref().unwrap_or_default();
            for passage in passage::cut(&article, Size::default()) {
                let above = std::iter::once(title).chain(passage.headings.iter().map(String::as_str));
                let record = Passage {
                    path: &name,
                    above: &above.collect::<Vec<_>>().join("\n"),
                    text: &passage.text,
                    author: &article.authors.join(", "),
                    tag: article.tags.first().map_or("", String::as_str),
                    site: article.url.as_deref().unwrap_or_default(),
                    language: article.language.as_deref().unwrap_or("en"),
                    format: article.format,
                    day: article.date.map_or(0, |date| date.first_day()),
                    order,
                    aside: passage.role == Role::Aside,
                };
                let bytes = postcard::to_stdvec(&record).expect("it is plain data");
                out.write_all(&(bytes.len() as u32).to_le_bytes()).expect("it can be written");
                out.write_all(&bytes).expect("it can be written");
                order += 1;
            }
            Flow::Continue(())
        });
        count += order;
    }
    out.flush().expect("it can be written");
    Ok(count)
}

/// Hands on the passages of such a file, title and headings and then the text.
pub(crate) fn each(passages: &Path, each: &mut dyn FnMut(&str, &str)) -> io::Result<()> {
    read(passages, &mut |passage| each(passage.above, passage.text))
}

fn read(passages: &Path, each: &mut dyn FnMut(Passage<'_>)) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(passages)?);
    let (mut length, mut bytes) = ([0; 4], Vec::new());
    while let Ok(()) = file.read_exact(&mut length) {
        bytes.resize(u32::from_le_bytes(length) as usize, 0);
        file.read_exact(&mut bytes)?;
        each(postcard::from_bytes(&bytes).map_err(io::Error::other)?);
    }
    Ok(())
}

/// Takes all texts apart by the chain `own`, of excerpt, or `stock`, of tantivy; only reads them for others.
fn analyse(chain: &str, passages: &Path) -> io::Result<()> {
    let mut own = Analyzer::default();
    let mut stock = TokenizerManager::default().get("en_stem").expect("it is a stock analyzer");
    each(passages, &mut |_, text| match chain {
        "own" => own.each(text, Some(Language::ENGLISH), |token| _ = std::hint::black_box(token)),
        "stock" => stock.token_stream(text).process(&mut |token| _ = std::hint::black_box(token)),
        _ => {}
    })
}

/// Indexes passages: in one stemmed field, or in fields of the same kinds as excerpt's.
fn index(same: bool, passages: &Path, dir: &Path) -> tantivy::Result<()> {
    fs::create_dir_all(dir)?;
    let mut schema = Schema::builder();
    let document: Box<dyn Fn(Passage<'_>) -> TantivyDocument> =
        if same { Box::new(same_fields(&mut schema)) } else { Box::new(one_field(&mut schema)) };
    let index = Index::create_in_dir(dir, schema.build())?;
    let mut writer = index.writer_with_num_threads(THREADS, HEAP)?;
    read(passages, &mut |passage| {
        writer.add_document(document(passage)).expect("it can be added");
    })?;
    writer.commit()?;
    writer.wait_merging_threads()
}

fn text(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

fn one_field(schema: &mut tantivy::schema::SchemaBuilder) -> impl Fn(Passage<'_>) -> TantivyDocument + use<> {
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
fn same_fields(
    schema: &mut tantivy::schema::SchemaBuilder,
) -> impl Fn(Passage<'_>) -> TantivyDocument + use<> {
    let id = schema.add_text_field("id", STRING);
    let file = schema.add_text_field("file", STRING | TextOptions::default().set_fast("raw"));
    let fast = ["order", "length", "sketch"].map(|name| schema.add_u64_field(name, FAST));
    let [order, length, sketch] = fast;
    let [folder, main, band] = ["folder", "main", "band"].map(|name| schema.add_u64_field(name, INDEXED));
    let [stem, title, aside] =
        ["stem", "title", "aside"].map(|name| schema.add_text_field(name, text("en_stem")));
    let [exact, author, path] =
        ["exact", "author", "path"].map(|name| schema.add_text_field(name, text("default")));
    let names: [Field; 4] = ["tag", "site", "lang", "format"].map(|name| schema.add_text_field(name, STRING));
    let days = ["day", "day_end"].map(|name| schema.add_u64_field(name, FAST | INDEXED));
    let (data, stored) = (schema.add_bytes_field("data", STORED), schema.add_text_field("text", STORED));
    move |passage| {
        let mut document = TantivyDocument::default();
        let Passage { path: name, above, text, author: by, tag, site, language, format, day, .. } = passage;
        // A cheap number of its own stands in for hashes of the text.
        let number = name.bytes().fold(passage.order, |hash, byte| mix(hash ^ u64::from(byte)));
        let key = format!("{number:016x}:1");
        document.add_text(id, &key);
        document.add_text(file, name);
        document.add_u64(order, passage.order);
        document.add_u64(length, text.len() as u64);
        document.add_u64(sketch, number);
        document.add_u64(folder, 1);
        (0..4).for_each(|at| document.add_u64(band, mix(number + at)));
        if passage.aside {
            document.add_text(aside, text);
        } else {
            document.add_u64(main, 1);
            document.add_text(title, above);
            for part in [above, text] {
                document.add_text(stem, part);
                document.add_text(exact, part);
            }
        }
        document.add_text(author, by);
        document.add_text(path, name);
        for (field, value) in names.into_iter().zip([tag, site, language, format]) {
            if !value.is_empty() {
                document.add_text(field, value);
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

/// Searches an index of excerpt's as the program does, mapped for random access or by default.
fn search_own(random: bool, dir: &Path, query: &str) -> excerpt::Result<()> {
    let access = if random { Access::Sparse } else { Access::Broad };
    let index = excerpt::Index::open_for(dir, access)?;
    let results = index.search(&Query { text: query.into(), ..Query::default() })?;
    println!("{results:?}");
    Ok(())
}
