//! For people: a table of figures, then what was won, lost and missed. Sixty columns are enough.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use unicode_width::UnicodeWidthChar;

use super::{Evaluated, SHOWN, Sheet};
use crate::{
    eval::{Comparison, DEPTH, Judged, compare::Pair, metric::METRICS},
    render::{Look, harmless, shown_path, text},
};

/// Columns that the longest name of a figure takes.
const NAME: usize = 10;

/// What stands before the second line of a query.
const INDENT: &str = "       ";

/// Writes an evaluation for people.
///
/// # Errors
/// Whatever `out` says.
pub fn text(sheet: &Sheet<'_>, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    Page { look, out }.sheet(sheet)
}

struct Page<'a> {
    look: &'a Look,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn sheet(&mut self, sheet: &Sheet<'_>) -> io::Result<()> {
        match sheet.compare {
            None => self.figures(sheet)?,
            Some((with, comparison)) => self.comparison(sheet, with, comparison)?,
        }
        if let Some(misses) = &sheet.misses {
            self.misses(misses)?;
        }
        writeln!(self.out)?;
        for note in sheet.notes {
            self.paragraph(&format!("note: {}", harmless(note)), text::WARNING)?;
        }
        let facts = facts(sheet, self.look);
        self.paragraph(&facts, text::DIM)
    }

    fn figures(&mut self, sheet: &Sheet<'_>) -> io::Result<()> {
        self.heading(&format!("{:NAME$}   mean   95 % interval", ""))?;
        let evaluation = sheet.evaluation;
        for ((metric, mean), ends) in METRICS.iter().zip(evaluation.means).zip(evaluation.intervals) {
            writeln!(self.out, "{:NAME$}  {mean:.3}   {:.3} – {:.3}", metric.name, ends.low, ends.high)?;
        }
        Ok(())
    }

    fn comparison(&mut self, sheet: &Sheet<'_>, with: &str, comparison: &Comparison) -> io::Result<()> {
        self.heading(&format!("{:NAME$}      A       B     B − A       p", ""))?;
        for (at, metric) in METRICS.iter().enumerate() {
            let (a, b, p) = (comparison.a[at], comparison.b[at], comparison.p[at]);
            let difference = signed(comparison.differences()[at]);
            writeln!(
                self.out,
                "{:NAME$}  {a:.3}   {b:.3}   {difference:>7}   {:>5}",
                metric.name,
                chance(p)
            )?;
        }
        writeln!(self.out)?;
        self.line(&format!("A  {}", called(&sheet.what, self.look)), "")?;
        self.line(&format!("B  {with}"), "")?;
        let (won, lost, tied) = comparison.tally();
        writeln!(self.out, "By {} B won {won}, lost {lost} and tied {tied}.", METRICS[0].name)?;
        self.pairs("Won most", &comparison.won_most(SHOWN))?;
        self.pairs("Lost most", &comparison.lost_most(SHOWN))
    }

    fn pairs(&mut self, heading: &str, pairs: &[&Pair]) -> io::Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.heading(heading)?;
        for pair in pairs {
            let Pair { a, b, .. } = pair;
            let query = named(&pair.id, &pair.text);
            self.line(&format!("{}  {a:.3} → {b:.3}  {query}", signed(pair.difference())), "")?;
        }
        Ok(())
    }

    fn misses(&mut self, misses: &[&Judged]) -> io::Result<()> {
        writeln!(self.out)?;
        if misses.is_empty() {
            return writeln!(self.out, "No query could be answered better.");
        }
        self.heading(&format!("Lowest {}", METRICS[0].name))?;
        for miss in misses {
            self.miss(miss)?;
        }
        Ok(())
    }

    fn miss(&mut self, miss: &Judged) -> io::Result<()> {
        let query = named(&miss.topic.id, &miss.topic.text);
        self.line(&format!("{:.3}  {query}", miss.figures[0]), "")?;
        if let Some(expected) = &miss.expected {
            let rank = match expected.rank {
                Some(rank) => format!("rank {rank}"),
                None => format!("not among the first {DEPTH}"),
            };
            let judgment = &expected.judgment;
            self.line(&format!("{INDENT}expected  {}", judgment.name), text::DIM)?;
            if let Some(words) = &judgment.words {
                self.line(&format!("{INDENT}          “{words}”"), text::DIM)?;
            }
            let of = match miss.relevant {
                1 => String::new(),
                all => format!("; {} of {all} found", miss.found),
            };
            self.line(&format!("{INDENT}          {rank}{of}"), text::DIM)?;
        }
        let expected = miss.expected.as_ref();
        let first = match &miss.first {
            None => "nothing was found",
            Some(_) if expected.is_some_and(|expected| expected.rank == Some(1)) => return Ok(()),
            Some(first) if expected.is_some_and(|expected| expected.judgment.name == *first) => {
                "another passage of it"
            }
            Some(first) => first,
        };
        self.line(&format!("{INDENT}first     {first}"), text::DIM)
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        let styled = self.styled(text, text::BOLD);
        writeln!(self.out, "{styled}")
    }

    /// Writes a line, cut where it is wider than the terminal.
    fn line(&mut self, text: &str, style: &str) -> io::Result<()> {
        let text = harmless(text);
        let text = text.replace('\n', " ");
        let cut = self.look.width.map_or(Cow::Borrowed(text.as_str()), |width| cut(&text, width));
        let styled = self.styled(&cut, style);
        writeln!(self.out, "{styled}")
    }

    fn paragraph(&mut self, text: &str, style: &str) -> io::Result<()> {
        let lines = match self.look.width {
            None => vec![Cow::Borrowed(text)],
            Some(width) => textwrap::wrap(text, width.clamp(20, text::WIDEST)),
        };
        for line in lines {
            let styled = self.styled(&line, style);
            writeln!(self.out, "{styled}")?;
        }
        Ok(())
    }

    fn styled(&self, text: &str, style: &str) -> String {
        let plain = !self.look.colour || style.is_empty() || text.is_empty();
        if plain { text.into() } else { format!("{style}{text}{}", text::PLAIN) }
    }
}

