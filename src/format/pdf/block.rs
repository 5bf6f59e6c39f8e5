//! Lines become blocks: paragraphs, headings, list items, table rows, code.

use super::{
    line::{self, Line},
    style::Style,
};
use crate::date::Date;

/// Blocks before the last that a line may still go on with, where something stood beside them.
const OPEN: usize = 4;

/// Lines around one by which the width of its column is told.
const AROUND: usize = 12;

/// Lines, and characters, of the longest heading that is told by its looks.
const HEADING: (usize, usize) = (4, 200);

/// What a block is, as far as its lines tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Text,
    Item,
    Row,
    Code,
    Heading(u8),
}

/// Lines that belong together.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) shape: Shape,
    pub(super) lines: Vec<Line>,
    /// The right end of the column that its last line stands in.
    right: f64,
    /// Whether it stands between the title and the text: it names who wrote it, or when.
    byline: bool,
}

/// Makes blocks of the pages of a file, in order.
pub(super) fn blocks(pages: Vec<Vec<Line>>, style: &Style) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for lines in pages {
        let page = page(lines, style);
        // A paragraph that runs over the end of a column or page goes on with the first block of the
        // next; notes at the foot of the page may stand between.
        for block in page {
            match before(&blocks, &block, style) {
                Some(at) => {
                    blocks[at].lines.extend(block.lines);
                    blocks[at].right = block.right;
                }
                None => blocks.push(block),
            }
        }
    }
    blocks
}

/// Makes blocks of one page.
fn page(lines: Vec<Line>, style: &Style) -> Vec<Block> {
    let rights: Vec<f64> = (0..lines.len()).map(|number| right(&lines, number)).collect();
    let shapes = shapes(&lines, style);
    let mut blocks: Vec<Block> = Vec::new();
    for ((line, right), shape) in lines.into_iter().zip(rights).zip(shapes) {
        let least = blocks.len().saturating_sub(OPEN);
        let mut at = None;
        for number in (least..blocks.len()).rev() {
            if blocks[number].takes(&line, shape, style) {
                at = Some(number);
                break;
            }
            // Only what stands beside a block is passed over to go on with it.
            let aside = |other: &Line| other.x.1 <= line.x.0 || line.x.1 <= other.x.0;
            if !blocks[number].lines.last().is_some_and(aside) {
                break;
            }
        }
        match at {
            Some(number) => {
                blocks[number].lines.push(line);
                blocks[number].right = right;
            }
            None => blocks.push(Block { shape, lines: vec![line], right, byline: false }),
        }
    }
    blocks
}

/// Returns the right end of the column that a line stands in.
fn right(lines: &[Line], number: usize) -> f64 {
    let line = &lines[number];
    let around = &lines[number.saturating_sub(AROUND)..lines.len().min(number + AROUND + 1)];
    let column = around.iter().filter(|other| {
        (other.x.0 - line.x.0).abs() < 4.0 * line.size
            && other.turn == line.turn
            && other.size < line.size * 1.1
    });
    column.map(|other| other.x.1).fold(line.x.1, f64::max)
}

/// Returns what each line of a page is. The number of a line of code may be longer than the line,
/// and a line of text may be words of code for the most part.
fn shapes(lines: &[Line], style: &Style) -> Vec<Shape> {
    let own: Vec<Shape> = lines.iter().map(|line| shape(line, style)).collect();
    let next_to = |one: usize, other: usize| {
        let fall = lines[other].y - lines[one].y;
        lines[one].turn == lines[other].turn
            && fall > 0.0
            && fall < 1.8 * lines[one].size.max(lines[other].size)
    };
    let settled = |at: usize| {
        let before = at.checked_sub(1).filter(|&before| next_to(before, at)).map(|before| own[before]);
        let after = own.get(at + 1).filter(|_| next_to(at, at + 1)).copied();
        match own[at] {
            Shape::Text | Shape::Item | Shape::Row
                if lines[at].is_numbered_code()
                    && (before, after) == (Some(Shape::Code), Some(Shape::Code)) =>
            {
                Shape::Code
            }
            Shape::Code
                if !lines[at].is_numbered_code()
                    && (before.or(after), after.or(before)) == (Some(Shape::Text), Some(Shape::Text)) =>
            {
                Shape::Text
            }
            shape => shape,
        }
    };
    (0..lines.len()).map(settled).collect()
}

