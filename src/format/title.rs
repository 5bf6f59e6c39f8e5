//! The title of an article whose file may not give one.
//!
//! Every article leaves a reader with a title: what stands at its top, else the file's name if that
//! is made of words, else its first sentence. What becomes the title leaves the text, except a
//! sentence.

use unicode_segmentation::UnicodeSegmentation;

use super::text::line::{ends_line, opens_speech, reads_as_heading};
use crate::{
    analysis,
    article::{Article, Kind, Role, Section},
};

/// Characters that a title has at most.
const LONGEST: usize = 300;

/// Characters that a title made of a sentence has at most.
const LONGEST_SENTENCE: usize = 80;

/// Names that say nothing about the text.
const GENERIC: &[&str] = &[
    "article", "content", "copy", "default", "doc", "document", "download", "draft", "export", "file",
    "final", "home", "image", "index", "main", "new", "note", "output", "page", "print", "readme", "scan",
    "temp", "test", "text", "tmp", "unnamed", "untitled",
];

/// Gives an article the title it lacks, and takes that title out of headings and text. The name of a
/// file that holds many articles is the title of none.
pub(super) fn settle(article: &mut Article, file_name: &str) {
    let alone = article.member.is_none();
    let given = article.title.take().map(|title| one_line(&title, LONGEST));
    article.title = match given.filter(|title| !title.is_empty()) {
        Some(title) => {
            let first = article.sections.get(opening(article)).and_then(|first| first.headings.first());
            if let Some(heading) = first.filter(|heading| same(heading, &title)).cloned() {
                drop_heading(article, &heading);
            }
            Some(title)
        }
        None => from_heading(article)
            .or_else(|| from_first_line(article))
            .or_else(|| from_name(file_name).filter(|_| alone))
            .or_else(|| from_first_sentence(article))
            .or_else(|| Some(one_line(article.member.as_deref().unwrap_or(file_name), LONGEST)))
            .filter(|title| !title.is_empty()),
    };
}

/// Returns the number of the section that the article opens with: the first that is not around it.
fn opening(article: &Article) -> usize {
    article.sections.iter().position(|section| section.role == Role::Main).unwrap_or(0)
}

fn from_heading(article: &mut Article) -> Option<String> {
    // What stands beside the text has a heading that says what it is.
    let first = article.sections.get(opening(article)).filter(|first| first.role == Role::Main)?;
    let heading = first.headings.first()?.clone();
    drop_heading(article, &heading);
    Some(one_line(&heading, LONGEST)).filter(|title| !title.is_empty())
}

/// Takes a heading off the sections that the article opens with, as far as they stand under it.
fn drop_heading(article: &mut Article, heading: &str) {
    let first = opening(article);
    for section in &mut article.sections[first..] {
        if section.headings.first().is_some_and(|outermost| outermost == heading) {
            section.headings.remove(0);
        } else if section.role == Role::Main {
            break;
        }
    }
}

fn from_first_line(article: &mut Article) -> Option<String> {
    let at = opening(article);
    let more = article.sections.iter().skip(at + 1).any(|section| section.role == Role::Main);
    let section = article.sections.get_mut(at).filter(|first| first.role == Role::Main)?;
    let end = first_block(section).len();
    let mut lines = section.text[..end].lines();
    let line = lines.next().filter(|line| reads_as_heading(line))?;
    // In a block of several lines it may be the first line of a sentence, or of a verse.
    let apart = lines.next().is_none_or(|next| {
        let goes_on = next.trim_start().starts_with(char::is_lowercase);
        next.trim().is_empty() || line.len() * 3 < next.len() * 2 && !goes_on
    });
    let after = &section.text[line.len()..];
    let cut = section.text.len() - after.trim_start().len();
    let only = after.trim_start().is_empty() && !more;
    if section.blocks.first()?.kind != Kind::Prose || !apart || only {
        return None;
    }
    let title = one_line(line, LONGEST);
    if cut < end {
        section.blocks[0].line += section.text[..cut].matches('\n').count() as u32;
    } else {
        section.blocks.remove(0);
    }
    section.text.drain(..cut);
    for block in &mut section.blocks {
        block.start = block.start.saturating_sub(cut);
    }
    for (at, _) in &mut section.spots {
        *at = at.saturating_sub(cut);
    }
    if section.blocks.is_empty() {
        article.sections.remove(at);
    }
    Some(title)
}

fn first_block(section: &Section) -> &str {
    &section.text[..section.blocks.get(1).map_or(section.text.len(), |second| second.start)]
}

