//! Runs in TREC form, `query Q0 name rank score tag`: what was found for every query.
//!
//! A blank or a `%` in a name is written as `%20`, `%25` and so on, and both the name as it is written
//! and the name that means are looked up when a run is read. As in trec_eval, the column of ranks
//! is nothing: scores, in single precision, make the order, and of equal scores the name that is greater
//! byte by byte stands first. Written scores fall strictly, so that this is the order they were found in.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    io::{self, Write},
    path::Path,
};

use percent_encoding::percent_decode_str;

use super::{
    Evaluation, Ranked,
    lines::{self, Slip},
};
use crate::error;

const EXPECTED: &str = "a line of a run is `query Q0 name rank score tag`";

/// What is written in the last column.
const TAG: &str = "excerpt";

/// What was found for every query.
#[derive(Clone, Debug, Default)]
pub struct Run {
    rankings: HashMap<String, Vec<Ranked>>,
}

impl Run {
    /// Returns what was found for a query, best first; nothing where the run does not hold it.
    pub fn ranking(&self, query: &str) -> &[Ranked] {
        let ranking = self.rankings.get(query).or_else(|| self.rankings.get(&encoded(query)));
        ranking.map_or(&[], Vec::as_slice)
    }

    /// Returns how many queries it holds.
    pub fn queries(&self) -> usize {
        self.rankings.len()
    }
}

/// Reads a run.
///
/// # Errors
/// [`crate::Error::Read`] where the file cannot be read, [`crate::Error::Malformed`] where a line of it
/// is not of a run, or something is ranked twice for one query.
pub fn read(path: &Path) -> error::Result<Run> {
    lines::read(path, parse)
}