fn shape(line: &Line, style: &Style) -> Shape {
    match line.heading {
        Some((level, _)) => Shape::Heading(level),
        None if line.fixed && !style.fixed && line.size < style.body * 1.12 => Shape::Code,
        None if line.row => Shape::Row,
        None if bullet(&line.text).is_some() || number(&line.text).is_some() => Shape::Item,
        None => Shape::Text,
    }
}

impl Block {
    /// Says whether a line goes on with the block.
    fn takes(&self, line: &Line, shape: Shape, style: &Style) -> bool {
        let Some(last) = self.lines.last() else { return false };
        let first = &self.lines[0];
        if last.turn != line.turn || last.page != line.page {
            return false;
        }
        let fall = line.y - last.y;
        let em = last.size.max(line.size);
        let alike = (last.size - line.size).abs() < 0.12 * em;
        let usual = match self.lines.as_slice() {
            [.., one, other] => (other.y - one.y) * 1.15 + 0.05 * em,
            _ => em * (style.leading * 1.25).max(1.3),
        };
        let near = fall > 0.3 * em && fall < usual;
        let common = last.x.1.min(line.x.1) - last.x.0.max(line.x.0);
        match (self.shape, shape) {
            (Shape::Heading(_), _) | (_, Shape::Heading(_)) => last.heading == line.heading,
            // Code holds its empty lines. The size of a short line may be that of its number.
            (Shape::Code, Shape::Code) => {
                (alike || !last.fixed || !line.fixed) && fall > 0.3 * em && fall < usual.max(2.6 * em)
            }
            (Shape::Code, _) | (_, Shape::Code) | (Shape::Row, _) | (_, Shape::Row) => false,
            (Shape::Text | Shape::Item, Shape::Text | Shape::Item) => {
                if !alike || !near || common <= 0.0 || last.bold != line.bold && first.bold == last.bold {
                    return false;
                }
                !self.breaks(line, shape)
            }
        }
    }

    /// Says whether a line that could go on with the block begins another.
    fn breaks(&self, line: &Line, shape: Shape) -> bool {
        let (first, last) = (&self.lines[0], &self.lines[self.lines.len() - 1]);
        let em = line.size;
        let ended = ends(&last.text);
        let word = line.text.split(' ').next().unwrap_or_default().chars().count() as f64;
        let letter = (line.x.1 - line.x.0) / line.text.chars().count().max(1) as f64;
        let short = last.x.1 + (word + 1.0) * letter < self.right.max(line.x.1) - 0.5 * em;
        if shape == Shape::Item {
            let bulleted = bullet(&line.text).is_some();
            return bulleted || ended || short || (line.x.0 - last.x.0).abs() > 0.7 * em;
        }
        let indent = line.x.0 - last.x.0;
        let hangs = self.lines.len() > 1 && self.lines[1].x.0 - first.x.0 > 0.7 * em;
        if hangs && indent < -0.7 * em && line.x.0 < self.lines[1].x.0 - 0.7 * em {
            return true;
        }
        if indent > 0.7 * em {
            let hanging = self.lines.len() == 1 && (self.shape == Shape::Item || !short && !ended);
            // Lines that are set to the middle begin anywhere.
            let middle = |line: &Line| (line.x.0 + line.x.1) / 2.0;
            let centred = (middle(line) - middle(last)).abs() < 0.5 * em;
            return !hanging && !centred;
        }
        let lower = line.text.chars().find(|char| char.is_alphanumeric()).is_some_and(char::is_lowercase);
        short && ended && !lower
    }

    /// Returns the length of its text in characters, about.
    fn length(&self) -> usize {
        self.lines.iter().map(|line| line.text.chars().count() + 1).sum()
    }
}