/// Returns the title that a file's name spells, if it is made of words.
fn from_name(file_name: &str) -> Option<String> {
    let stem = match file_name.rsplit_once('.') {
        Some((stem, extension))
            if extension.len() <= 10 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => file_name,
    };
    let parts = stem.split(['-', '_', '+', ' ', '.']).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.skip_while(|part| part.bytes().all(|byte| byte.is_ascii_digit())).collect();
    if !parts.iter().any(|part| is_word(part)) || parts.iter().any(|part| is_random(part)) {
        return None;
    }
    let title = one_line(&parts.join(" "), LONGEST);
    let mut chars = title.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}

/// Says whether a part of a name is a word that tells something.
fn is_word(part: &str) -> bool {
    let letters = part.chars().filter(|char| char.is_alphabetic());
    let vowel = |char: char| "aeiouy".contains(char.to_ascii_lowercase());
    let told = letters.clone().count() >= 3 && letters.clone().any(vowel)
        || letters.clone().any(|char| !char.is_ascii());
    let bare: String = letters.flat_map(char::to_lowercase).collect();
    told && !GENERIC.contains(&bare.as_str()) && !GENERIC.contains(&bare.trim_end_matches('s'))
}

/// Says whether a part of a name was made by a machine: a hash, a long number, letters and digits
/// mixed.
fn is_random(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    if part.len() < 8 || digits == 0 {
        return false;
    }
    let day = part.len() == 8 && digits == 8 && (part.starts_with("19") || part.starts_with("20"));
    let hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let kinds = part.as_bytes().windows(2);
    let turns = kinds.filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    hex && !day || turns >= 3
}

fn from_first_sentence(article: &Article) -> Option<String> {
    let section = article.sections.get(opening(article))?;
    let text = squeeze(first_block(section), LONGEST);
    let end = analysis::sentences(&text).first()?.end;
    Some(one_line(&text[..end], LONGEST_SENTENCE)).filter(|title| !title.is_empty())
}

/// Makes one line of a text, of at most so many characters; one that is longer ends after a word,
/// with `…`.
fn one_line(text: &str, most: usize) -> String {
    let mut line = squeeze(text, most);
    if let Some((limit, _)) = line.char_indices().nth(most - 1)
        && line[limit..].chars().count() > 1
    {
        let end = line.split_word_bound_indices().map(|(at, _)| at).take_while(|at| *at <= limit).last();
        line.truncate(end.filter(|end| *end > 0).unwrap_or(limit));
        let dangling =
            |char: char| char.is_whitespace() || ends_line(char) || opens_speech(char) || char == '(';
        line.truncate(line.trim_end_matches(dangling).len());
        line.push('…');
    }
    line
}

/// Joins the words of a text by single spaces, as far as a line of so many characters needs them.
fn squeeze(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(most + 1));
        // In bytes, of which a character has no more than four.
        if line.len() > 4 * most {
            break;
        }
    }
    line
}

