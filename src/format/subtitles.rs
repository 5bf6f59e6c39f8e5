//! Subtitles and captions: what was said, as sentences and paragraphs, each with its time.
//!
//! SubRip and WebVTT are read alike, by what they have in common: a line with an arrow between two
//! times begins a cue, and an empty line ends it. Whatever is broken costs no more than its time.

use self::{
    cue::{Cue, Cues},
    speech::Speech,
};
use super::{Cause, Each, Format, Input, Warnings, decode::decode, outline::Outline, text};
use crate::article::{Article, Lines};

mod cue;
mod markup;
mod speech;

/// The reader of subtitles.
pub(super) struct Subtitles;

/// Bytes at the start of a file in which the first cue must begin, for it to be told by that.
const BEGUN_WITHIN: usize = 200;

impl Format for Subtitles {
    fn name(&self) -> &'static str {
        "subtitles"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["srt", "vtt"]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGUN_WITHIN)]);
        let mut lines = head.trim_start_matches('\u{feff}').trim_start().lines();
        let first = lines.next()?;
        let is_number = || first.trim_end().bytes().all(|byte| byte.is_ascii_digit());
        let is_timed = |line: &str| matches!(cue::timing(line), Some(Some(_)));
        (cue::signature(first) || is_number() && lines.next().is_some_and(is_timed)).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let decoded = decode(input.bytes, None)?;
        let mut article = Article { lines: Lines::Text, ..Article::default() };
        article.warnings.extend(decoded.warning);
        let cues = Cues::of(&decoded.text);
        article.title = cues.title;
        article.language = cues.language;
        if cues.cues.is_empty() {
            article.warnings.push("has no line with two times: it was read as plain text".to_owned());
            article.sections = text::sections(&decoded.text);
        } else {
            if cues.untimed > 0 {
                article.warnings.push(untimed(cues.untimed));
            }
            article.sections = sections(&cues.cues);
        }
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// Joins cues to paragraphs.
fn sections(cues: &[Cue]) -> Vec<crate::article::Section> {
    let mut speech = Speech::new(Outline::default());
    for cue in cues {
        speech.cue(cue);
    }
    speech.finish()
}

