//! What the bench does with excerpt's library, some of it in processes of its own.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
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
use tantivy::tokenizer::TokenizerManager;

use super::record::{self, Passage};
use crate::words::mix;

/// The arguments that make the bench one of these processes.
pub(crate) const ROLES: [&str; 2] = [":analyse", ":own"];

/// Is one of these processes.
pub(crate) fn play(role: &str, arguments: &[OsString]) {
    match (role, arguments) {
        (":analyse", [chain, passages]) => {
            analyse(&chain.to_string_lossy(), Path::new(passages)).expect("it can be read");
        }
        (":own", [mapping, dir, query]) => {
            search(mapping == "random", Path::new(dir), &query.to_string_lossy())
                .expect("it can be searched");
        }
        _ => {}
    }
}

/// Writes all passages of a folder, as excerpt reads and cuts it, to one file. Returns how many they are.
pub(crate) fn cut(folder: &Path, to: &Path) -> excerpt::Result<u64> {
    let mut paths = Vec::new();
    walk::walk(folder, &Rules::default(), &[], Part::Whole, &mut |found| {
        if found.kind == Kind::File {
            paths.push(found.path.into_owned());
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
                    number: name.bytes().fold(order, |number, byte| mix(number ^ u64::from(byte))),
                };
                write(&record, &mut out);
                order += 1;
            }
            Flow::Continue(())
        });
        count += order;
    }
    out.flush().expect("it can be written");
    Ok(count)
}

/// Copies the passages of some files to one file.
pub(crate) fn pick(passages: &Path, to: &Path, is_wanted: &dyn Fn(&str) -> bool) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(to)?);
    record::read(passages, &mut |passage| {
        if is_wanted(passage.path) {
            write(&passage, &mut out);
        }
    })?;
    out.flush()
}

fn write(passage: &Passage<'_>, out: &mut impl Write) {
    let bytes = postcard::to_stdvec(passage).expect("it is plain data");
    out.write_all(&(bytes.len() as u32).to_le_bytes()).expect("it can be written");
    out.write_all(&bytes).expect("it can be written");
}

/// Takes all texts apart by the chain `own`, of excerpt, or `stock`, of tantivy; only reads them for others.
fn analyse(chain: &str, passages: &Path) -> io::Result<()> {
    let mut own = Analyzer::default();
    let mut stock = TokenizerManager::default().get("en_stem").expect("it is a stock analyzer");
    record::read(passages, &mut |passage| match chain {
        "own" => own.each(passage.text, Some(Language::ENGLISH), |token| _ = std::hint::black_box(token)),
        "stock" => stock.token_stream(passage.text).process(&mut |token| _ = std::hint::black_box(token)),
        _ => {}
    })
}

/// Searches an index of excerpt's as the program does, mapped for random access or by default.
fn search(random: bool, dir: &Path, query: &str) -> excerpt::Result<()> {
    let access = if random { Access::Sparse } else { Access::Broad };
    let index = excerpt::Index::open_for(dir, access)?;
    let results = index.search(&Query { text: query.into(), ..Query::default() })?;
    println!("{results:?}");
    Ok(())
}