fn same(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes sections of rows `heading / path: block | block`, a block beginning with `-` an item.
    fn article(title: Option<&str>, rows: &[&str]) -> Article {
        let mut article = Article { title: title.map(str::to_owned), ..Article::default() };
        let mut line = 0;
        for row in rows {
            let (path, text) = row.split_once(": ").expect("a row has a path, if an empty one");
            let (path, role) = path.strip_prefix('~').map_or((path, Role::Main), |path| (path, Role::Aside));
            let headings =
                path.split(" / ").filter(|heading| !heading.is_empty()).map(str::to_owned).collect();
            let mut section = Section { headings, role, ..Section::default() };
            for block in text.split(" | ") {
                line += 1;
                section.push(if block.starts_with('-') { Kind::Item } else { Kind::Prose }, block, line);
                line += block.matches('\n').count() as u32;
            }
            article.sections.push(section);
        }
        article
    }

    fn rows(article: &Article) -> Vec<String> {
        let row = |section: &Section| {
            let aside = if section.role == Role::Aside { "~" } else { "" };
            format!("{aside}{}: {}", section.headings.join(" / "), section.text.replace("\n\n", " | "))
        };
        article.sections.iter().map(row).collect()
    }

    #[test]
    fn a_title_is_taken_from_the_top() {
        let check = |given: Option<&str>, before: &[&str], title: &str, after: &[&str]| {
            let mut article = article(given, before);
            settle(&mut article, "0f3c5a7790.txt");
            assert_eq!(article.title.as_deref(), Some(title), "{before:?}");
            assert_eq!(rows(&article), after, "{before:?}");
        };
        // A heading.
        check(None, &["A: a"], "A", &[": a"]);
        check(None, &["A: a", "A / B: b", "C: c", "A: d"], "A", &[": a", "B: b", "C: c", "A: d"]);
        check(Some(" "), &["A / B: b", "A / C: c"], "A", &["B: b", "C: c"]);
        check(None, &["~N: n", "A: a", "~: x", "A / B: b"], "A", &["~N: n", ": a", "~: x", "B: b"]);
        check(
            None,
            &["~Comments: Why is the tide late? | b"],
            "Why is the tide late?",
            &["~Comments: Why is the tide late? | b"],
        );
        // A given title, with and without a heading that says the same.
        check(Some("The  Tide!"), &["the tide: a", "the tide / B: b"], "The Tide!", &[": a", "B: b"]);
        check(Some("The Tide"), &["A: a"], "The Tide", &["A: a"]);
        // A short first line.
        check(None, &[": My title | Text."], "My title", &[": Text."]);
        check(None, &[": My title", "A: a"], "My title", &["A: a"]);
        check(None, &[": Why\nThe tide is late every day."], "Why", &[": The tide is late every day."]);
        // A first sentence.
        check(None, &[": Only a line"], "Only a line", &[": Only a line"]);
        check(None, &[": It rained.\nA lot. | b"], "It rained.", &[": It rained.\nA lot. | b"]);
        check(None, &[": - milk | - bread"], "- milk", &[": - milk\n- bread"]);
        check(
            None,
            &[": Mr. Fogg left.\nSo it was. | b"],
            "Mr. Fogg left.",
            &[": Mr. Fogg left.\nSo it was. | b"],
        );
        let verse = ": Tiger tiger burning\nIn the forests of night";
        check(None, &[verse], "Tiger tiger burning In the forests of night", &[verse]);
        let long = ": The tech world was thrown into turmoil as speculation over advanced models, sent by some, rose.";
        let cut = "The tech world was thrown into turmoil as speculation over advanced models…";
        check(None, &[long], cut, &[long]);
        // Nothing.
        check(None, &[], "0f3c5a7790.txt", &[]);
    }

    #[test]
    fn what_stays_keeps_its_lines() {
        let check = |rows: &[&str], expected: &[(usize, u32)]| {
            let mut article = article(None, rows);
            settle(&mut article, "a.txt");
            let blocks = article.sections.iter().flat_map(|section| &section.blocks);
            assert_eq!(blocks.map(|block| (block.start, block.line)).collect::<Vec<_>>(), expected);
        };
        check(&[": Title | one | two"], &[(0, 2), (5, 3)]);
        check(&[": Title\nThe tide is late. | two"], &[(0, 2), (19, 3)]);
        check(&[": Title", "A: a"], &[(0, 2)]);
    }

    #[test]
    fn a_name_is_a_title_if_it_is_made_of_words() {
        let check =
            |name: &str, expected: Option<&str>| assert_eq!(from_name(name).as_deref(), expected, "{name}");
        check("why-the-tide_is+late.md", Some("Why the tide is late"));
        check("2025-01-30-meta-llama-4.txt", Some("Meta llama 4"));
        check("20250130 covid-19.txt", Some("Covid 19"));
        check("Notes.about.whales.txt", Some("Notes about whales"));
        check("report 20240102.text", Some("Report 20240102"));
        check("東京.txt", Some("東京"));
        check("été", Some("Été"));
        check("привет-мир.markdown", Some("Привет мир"));
        check("000_18e53b57840f2a6a.txt", None);
        check("article-18e53b57840f2a6a-llama.txt", None);
        check("550e8400-e29b-41d4-a716-446655440000.txt", None);
        check("video dQw4w9WgXcQ.txt", None);
        check("12345.txt", None);
        check("1738229384756-photo.txt", Some("Photo"));
        check("photo-1738229384756.txt", None);
        for name in [
            "index.html",
            "Untitled document (1).txt",
            "new_copy.txt",
            "pages-2.txt",
            "xkcd.txt",
            "a.txt",
            ".txt",
            "",
        ] {
            check(name, None);
        }
    }

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        let check = |text: &str, most: usize, expected: &str| assert_eq!(one_line(text, most), expected);
        check(" a \n b\t", 10, "a b");
        check("twelve chars", 12, "twelve chars");
        check("twelve, chars", 12, "twelve…");
        check("incomprehensibilities", 10, "incompreh…");
        check("🎉🎉🎉🎉🎉🎉", 4, "🎉🎉🎉…");
        check("東京は日本の首都である", 6, "東京は日本…");
        check(&"word ".repeat(100_000), 8, "word…");
    }
}