/// Returns a difference with its sign, and none where it rounds to nothing.
fn signed(difference: f64) -> String {
    match format!("{difference:+.3}") {
        shown if ["+0.000", "-0.000"].contains(&shown.as_str()) => "0.000".into(),
        shown => shown.replace('-', "−"),
    }
}

/// Returns a p; one that rounds to nothing is not nothing.
fn chance(p: f64) -> String {
    if p < 0.001 { "<.001".into() } else { format!("{p:.3}") }
}

/// Returns a query as it is shown: its text, after its id where that is another.
fn named(id: &str, text: &str) -> String {
    if id == text { text.into() } else { format!("{id}  {text}") }
}

/// Returns as much of a text as fits.
fn cut(text: &str, width: usize) -> Cow<'_, str> {
    let mut room = width.max(20);
    for (at, letter) in text.char_indices() {
        let wide = letter.width().unwrap_or(0);
        // The last column is for the sign that it goes on.
        if wide + usize::from(text.len() > at + letter.len_utf8()) > room {
            return Cow::Owned(format!("{}…", &text[..at]));
        }
        room -= wide;
    }
    Cow::Borrowed(text)
}

/// Returns what was evaluated.
fn called(what: &Evaluated, look: &Look) -> String {
    match what {
        Evaluated::Run(path) => shown_path(path, &look.from),
        Evaluated::Index { settings, .. } => settings.clone(),
    }
}

/// Says of what the figures are.
fn facts(sheet: &Sheet<'_>, look: &Look) -> String {
    let queries = match sheet.evaluation.queries.len() {
        1 => "1 query".into(),
        count => format!("{count} queries"),
    };
    let mut facts = vec![queries, called(&sheet.what, look)];
    if let Evaluated::Index { path, updated, articles, passages, .. } = &sheet.what {
        facts.push(text::counted(*articles, "article"));
        facts.push(text::counted(*passages, "passage"));
        facts.extend(path.as_ref().map(|path| format!("index {}", shown_path(path, &look.from))));
        facts.extend(updated.map(|updated| format!("indexed {}", text::age(updated, look))));
    }
    facts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_it_does_not_fit() {
        let check = |text: &str, expected: &str| assert_eq!(cut(text, 20), expected);
        check("exactly twenty wide.", "exactly twenty wide.");
        check("more than twenty wide", "more than twenty wi…");
        check("潮の満ち引きについて", "潮の満ち引きについて");
        check("潮の満ち引きについて書", "潮の満ち引きについ…");
        check("", "");
    }

    #[test]
    fn differences_have_a_sign() {
        let check = |difference: f64, expected: &str| assert_eq!(signed(difference), expected);
        check(0.1234, "+0.123");
        check(-0.5, "−0.500");
        check(-0.0001, "0.000");
        check(0.0, "0.000");
        check(-1.0, "−1.000");
        check(10.0, "+10.000");
    }
}
