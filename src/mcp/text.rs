//! The text form for models: compact, and such that no article can pass for anything but a quotation.
//!
//! Every line that quotes an article begins with `>`, and no other line does. What else comes from an article,
//! a title or a path, stands on a line of its own behind a name, and never breaks it.

use excerpt::{
    Index,
    article::{Lines, Place},
    index::{ArticleText, Freshness, Shown},
    render::{harmless, shown_place},
    search::{Hit, LeftOut},
};

/// A text that grows line by line.
#[derive(Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Adds a line of our own words.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(&one_line(line));
        self.text.push('\n');
    }

    /// Adds a line that says one thing, where there is anything to say.
    pub(super) fn fact(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(&format!("{name}: {value}"));
        }
    }

    /// Adds a quotation.
    pub(super) fn quote(&mut self, text: &str) {
        for line in text.trim_end().split(is_break) {
            let line = tame(line);
            self.text.push_str(if line.trim().is_empty() { ">" } else { "> " });
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// Adds a hit.
    pub(super) fn hit(&mut self, hit: &Hit) {
        self.line(&format!("[{}] {}", hit.rank, hit.id));
        self.fact("title", &headed(&hit.title, &hit.headings));
        self.fact("place", &place(&hit.file, &hit.place, hit.member.as_deref()));
        self.fact("date", &hit.date.map(|date| date.to_string()).unwrap_or_default());
        let counted = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let also = [
            counted(hit.more, "more in this article"),
            counted(hit.copies, "near copies elsewhere"),
            hit.stale.map(stale),
        ];
        self.fact("also", &also.into_iter().flatten().collect::<Vec<_>>().join(", "));
        for text in hit.before.iter().chain([&hit.text]).chain(&hit.after) {
            self.quote(text);
        }
    }

    /// Adds an article, or part of one, with the passages that were left out of it.
    pub(super) fn article(&mut self, article: &ArticleText, left_out: Option<&LeftOut>) {
        self.fact("title", &article.title);
        self.fact("file", &article.file.display().to_string());
        self.fact("member", article.member.as_deref().unwrap_or_default());
        self.fact("author", &article.authors.join(", "));
        self.fact("date", &article.date.map(|date| date.to_string()).unwrap_or_default());
        self.fact("url", article.url.as_deref().unwrap_or_default());
        self.fact("also", &article.stale.map(stale).unwrap_or_default());
        if let Some(before) = left_out.map(|out| out.before).filter(|before| *before > 0) {
            self.fact("left out", &format!("{before} passages before these: raise the budget"));
        }
        let mut headings: Option<&Vec<String>> = None;
        for passage in &article.passages {
            self.passage(passage);
            if headings != Some(&passage.headings) {
                self.fact("heading", &passage.headings.join(" › "));
                headings = Some(&passage.headings);
            }
            self.quote(&passage.text);
        }
        if let Some((out, (id, line))) = left_out.and_then(|out| Some((out, out.next.as_ref()?))) {
            let file = article.file.display();
            self.fact(
                "left out",
                &format!("{} passages from here on: raise the budget, or read on from line {line} (id {id}) of {file}", out.after),
            );
        }
    }

    fn passage(&mut self, passage: &Shown) {
        let Place { line, line_end, .. } = passage.place;
        let asked = if passage.asked { "" } else { " (neighbour)" };
        self.line(&format!("[{}] lines {line}-{line_end}{asked}", passage.id));
    }

    /// Adds what every answer says: how fresh the index is, and what could not be read.
    pub(super) fn index(&mut self, index: &Index, unread: u64, fresh: &Freshness) {
        for note in &fresh.notes {
            self.fact("note", note);
        }
        for folder in &fresh.missing {
            let folder = folder.display();
            self.fact("note", &format!("the folder {folder} is missing; its articles are as they were read"));
        }
        let mut facts = vec![format!("{} articles", index.articles())];
        let time = |seconds| jiff::Timestamp::from_second(seconds).map(|time| time.to_string());
        facts.push(match index.updated().map(time) {
            Some(Ok(time)) => format!("committed {time}"),
            _ => "nothing committed yet".into(),
        });
        facts.push(format!("{} of {} files compared with the disk", fresh.compared, fresh.files));
        let found = [(fresh.changed, "changed"), (fresh.new, "new"), (fresh.gone, "gone")];
        let found = found.into_iter().filter_map(|(count, what)| Some((count?, what)));
        facts.extend(
            found
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("{count} {what} and not in the index as they are")),
        );
        facts.push(match unread {
            0 => "no file unread".into(),
            unread => format!("{unread} files could not be read, see status"),
        });
        self.fact("index", &facts.join(", "));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Returns a title with the headings below it.
fn headed(title: &str, headings: &[String]) -> String {
    std::iter::once(title).chain(headings.iter().map(String::as_str)).collect::<Vec<_>>().join(" › ")
}

/// Returns a place to cite: the whole path, the line, and the page or the like.
fn place(file: &std::path::Path, place: &Place, member: Option<&str>) -> String {
    let shown = shown_place(file, place, member, std::path::Path::new(""));
    match place.of {
        Lines::File => shown,
        // Lines of the text that `read` gives.
        Lines::Text => format!("{shown} (line {} of its text)", place.line),
    }
}

fn stale(what: &'static str) -> String {
    match what {
        "gone" => "the file is gone since it was read".into(),
        _ => "the file has changed since it was read".into(),
    }
}

/// Returns text in one line.
fn one_line(text: &str) -> String {
    tame(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns text that cannot drive a terminal, and holds nothing that a reader does not see: the tags of
/// Unicode are letters that models read and people do not.
fn tame(text: &str) -> String {
    let hidden = |letter: char| matches!(letter, '\u{E0000}'..='\u{E007F}');
    harmless(text).replace(hidden, "\u{fffd}")
}

/// Says whether a model may take a character for the end of a line.
fn is_break(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_quoted_is_marked_on_every_line() {
        let check = |text: &str, expected: &str| {
            let mut page = Page::default();
            page.quote(text);
            assert_eq!(page.finish(), expected, "{text:?}");
        };
        check("one\ntwo\n", "> one\n> two\n");
        check("one\n\n[1] abc:1\nindex: 0 articles", "> one\n>\n> [1] abc:1\n> index: 0 articles\n");
        check("a\u{2028}b\u{85}c\rd", "> a\n> b\n> c\n> d\n");
        check("a\u{202e}b\u{1b}[2Jc\u{e0041}", "> a\u{fffd}b\u{fffd}[2Jc\u{fffd}\n");
    }

    #[test]
    fn a_fact_is_one_line() {
        let mut page = Page::default();
        page.fact("title", "Moon\n[2] abc:1\u{2029}> x");
        page.fact("date", "");
        assert_eq!(page.finish(), "title: Moon [2] abc:1 > x\n");
    }

    proptest! {
        #[test]
        fn no_text_can_pass_for_more_than_a_quotation(text in any::<String>(), title in any::<String>()) {
            let mut page = Page::default();
            page.line("[1] abc:1");
            page.fact("title", &format!("x{title}"));
            page.quote(&text);
            page.line("index: 1 articles");
            let text = page.finish();
            let own: Vec<&str> = text.split(is_break).filter(|line| !line.starts_with('>')).collect();
            prop_assert_eq!(own.len(), 4);
            prop_assert!(own[0] == "[1] abc:1" && own[1].starts_with("title: x"));
            prop_assert_eq!(&own[2..], &["index: 1 articles", ""]);
        }
    }
}
