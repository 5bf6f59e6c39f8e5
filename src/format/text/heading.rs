//! Which lines of a plain text are headings: a short line between longer ones, or one above a rule.
//!
//! The rule is strict on purpose, see [`super`]: a list or a verse is made of short lines too, and so
//! is the end of a paragraph in wrapped text.

use super::{
    Level, Shape, Unit,
    line::{Line, MOST_WORDS, Mark, joins},
};
use crate::date::Date;

/// Says whether a unit is a heading: a short line between longer ones.
pub(super) fn stands_between(lines: &[Line<'_>], units: &[Unit], at: usize, wrap: Option<u16>) -> bool {
    let unit = &units[at];
    let line = &lines[unit.first];
    let Some(next) = units.get(at + 1) else { return false };
    let before = at.checked_sub(1).map(|at| &units[at]);
    let below = &lines[next.first];
    if unit.first != unit.last
        || matches!(unit.shape, Shape::Code | Shape::Heading(_))
        || !line.reads_as_heading()
    {
        return false;
    }
    let is_item = |unit: &Unit| unit.shape == Shape::Item;
    let numbered = || {
        let listed = before.is_some_and(|unit| is_item(unit) || lines[unit.last].raw.ends_with(':'));
        line.mark() != Some(Mark::Bullet) && !listed && !is_item(next)
    };
    if is_item(unit) && !numbered() {
        return false;
    }
    // A short last line of a wrapped paragraph.
    if let Some(unit) = before.filter(|_| wrap.is_some() && !line.gap)
        && (below.gap || !lines[unit.last].ends_sentence)
    {
        return false;
    }
    let long = |unit: &Unit| unit.first != unit.last || usize::from(lines[unit.first].words) > MOST_WORDS;
    // Of short lines only sentences count: else it is verse or a list.
    let longer = |unit: &Unit| match unit.shape {
        Shape::Heading(_) => false,
        Shape::Code => true,
        _ if long(unit) => true,
        _ => {
            let other = &lines[unit.first];
            other.ends_sentence && !other.reads_as_heading() && other.width > line.width
        }
    };
    let in_verse = |unit: &Unit| unit.shape == Shape::Prose && !lines[unit.first].gap;
    let opens = match before {
        None => true,
        Some(unit) if longer(unit) => true,
        Some(unit) if lines[unit.first].words == 0 => true,
        Some(unit) if is_item(unit) => line.gap || lines[unit.last].width > line.width,
        Some(unit) if at == 1 && lines[unit.first].reads_as_heading() => {
            (line.gap || !below.gap) && !is_credit(line.text())
        }
        Some(unit) => {
            in_verse(unit) && line.gap && below.gap && lines[unit.last].width > line.width && long(next)
        }
    };
    let followed = longer(next)
        || below.width > line.width
            && match next.shape {
                Shape::Item => true,
                Shape::Prose => {
                    below.gap && units.get(at + 2).is_some_and(in_verse) && before.is_none_or(longer)
                }
                _ => false,
            };
    // A short line in lower case belongs to the one above it.
    let runs_on = !below.gap && !long(next) && below.starts_with(char::is_lowercase);
    opens && followed && !runs_on
}

/// Says whether a line inside wrapped text is a heading, although it, or the line before, is full:
/// a sentence ends before it, as one may at the end of a paragraph, and what follows begins anew.
pub(super) fn stands_apart(lines: &[Line<'_>], at: usize, wrap: Option<u16>) -> bool {
    let line = &lines[at];
    let Some(next) = lines.get(at + 1).filter(|next| !next.gap) else { return false };
    let ends = || {
        if joins(line, next, wrap) {
            line.in_title_case() && next.starts_with(char::is_uppercase) && !next.in_title_case()
        } else {
            !next.starts_with(char::is_lowercase)
        }
    };
    (line.gap || lines[at - 1].ends_sentence) && line.reads_as_heading() && ends()
}

/// Makes a heading of the line before a rule, unless the rule only stands below a text or table.
pub(super) fn underline(lines: &[Line<'_>], units: &mut Vec<Unit>, at: usize, rule: char) -> bool {
    let (title, below) = (&lines[at - 1], &lines[at]);
    let Some(unit) = units.last_mut() else { return false };
    let alone = unit.first == unit.last;
    let fits = title.width.abs_diff(below.width) <= 2;
    let text = matches!(unit.shape, Shape::Prose | Shape::Item) && title.words > 0;
    let other = title.mark() == Some(Mark::Bullet) || title.text().matches("  ").count() > 1;
    if !text || other || !(fits || alone && title.reads_as_heading()) {
        return false;
    }
    if !alone {
        unit.last -= 1;
        let last = unit.last + 1;
        units.push(Unit { first: last, last, shape: Shape::Prose });
    }
    let heading = units.pop().expect("there is a unit, and it holds the line before the rule");
    // Some draw a line above a title as well.
    let above = |unit: &Unit| unit.first == unit.last && lines[unit.first].text() == below.text();
    if !title.gap && units.last().is_some_and(above) {
        units.pop();
    }
    let level = if rule == '=' { Level::Upper } else { Level::Lower };
    units.push(Unit { shape: Shape::Heading(level), ..heading });
    true
}

/// Says whether a line below a title names the author or the day.
pub(super) fn is_credit(text: &str) -> bool {
    text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("by ")) || Date::parse(text).is_some()
}