/// Writes what an evaluation looked at as a run.
///
/// # Errors
/// Whatever `out` says.
pub fn write(evaluation: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    for judged in &evaluation.queries {
        let query = encoded(&judged.topic.id);
        let mut above = f32::INFINITY;
        for (rank, entry) in (1..).zip(&judged.ranking) {
            let score = (entry.score as f32).min(above.next_down());
            writeln!(out, "{query} Q0 {} {rank} {score} {TAG}", encoded(&entry.name))?;
            above = score;
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Run, Slip> {
    let mut rows: HashMap<&str, Vec<(f32, &str)>> = HashMap::new();
    let mut ranked = HashSet::new();
    for (line, text) in lines::lines(text) {
        let slip = |cause: String| Slip::new(line, cause, EXPECTED);
        let columns: Vec<&str> = text.split_ascii_whitespace().collect();
        let [query, _, name, _, score, _] = columns[..] else {
            return Err(slip(format!("there are {} columns instead of 6", columns.len())));
        };
        let score = score.parse().ok().filter(|score: &f32| !score.is_nan());
        let score = score.ok_or_else(|| slip(format!("the score `{}` is not a number", columns[4])))?;
        if !ranked.insert((query, name)) {
            return Err(slip(format!("`{name}` is ranked twice for the query `{query}`")));
        }
        rows.entry(query).or_default().push((score, name));
    }
    if rows.is_empty() {
        return Err(Slip::new(1, "there is nothing in it", EXPECTED));
    }
    let rankings = rows.into_iter().map(|(query, mut rows)| {
        rows.sort_by(|one, other| {
            // No score is NaN; 0 and -0 are equal, as in C.
            other.0.partial_cmp(&one.0).unwrap_or(Ordering::Equal).then_with(|| other.1.cmp(one.1))
        });
        let ranked = rows.into_iter().map(|(score, name)| Ranked {
            names: names(name),
            score: f64::from(score),
            passage: None,
        });
        (query.to_string(), ranked.collect())
    });
    Ok(Run { rankings: rankings.collect() })
}

/// Returns the names that a name in a run may mean.
fn names(written: &str) -> Vec<String> {
    let mut names = vec![written.to_string()];
    if let Ok(meant) = percent_decode_str(written).decode_utf8()
        && meant != written
    {
        names.insert(0, meant.into_owned());
    }
    names
}

/// Returns a name without blanks.
fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '\0'..=' ' | '%' | '\x7f' => encoded.push_str(&format!("%{:02X}", u32::from(letter))),
            _ => encoded.push(letter),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::eval::{Entry, Judged, Topic};

    fn order(text: &str, query: &str) -> String {
        let run = parse(text).expect("it is a run");
        let names: Vec<&str> = run.ranking(query).iter().map(|ranked| ranked.names[0].as_str()).collect();
        names.join(" ")
    }

    #[test]
    fn scores_make_the_order_and_equal_ones_the_greater_name() {
        let check = |rows: &[(&str, &str)], expected: &str| {
            let lines: Vec<String> = (1..)
                .zip(rows)
                .map(|(rank, (name, score))| format!("1 Q0 {name} {rank} {score} t"))
                .collect();
            assert_eq!(order(&lines.join("\n"), "1"), expected);
        };
        check(&[("a", "1"), ("b", "3"), ("c", "2")], "b c a");
        check(&[("a", "1"), ("c", "1"), ("b", "1.0")], "c b a");
        check(&[("a9", "1"), ("a10", "1"), ("Z", "1"), ("é", "1")], "é a9 a10 Z");
        check(&[("a", "-2e3"), ("b", "-inf"), ("c", "-1")], "c a b");
        check(&[("a", "0"), ("b", "-0.0")], "b a");
        // Nearer to each other than single precision tells.
        check(&[("a", "1.00000000001"), ("b", "1")], "b a");
        assert_eq!(order("1 Q0 a 1 1 t\n2 Q0 b 1 1 t", "3"), "");
    }

    #[test]
    fn what_is_no_run_is_told_by_its_line() {
        let check = |text: &str, expected: &str| {
            let slip = format!("{:?}", parse(text).expect_err("it is no run"));
            assert!(slip.starts_with(&format!("Slip {{ {expected}, expected")), "{slip}");
        };
        check("", r#"line: 1, cause: "there is nothing in it""#);
        check("1 Q0 a 1 1 t\n1 Q0 a b 1 1 t", r#"line: 2, cause: "there are 7 columns instead of 6""#);
        check("1 Q0 a 1 x t", r#"line: 1, cause: "the score `x` is not a number""#);
        check("1 Q0 a 1 NaN t", r#"line: 1, cause: "the score `NaN` is not a number""#);
        check("1 Q0 a 1 1 t\n1 Q0 a 2 0 t", r#"line: 2, cause: "`a` is ranked twice for the query `1`""#);
    }

    /// Writes a ranking of these names and scores, and reads it again.
    fn again(id: &str, ranking: &[(String, f64)]) -> (String, Vec<String>) {
        let entries = ranking.iter().map(|(name, score)| Entry { name: name.clone(), score: *score });
        let topic = Topic { id: id.into(), text: id.into() };
        let evaluation =
            Evaluation::of(vec![Judged { topic, ranking: entries.collect(), ..Judged::default() }]);
        let mut out = Vec::new();
        write(&evaluation, &mut out).expect("a vector takes all");
        let text = String::from_utf8(out).expect("a run is text");
        let read = if text.is_empty() { Run::default() } else { parse(&text).expect("it is a run") };
        let names = read.ranking(id).iter().map(|ranked| ranked.names[0].clone()).collect();
        (text, names)
    }

    #[test]
    fn names_have_no_blanks_and_scores_fall() {
        let ranking =
            [("a b", 2.0), ("50%", 2.0), ("é\tc", 7.0)].map(|(name, score)| (name.to_string(), score));
        let (text, names) = again("a query", &ranking);
        assert_eq!(names, ["a b", "50%", "é\tc"]);
        assert_eq!(
            text,
            "a%20query Q0 a%20b 1 2 excerpt\n\
             a%20query Q0 50%25 2 1.9999999 excerpt\n\
             a%20query Q0 é%09c 3 1.9999998 excerpt\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "(?s)((1 Q0 a%20b 1 1 t|[\\n 01%]|.)){0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_run_that_is_written_is_read_as_it_was(scores in prop::collection::vec(-9.0..9.0, 0..9)) {
            let ranking: Vec<(String, f64)> =
                scores.iter().enumerate().map(|(at, score)| (format!("a {at}%"), *score)).collect();
            let (_, names) = again("1", &ranking);
            prop_assert!(names.iter().eq(ranking.iter().map(|(name, _)| name)));
        }
    }
}
