//! `excerpt show`: a passage with what stands around it, or the text of an article.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Write},
    path::Path,
};

use excerpt::{
    Index,
    article::Spot,
    index::{Access, ArticleText},
    render::{Look, harmless, object, shown_place},
};

use super::{Outcome, Shared, locate, ui::Ui};

/// Print a passage with what stands around it, or the text of an article
///
/// An id, or any beginning of one that is unique, shows that passage; PATH:LINE the passage at that
/// line; PATH the whole article, PATH#MEMBER one of the articles of a file that holds several;
/// PATH#page=3 a page, and so #chapter=, #slide= and #t=, which takes seconds. A place is also taken as
/// a hit prints it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt show corpus/news/meta-llama-4.md
  excerpt show corpus/news/meta-llama-4.md:30 --context 2")]
pub(super) struct Show {
    /// An id from `search --json`, a file, or a file and a line, member or page
    #[arg(value_name = "ID|PATH[:LINE|#MEMBER|#page=N]")]
    what: OsString,
    /// How many passages before and after to print too
    #[arg(long, value_name = "N", default_value_t = 1)]
    context: usize,
}

impl Show {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let index = Index::open_for(&locate::locate(shared)?, Access::Sparse)?;
        let article = find(&index, &self.what, self.context)?;
        let mut out = ui.out();
        if ui.json {
            object::article(&article, index.path(), &mut out)?;
        } else {
            let whole = article.passages.iter().all(|passage| passage.asked);
            if whole && article.passages.len() != 1 {
                writeln!(out, "{}", harmless(&article.text))?;
            } else {
                print_part(&article, &ui.look(), &mut out)?;
            }
            if let Some(stale) = article.stale {
                let what = if stale == "gone" { "is gone" } else { "has changed" };
                out.flush()?;
                writeln!(ui.err(), "note: the file {what} since it was indexed")?;
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}

/// Returns what an id, a path, or a path and a line means, with so many passages around a single one.
pub(super) fn find(index: &Index, what: &OsStr, context: usize) -> excerpt::Result<ArticleText> {
    let path = Path::new(what);
    let text = what.to_string_lossy();
    if path.exists() {
        return index.show_path(path, None, context);
    }
    if looks_like_id(&text) {
        return index.show_id(&text, context);
    }
    if let Some((file, inside)) = text.split_once(" › ") {
        return find_printed(index, file, inside, context);
    }
    if let Some((file, inside)) = text.split_once('#').filter(|(file, _)| Path::new(file).is_file()) {
        return match spot(inside) {
            Some(spot) => index.show_spot(Path::new(file), None, spot),
            None => index.show_member(Path::new(file), inside),
        };
    }
    match numbered(&text) {
        Some((file, line)) => index.show_path(Path::new(file), Some(line), context),
        None => index.show_path(path, None, context),
    }
}

/// Returns what a place means that was printed: a file, with the line or not, and what is inside it.
fn find_printed(index: &Index, file: &str, inside: &str, context: usize) -> excerpt::Result<ArticleText> {
    // A line of the file itself says enough.
    if let Some((file, line)) = numbered(file) {
        return index.show_path(Path::new(file), Some(line), context);
    }
    let file = Path::new(file);
    let (member, last) = match inside.rsplit_once(" › ") {
        Some((member, last)) => (Some(member), last),
        None => (None, inside),
    };
    if let Some(spot) = printed_spot(last) {
        return index.show_spot(file, member, spot);
    }
    match numbered(inside) {
        Some((member, line)) => index.show_line(file, Some(member), Some(line), context),
        None => index.show_member(file, inside),
    }
}

/// Returns what stands before the last colon, and the number after it.
fn numbered(text: &str) -> Option<(&str, u32)> {
    let (before, number) = text.rsplit_once(':')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| (before, number.parse().unwrap_or(u32::MAX)))
}

/// Prints some passages of an article: each under its headings and its place, the one that was asked
/// for with a mark.
fn print_part(article: &ArticleText, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    for (number, passage) in article.passages.iter().enumerate() {
        let mut heading = harmless(&article.title).into_owned();
        for part in &passage.headings {
            heading.push_str(" › ");
            heading.push_str(&harmless(part));
        }
        let mark = if passage.asked { "▶ " } else { "  " };
        let place = shown_place(&article.file, &passage.place, article.member.as_deref(), &look.from);
        let gap = if number > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{mark}{heading}\n  {place}\n\n{}", harmless(&passage.text))?;
    }
    Ok(())
}

/// Returns the page, or the like, that is named as in a link.
fn spot(name: &str) -> Option<Spot> {
    let (what, number) = name.split_once('=')?;
    let number = number.parse().ok()?;
    match what {
        "page" => Some(Spot::Page(number)),
        "chapter" => Some(Spot::Chapter(number)),
        "slide" => Some(Spot::Slide(number)),
        "t" => Some(Spot::Time(number)),
        _ => None,
    }
}

/// Returns the page, or the like, that is named as in a printed place.
fn printed_spot(name: &str) -> Option<Spot> {
    if let Some((what, number)) = name.split_once(' ') {
        return spot(&format!("{what}={number}"));
    }
    // Hours, minutes and seconds, or the last two.
    let (before, _) = name.rsplit_once(':')?;
    let parts = name.split(':').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>()?;
    let seconds = parts.iter().try_fold(0_u32, |sum, part| sum.checked_mul(60)?.checked_add(*part))?;
    (before.split(':').count() <= 2).then_some(Spot::Time(seconds))
}

/// Whether a text may be the beginning of an id: hexadecimal digits, a colon and a number.
fn looks_like_id(text: &str) -> bool {
    let (hash, number) = text.split_once(':').unwrap_or((text, ""));
    let hash_like =
        hash.len() <= 16 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    !hash.is_empty() && hash_like && number.bytes().all(|byte| byte.is_ascii_digit())
}
