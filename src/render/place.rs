//! Where a passage stands, in words.

use std::path::Path;

use super::text::{harmless, one_line, shown_path};
use crate::article::{Lines, Place, Spot};

/// As many characters of a member's name are shown; it may be anything.
const LONGEST_MEMBER: usize = 60;

/// Returns the place of a passage as seen from a folder: the file, with the line where lines are its
/// own, the member of it, and the page, chapter, slide or time.
pub fn shown_place(file: &Path, place: &Place, member: Option<&str>, from: &Path) -> String {
    let mut shown = shown_path(file, from);
    // The lines of a file inside this one are not those of this one.
    if place.of == Lines::File && (member.is_none() || place.record.is_some()) {
        shown.push_str(&format!(":{}", place.line));
    }
    if let Some(member) = member {
        let member = one_line(member);
        let end = member.char_indices().nth(LONGEST_MEMBER).map_or(member.len(), |(at, _)| at);
        let more = if end < member.len() { "…" } else { "" };
        shown.push_str(&format!(" › {}{more}", harmless(&member[..end])));
        if place.of == Lines::File && place.record.is_none() {
            shown.push_str(&format!(":{}", place.line));
        }
    }
    if let Some(spot) = place.spot {
        shown.push_str(&format!(" › {}", spot_name(spot)));
    }
    shown
}

/// Returns a page, chapter, slide or time in words.
pub(super) fn spot_name(spot: Spot) -> String {
    match spot {
        Spot::Page(page) => format!("page {page}"),
        Spot::Chapter(chapter) => format!("chapter {chapter}"),
        Spot::Slide(slide) => format!("slide {slide}"),
        Spot::Time(seconds) if seconds < 3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        Spot::Time(seconds) => format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_said_from_the_file_inwards() {
        let check = |of, record, member: Option<&str>, spot, expected: &str| {
            let place = Place { of, line: 7, line_end: 9, record, spot };
            assert_eq!(shown_place(Path::new("/a/b"), &place, member, Path::new("/a")), expected);
        };
        check(Lines::File, None, None, None, "b:7");
        check(Lines::File, Some(2), Some("id"), None, "b:7 › id");
        check(Lines::File, None, Some("c.md"), None, "b › c.md:7");
        check(Lines::Text, None, None, Some(Spot::Page(3)), "b › page 3");
        check(Lines::Text, None, Some("c.pdf"), Some(Spot::Page(3)), "b › c.pdf › page 3");
        check(Lines::Text, None, None, Some(Spot::Time(75)), "b › 1:15");
        check(Lines::Text, None, None, Some(Spot::Time(3_675)), "b › 1:01:15");
        check(Lines::Text, None, None, Some(Spot::Slide(2)), "b › slide 2");
        check(Lines::Text, None, None, Some(Spot::Chapter(2)), "b › chapter 2");
    }
}
