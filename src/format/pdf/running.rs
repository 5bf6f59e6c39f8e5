//! Running heads and feet, and page numbers: what stands at the same place on several pages.

use std::collections::{HashMap, HashSet};

use super::line::Line;

/// Rows from the top, and from the bottom, among which heads and feet are looked for.
const DEEP: usize = 3;

/// Lines of a page that may be a slide.
const MOST_OF_SLIDE: usize = 80;

/// Points by which the place may differ.
const APART: f64 = 6.0;

/// The edge of a page that rows are counted from.
#[derive(Clone, Copy)]
enum Edge {
    Top,
    Bottom,
}

/// The outermost row of a page that is still there.
struct Row {
    page: usize,
    /// Which slide the page is a step of.
    slide: usize,
    /// Its lines.
    lines: Vec<usize>,
    y: f64,
    /// How far it stands from the next row.
    apart: f64,
    size: f64,
    /// Its text with all numbers alike.
    text: String,
    /// Whether it is the number of its page, counted from 1.
    numbers: bool,
    /// How far the number that it begins or ends with is before that of the page.
    ahead: [Option<i64>; 2],
}

/// Takes the heads and feet out of pages. Returns each once, as it first stands there; page numbers
/// are not among them.
pub(super) fn take(pages: &mut [Vec<Line>]) -> Vec<Line> {
    let mut taken = Vec::new();
    for lines in &mut *pages {
        let told: Vec<usize> = (0..lines.len()).filter(|&number| lines[number].paging).collect();
        take_row(lines, &told, &mut taken);
    }
    let (slides, leading) = (slides(pages), leading(pages));
    for edge in [Edge::Top, Edge::Bottom] {
        let mut open: Vec<usize> = (0..pages.len()).collect();
        for depth in 0..DEEP {
            let rows: Vec<Row> =
                open.iter().filter_map(|&page| outermost(page, slides[page], &pages[page], edge)).collect();
            let mut running = running(&rows, leading);
            // The last row of a head stands apart from the text, which may begin alike on some pages.
            running.retain(|&row| depth == 0 || rows[row].apart > 1.2 * leading);
            open = running.iter().map(|&row| rows[row].page).collect();
            for row in running {
                take_row(&mut pages[rows[row].page], &rows[row].lines, &mut taken);
            }
        }
    }
    let mut known = HashSet::new();
    taken.retain(|line| {
        let text = alike(&line.text);
        text.chars().any(char::is_alphabetic) && known.insert(text)
    });
    taken.sort_by_key(|line| line.page);
    taken
}

fn take_row(lines: &mut Vec<Line>, row: &[usize], taken: &mut Vec<Line>) {
    let mut number = 0;
    lines.retain(|line| {
        let keep = !row.contains(&number);
        if !keep {
            taken.push(line.clone());
        }
        number += 1;
        keep
    });
}

/// Returns how far lines of text stand from each other: what stands apart is left out of account.
fn leading(pages: &[Vec<Line>]) -> f64 {
    let pairs = pages.iter().flat_map(|lines| lines.windows(2));
    let mut steps: Vec<f64> = pairs.map(|pair| pair[1].y - pair[0].y).filter(|step| *step > 1.0).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 4).copied().unwrap_or(0.0)
}

/// Returns the number of the slide that each page shows. A slide that is uncovered step by step has a
/// page for each step, on which all the steps before stand again: that makes no head of its text.
fn slides(pages: &[Vec<Line>]) -> Vec<usize> {
    let mut slide = 0;
    let mut slides = Vec::with_capacity(pages.len());
    let mut before: Option<&Vec<Line>> = None;
    for lines in pages {
        slide += usize::from(before.is_some_and(|before| !uncovers(before, lines)));
        slides.push(slide);
        before = Some(lines);
    }
    slides
}

/// Says whether a page shows all of another one, and perhaps more.
fn uncovers(before: &[Line], lines: &[Line]) -> bool {
    let place = |line: &Line| (line.y.round() as i64, alike(&line.text));
    let there: HashSet<(i64, String)> = lines.iter().take(MOST_OF_SLIDE).map(place).collect();
    let again = before.iter().filter(|line| there.contains(&place(line))).count();
    before.len() <= MOST_OF_SLIDE && again >= 2 && again * 10 >= before.len() * 9
}