fn untimed(count: usize) -> String {
    match count {
        1 => "the times of one cue cannot be read".to_owned(),
        _ => format!("the times of {count} cues cannot be read"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{read_one, worded},
        *,
    };
    use crate::article::{Kind, Section, Spot};

    fn read(text: &str) -> Article {
        read_one(&Subtitles, "a.srt", text)
    }

    /// Prints each paragraph, a time in seconds before what was said then.
    fn print(sections: &[Section]) -> Vec<String> {
        let mut printed = Vec::new();
        for section in sections {
            for (block, text) in section.texts() {
                assert_eq!(block.kind, Kind::Prose);
                let mut paragraph = String::new();
                for (at, char) in text.trim_end().char_indices() {
                    let spot = section.spots.iter().find(|(spot, _)| *spot == block.start + at);
                    if let Some((_, Spot::Time(seconds))) = spot {
                        paragraph.push_str(&format!("{seconds}:"));
                    }
                    paragraph.push(char);
                }
                printed.push(paragraph);
            }
        }
        printed
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(print(&read(text).sections), expected, "{text}");
    }

    #[test]
    fn cues_are_joined_to_sentences() {
        check(
            "1\n00:00:01,000 --> 00:00:03,500\nThe tide\nis late\n\n2\n00:00:03,600 --> 00:00:05,000\ntoday.\n",
            &["1:The tide is late 3:today."],
        );
        check(
            "1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n2\n00:01:09,000 --> 00:01:10,000\nTwo.",
            &["1:One.", "69:Two."],
        );
        check("1\n01:00:01,000 --> 01:00:02,000 X1:40 X2:600\nOne.", &["3601:One."]);
        check("WEBVTT\n\n00:01.000 --> 00:02.000 align:left line:0%\nOne.", &["1:One."]);
        check("", &[]);
    }

    #[test]
    fn a_change_of_speaker_ends_a_paragraph() {
        let cue = |text: &str| format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n");
        check(&cue("- Is it late?\n- It is."), &["1:Is it late?", "It is."]);
        check(&cue(">> ANN: It is late.\n>> Why?"), &["1:ANN: It is late.", "Why?"]);
        check(&cue("MR. ROE: It is\nlate.\nANN: Why?"), &["1:MR. ROE: It is late.", "ANN: Why?"]);
        check(
            &cue("<v Ann>It is\nlate.</v>\n<v.loud Mr. Roe>Why?"),
            &["1:Ann: It is late.", "Mr. Roe: Why?"],
        );
        check(&cue("-5 degrees"), &["1:-5 degrees"]);
        let twice =
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>It is\n\n00:02.000 --> 00:03.000\n<v Ann>late.";
        check(twice, &["1:Ann: It is 2:late."]);
    }

    #[test]
    fn marks_of_looks_and_places_go() {
        let cue = |text: &str| format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n");
        let check = |text: &str, expected: &str| check(&cue(text), &[&format!("1:{expected}")]);
        check("{\\an8}<i>The</i> <font color=\"#fff\">tide</font>", "The tide");
        check("{y:i}The {b}tide", "The {b}tide");
        check(
            "<00:00:01.200><c.yellow>The</c> tide &amp; &lt;moon&gt;&#33;&nbsp;&no;",
            "The tide & <moon>! &no;",
        );
        check("I <3 it, a < b and c > d", "I <3 it, a < b and c > d");
        check("♪ The sea ♪ [wind]", "♪ The sea ♪ [wind]");
        check("<ruby>潮<rt>しお</rt></ruby>", "潮しお");
    }

    #[test]
    fn what_rolls_up_is_said_once() {
        check(
            "WEBVTT\nKind: captions\nLanguage: en\n\n00:01.000 --> 00:03.000\nthe tide is late\n\n\
             00:03.000 --> 00:03.010\nthe tide is late\n \n\n00:03.010 --> 00:05.000\nthe tide is late\nand high\n\n\
             00:05.000 --> 00:07.000\nand high\ntoday",
            &["1:the tide is late 3:and high 5:today"],
        );
        check(
            "WEBVTT\n\n00:01.000 --> 00:02.000\nthe\n\n00:02.000 --> 00:03.000\nthe tide\n\n00:03.000 --> 00:04.000\nthe tide is",
            &["1:the 2:tide 3:is"],
        );
        check("WEBVTT\n\n00:01.000 --> 00:02.000\nNo.\n\n00:09.000 --> 00:10.000\nNo.", &["1:No.", "9:No."]);
    }

    #[test]
    fn what_is_no_cue_is_passed_over() {
        check(
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0\n\nNOTE written\nby hand\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n\
             intro\n00:01.000 --> 00:02.000\nOne.\n\nNOTE\n\n00:02.000 --> 00:03.000\nTwo.",
            &["1:One. 2:Two."],
        );
        let article = read("WEBVTT - The late tide\nLanguage: de-AT\n\n00:01.000 --> 00:02.000\nOne.");
        assert_eq!(article.title.as_deref(), Some("The late tide"));
        assert_eq!(article.language.as_deref(), Some("de-AT"));
    }

    #[test]
    fn broken_times_cost_only_themselves() {
        check(
            "1\n00:00:01,000 --> 00:00:02,000\nOne\n\ngoes on.\n2\n00:00:02,500 --> 00:00:03,000\nTwo.\n\n3\n\n\
             00:00:03.5 -> oh\nThree.\n\n4\n00:00:0x --> 00:00:05\nFour.\n\n5\n00:: --> \nFive.",
            &["1:One goes on. 2:Two. 00:00:03.5 -> oh Three. 4 00:00:0x --> 00:00:05 Four. Five."],
        );
        check("no times\n\nat all", &["no times", "at all"]);
        let article = read("1\n00:00: --> 00:00:05\nOne.");
        assert_eq!(article.warnings, ["the times of one cue cannot be read"]);
    }

    #[test]
    fn long_speech_has_paragraphs() {
        let mut text = String::from("WEBVTT\n\n");
        for second in 0..200 {
            text += &format!(
                "{:02}:{:02}.000 --> {:02}:{:02}.900\nThe water number {second} is late.\n\n",
                second / 60,
                second % 60,
                second / 60,
                second % 60
            );
        }
        let paragraphs = print(&read(&text).sections);
        assert!((4..20).contains(&paragraphs.len()), "{}", paragraphs.len());
        assert!(paragraphs.iter().all(|paragraph| paragraph.ends_with("late.")));
    }

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(Subtitles.begins(text.as_bytes()), expected, "{text}");
        };
        check("WEBVTT\n", Some(true));
        check("\u{feff}WEBVTT - A\n", Some(true));
        check("WEBVTTED\n", None);
        check("\n1\r\n00:00:01,000 --> 00:00:02,000\r\nOne.", Some(true));
        check("1\nof many --> others", None);
        check("", None);
    }

    /// Pieces of subtitles; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "1\n00:00:01,000 --> 00:00:02,000\n@ @\n@\n\n",
        "2\n00:00:02,000 --> 00:00:03,000\n<i>@</i> {\\an8}@\n\n",
        "00:03.000 --> 00:04.000\n- @\n- @ @.\n\n",
        "name\n01:03.000 --> 01:04.000\n<v @>@ @\n\n",
        "00:59.000 --> 01:04.000\n@\n\n@ @\n\n",
        "00:: --> \n@: @!\n",
        "NOTE gone\ngone\n\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let cues: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            let text = worded(&format!("WEBVTT\n\n00:00.000 --> 00:01.000\n@\n\n{cues}"));
            let words = 1 + cues.matches('@').count();
            let sections = read(&text).sections;
            for word in 0..words {
                let found: usize =
                    sections.iter().map(|section| section.text.matches(&format!("w{word}w")).count()).sum();
                prop_assert_eq!(found, 1, "{} of\n{}\n{:?}", word, text, sections);
            }
        }

        #[test]
        fn any_text_is_read(text in "(WEBVTT|NOTE|[0-9]{1,3}|00:0[0-9][.,]000| --> |<v? ?[a-z]*>?|\\{\\\\?|&#?[a-z0-9]*;?|[-a .:>é\n]){0,60}") {
            for section in read(&text).sections {
                prop_assert!(!section.text.trim().is_empty() && section.blocks[0].start == 0);
            }
        }
    }
}