/// Returns the block that another one goes on with, at the top of the next column or page.
fn before(blocks: &[Block], block: &Block, style: &Style) -> Option<usize> {
    let line = &block.lines[0];
    if block.shape != Shape::Text || line.margin {
        return None;
    }
    let body = |size: f64| (size - style.body).abs() < 0.12 * style.body;
    // Notes are set smaller than what they stand below, or in the margin.
    let smaller = |one: &Block| one.lines[0].margin || one.lines[0].size < style.body * 0.95;
    let skipped = blocks.iter().rev().take(8).take_while(|one| body(line.size) && smaller(one)).count();
    let at = blocks.len().checked_sub(skipped + 1)?;
    let last = blocks[at].lines.last()?;
    let turned = last.turn == line.turn && last.bold == line.bold;
    let sized = (last.size - line.size).abs() < 0.12 * last.size;
    let next = last.page + 1 == line.page
        || last.page == line.page && line.y < last.y - line.size && line.x.0 > last.x.0 + line.size;
    if !next || !turned || !sized || !matches!(blocks[at].shape, Shape::Text | Shape::Item) {
        return None;
    }
    // Nothing but the first block of a page goes on with the page before.
    let begun = blocks.iter().rev().find(|one| !one.lines[0].margin);
    if last.page != line.page && begun.is_some_and(|one| one.lines[0].page == line.page) {
        return None;
    }
    let full = last.x.1 > blocks[at].right - 3.0 * last.size && last.text.len() >= 30;
    let hyphen = last.text.ends_with(['-', '\u{ad}', '\u{2010}']);
    let lower = line.text.chars().next().is_some_and(char::is_lowercase);
    let indented = block.lines.get(1).is_some_and(|second| line.x.0 > second.x.0 + 0.7 * line.size);
    let goes_on =
        hyphen && lower || !ends(&last.text) && (lower || full && !indented && blocks[at].lines.len() > 1);
    goes_on.then_some(at)
}

/// Says whether a text ends as a paragraph does.
fn ends(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', ' ']);
    text.ends_with(['.', '!', '?', ':', ';', '…', '。', '！', '？', '：', '\u{61f}', '۔'])
}

/// Returns the text of a list item after its bullet.
pub(super) fn bullet(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    let sure = "•‣◦▪▫■□●○∙⁃➢✓◆◇❖►▸".contains(first);
    let perhaps = "-–—*·".contains(first) && rest.starts_with(' ');
    (sure || perhaps).then(|| rest.trim_start()).filter(|rest| !rest.is_empty() && bullet_once(rest))
}

/// Says whether what follows a bullet is none: `- - -` is a line of dashes.
fn bullet_once(rest: &str) -> bool {
    rest.chars().next().is_some_and(|char| !"•‣◦▪▫■□●○-–—*·".contains(char))
}

/// Returns the length of a number that a list item begins with, such as `3.`, `(b)` or `[12]`.
fn number(text: &str) -> Option<usize> {
    let marker = text.split(' ').next().filter(|marker| marker.len() < text.len())?;
    let inner = marker.strip_suffix(['.', ')', ']'])?;
    let bare = inner.trim_start_matches(['(', '[']);
    let digits = (1..=3).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    let letter = bare.len() == 1 && bare.bytes().all(|byte| byte.is_ascii_lowercase());
    (digits || letter && !marker.ends_with('.')).then_some(marker.len())
}