fn outermost(page: usize, slide: usize, lines: &[Line], edge: Edge) -> Option<Row> {
    let turn = lines.first()?.turn;
    let upright = || lines.iter().enumerate().filter(|(_, line)| line.turn == turn);
    let out = |y: f64| match edge {
        Edge::Top => -y,
        Edge::Bottom => y,
    };
    let (_, first) = upright().max_by(|one, other| out(one.1.y).total_cmp(&out(other.1.y)))?;
    let (y, size) = (first.y, first.size);
    let level = |line: &Line| (line.y - y).abs() < 0.4 * size;
    let mut row: Vec<usize> = upright().filter(|(_, line)| level(line)).map(|(number, _)| number).collect();
    row.sort_by(|&one, &other| lines[one].x.0.total_cmp(&lines[other].x.0));
    let next = upright().filter(|(_, line)| !level(line)).map(|(_, line)| (line.y - y).abs());
    let text = row.iter().map(|&number| alike(&lines[number].text)).collect::<Vec<_>>().join(" ");
    let bare =
        |line: &Line| line.text.trim_matches(|char: char| !char.is_alphanumeric()).parse() == Ok(line.page);
    let numbers = row.len() == 1 && bare(&lines[row[0]]);
    let first = row.first().and_then(|&first| lines[first].text.split_whitespace().next());
    let last = row.last().and_then(|&last| lines[last].text.split_whitespace().next_back());
    let ahead = [first, last].map(|word| {
        let bare = word?.trim_matches(|char: char| !char.is_alphanumeric());
        let number = bare.parse::<u16>().ok()?;
        Some(i64::from(number) - page as i64)
    });
    Some(Row { page, slide, lines: row, y, apart: next.fold(f64::MAX, f64::min), size, text, numbers, ahead })
}

/// Returns which rows stand at the same place on several pages.
fn running(rows: &[Row], leading: f64) -> Vec<usize> {
    let mut same: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, row) in rows.iter().enumerate() {
        same.entry(&row.text).or_default().push(number);
    }
    let slides =
        |rows: &mut dyn Iterator<Item = &Row>| rows.map(|row| row.slide).collect::<HashSet<_>>().len();
    let least = if slides(&mut rows.iter()) > 4 { 3 } else { 2 };
    let mut running = Vec::new();
    for mut numbers in same.into_values() {
        numbers.sort_by(|&one, &other| rows[one].y.total_cmp(&rows[other].y));
        let y = rows[numbers[numbers.len() / 2]].y;
        numbers.retain(|&number| (rows[number].y - y).abs() < APART);
        if slides(&mut numbers.iter().map(|&number| &rows[number])) >= least {
            running.extend(numbers);
        }
    }
    // Numbers that count the pages tell heads with changing titles.
    let mut counting: HashMap<i64, Vec<usize>> = HashMap::new();
    for (number, row) in rows.iter().enumerate() {
        let ahead = row.ahead.iter().flatten().collect::<HashSet<_>>();
        ahead.into_iter().for_each(|ahead| counting.entry(*ahead).or_default().push(number));
    }
    for mut numbers in counting.into_values() {
        numbers.sort_by(|&one, &other| rows[one].y.total_cmp(&rows[other].y));
        let y = rows[numbers[numbers.len() / 2]].y;
        numbers.retain(|&number| (rows[number].y - y).abs() < APART);
        if slides(&mut numbers.iter().map(|&number| &rows[number])) >= 3 {
            running.extend(numbers);
        }
    }
    running.sort_unstable();
    running.dedup();
    // The number of a page needs no other to be known by.
    let known: HashSet<usize> = running.iter().copied().collect();
    running.extend((0..rows.len()).filter(|row| rows[*row].numbers && !known.contains(row)));
    // Where most pages have one, what stands apart at its place on another is one too.
    if running.len() * 2 >= rows.len() && !running.is_empty() {
        let mut places: Vec<f64> = running.iter().map(|&row| rows[row].y).collect();
        places.sort_by(f64::total_cmp);
        let y = places[places.len() / 2];
        let known: HashSet<usize> = running.iter().copied().collect();
        let others = rows.iter().enumerate().filter(|(number, row)| {
            !known.contains(number)
                && (row.y - y).abs() < APART / 2.0
                && row.apart > 1.5 * row.size.max(leading)
        });
        running.extend(others.map(|(number, _)| number));
    }
    running.sort_unstable();
    running
}

/// Returns a text with all numbers alike, small Roman ones too.
fn alike(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
        if is_roman(bare) {
            out.push('#');
            continue;
        }
        for char in word.chars() {
            match char.is_numeric() {
                true if out.ends_with('#') => {}
                true => out.push('#'),
                false => out.push(char),
            }
        }
    }
    out
}

/// Says whether a word is a small Roman number below 400.
fn is_roman(word: &str) -> bool {
    let mut rest = word.trim_start_matches('c');
    for (ten, five, one) in [("xc", "xl", 'x'), ("ix", "iv", 'i')] {
        let five_alone = if one == 'x' { 'l' } else { 'v' };
        rest = match rest.strip_prefix(ten).or_else(|| rest.strip_prefix(five)) {
            Some(rest) => rest,
            None => rest.strip_prefix(five_alone).unwrap_or(rest).trim_start_matches(one),
        };
    }
    rest.is_empty() && (1..=10).contains(&word.len())
}

#[cfg(test)]
mod tests {
    use super::{super::run::Run, *};

    fn line(page: u32, text: &str, y: f64) -> Line {
        let run = Run {
            text: text.to_owned(),
            x: (0.0, 100.0),
            y,
            size: 10.0,
            turn: 0,
            signs: 9,
            bold: 0,
            fixed: 0,
            paging: false,
        };
        super::super::line::lines(vec![run], page).remove(0)
    }

    #[test]
    fn what_repeats_at_its_place_is_taken() {
        let body = ["The sea", "A moon", "Some tide", "No wind", "One wave"];
        let mut pages: Vec<Vec<Line>> = (0..5u32)
            .map(|page| {
                let head =
                    if page == 3 { "Another head".to_owned() } else { format!("{} The late tide", page + 7) };
                vec![
                    line(page + 1, &head, 30.0),
                    line(page + 1, body[page as usize], 60.0),
                    line(page + 1, &body[page as usize].to_uppercase(), 72.0),
                    line(page + 1, ["i", "ii", "iii", "iv", "v"][page as usize], 700.0),
                ]
            })
            .collect();
        let taken: Vec<String> = take(&mut pages).into_iter().map(|line| line.text).collect();
        assert_eq!(taken, ["7 The late tide", "Another head"]);
        assert!(pages.iter().all(|page| page.first().is_some_and(|line| line.y == 60.0)), "{pages:?}");
    }

    #[test]
    fn heads_are_known_by_their_numbers_and_steps_of_a_slide_are_no_heads() {
        let check = |pages: &[&[(&str, f64)]], expected: &[&str]| {
            let make = |(lines, page): (&&[(&str, f64)], u32)| -> Vec<Line> {
                lines.iter().map(|&(text, y)| line(page, text, y)).collect()
            };
            let mut pages: Vec<Vec<Line>> = pages.iter().zip(1..).map(make).collect();
            let taken: Vec<String> = take(&mut pages).into_iter().map(|line| line.text).collect();
            assert_eq!(taken, expected);
        };
        check(
            &[
                &[("8 The moon", 30.0), ("It is far.", 60.0), ("So far.", 72.0)],
                &[("The sun 9", 30.0), ("And farther.", 60.0), ("As told.", 72.0)],
                &[("10 The sea", 30.0), ("Is near.", 60.0), ("And wet.", 72.0)],
            ],
            &["8 The moon", "The sun 9", "10 The sea"],
        );
        check(
            &[
                &[("Causes", 30.0), ("the moon", 60.0)],
                &[("Causes", 30.0), ("the moon", 60.0), ("the sun", 90.0)],
                &[("Causes", 30.0), ("the moon", 60.0), ("the sun", 90.0), ("the wind", 120.0)],
                &[("Ports", 30.0), ("Brest", 60.0)],
                &[("Ports", 30.0), ("Brest", 60.0), ("Dover", 90.0)],
            ],
            &[],
        );
    }

    #[test]
    fn numbers_are_alike() {
        assert_eq!(alike("Page 12 of 40"), alike("Page 3 of 40"));
        assert_eq!(alike("– xii –"), "– # –");
        assert_eq!(alike("civil law"), "civil law");
    }
}