/// Takes out the title that the first page shows: what is set largest there, and larger than the text.
/// Where a title is known, what repeats it goes.
pub(super) fn title(blocks: &mut Vec<Block>, style: &Style, known: Option<&str>) -> Option<String> {
    let first = blocks.iter().take_while(|block| block.lines[0].page == 1).count();
    let text = |block: &Block| {
        let text = block.lines.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ");
        // Marks of notes are no part of it.
        text.replace(['∗', '†', '‡', '*', '¶'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let bare = |text: &str| -> String {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    if let Some(known) = known {
        let at = blocks[..first].iter().take(6).position(|block| bare(&text(block)) == bare(known));
        if let Some(at) = at {
            blocks.remove(at);
            byline(&mut blocks[at..], style);
        }
        return None;
    }
    let may = |block: &Block| {
        matches!(block.shape, Shape::Text | Shape::Item | Shape::Heading(_))
            && block.lines.len() <= HEADING.0
            && block.length() <= HEADING.1
            && block.lines[0].turn == 0
            && text(block).chars().filter(|char| char.is_alphabetic()).count() > 2
    };
    let size = |at: usize| blocks[at].lines[0].size;
    let large = (0..first).filter(|&at| may(&blocks[at]) && size(at) > style.body * 1.15);
    let at = large.max_by(|&one, &other| size(one).total_cmp(&size(other)).then(other.cmp(&one)))?;
    let alike = |other: usize| (size(other) - size(at)).abs() < 0.12 * size(at) && may(&blocks[other]);
    let end =
        (at + 1..first.min(at + 3)).take_while(|&other| alike(other)).last().map_or(at + 1, |last| last + 1);
    let title = blocks[at..end].iter().map(text).collect::<Vec<_>>().join(" ");
    if title.chars().count() > HEADING.1 {
        return None;
    }
    blocks.drain(at..end);
    byline(&mut blocks[at..], style);
    Some(title)
}

/// Marks what follows the title, up to the text or a heading.
fn byline(blocks: &mut [Block], style: &Style) {
    let begins = |block: &Block| {
        let line = &block.lines[0];
        line.page > 1
            || line.bold
            || block.length() > 160
            || line.size < style.body * 1.12 && block.length() > 60
    };
    let end = blocks.iter().take(8).position(begins).unwrap_or(0);
    blocks[..end].iter_mut().for_each(|block| block.byline = true);
}

/// Finds headings by their looks: larger letters, or heavy ones, on lines of their own.
pub(super) fn headings(blocks: &mut [Block], style: &Style) {
    let large: Vec<usize> = candidates(blocks, |block| block.lines[0].size > style.body * 1.12);
    let heavy: Vec<usize> = candidates(blocks, |block| {
        let size = block.lines[0].size;
        let text = &block.lines[block.lines.len() - 1].text;
        block.lines.iter().all(|line| line.bold)
            && size > style.body * 0.95
            && size <= style.body * 1.12
            && block.lines.len() <= 2
            && !text.ends_with([',', ';', '-'])
            && (!text.ends_with('.') || number(&block.lines[0].text).is_some())
    });
    // Where every third block stands out, none does.
    let few = |found: &[usize]| found.len() * 3 <= blocks.len().max(6);
    let (large, heavy) = (Some(large).filter(|found| few(found)), Some(heavy).filter(|found| few(found)));
    let step = |size: f64| (size * 2.0).round() as i64;
    let mut sizes: Vec<i64> = large.iter().flatten().map(|&at| step(blocks[at].lines[0].size)).collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    sizes.dedup();
    let levels = sizes.len();
    for at in large.into_iter().flatten() {
        let level = sizes.iter().position(|&size| size == step(blocks[at].lines[0].size)).unwrap_or(0);
        blocks[at].shape = Shape::Heading(level.min(5) as u8 + 1);
    }
    for at in heavy.into_iter().flatten() {
        blocks[at].shape = Shape::Heading(levels.min(5) as u8 + 1);
    }
}

/// Returns the blocks that could be headings and look so.
fn candidates(blocks: &[Block], looks: impl Fn(&Block) -> bool) -> Vec<usize> {
    let may = |block: &Block| {
        let text = &block.lines[0].text;
        matches!(block.shape, Shape::Text | Shape::Item)
            && bullet(text).is_none()
            && block.lines.len() <= HEADING.0
            && block.lines[0].turn == 0
            && !block.lines[0].margin
            && !block.byline
            && !(block.lines[0].page == 1 && Date::parse(text).is_some())
            && block.length() <= HEADING.1
            && block
                .lines
                .iter()
                .map(|line| line.text.chars().filter(|char| char.is_alphabetic()).count())
                .sum::<usize>()
                > 1
    };
    // A part of a table of contents may stand out there.
    let listed = |number: usize| blocks.get(number + 1).is_some_and(|next| line::leads(&next.lines[0].text));
    let numbers =
        blocks.iter().enumerate().filter(|(number, block)| may(block) && looks(block) && !listed(*number));
    numbers.map(|(number, _)| number).collect()
}
