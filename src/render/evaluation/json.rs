//! For programs: one object, described in `docs/json.md`.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::{Serialize, Serializer};

use super::{Evaluated, SHOWN, Sheet};
use crate::{
    eval::{
        Comparison, Judged,
        compare::Pair,
        metric::{Figures, METRICS},
    },
    render::json::{SCHEMA, rounded, time, write},
};

/// Writes an evaluation as one object.
///
/// # Errors
/// Whatever `out` says.
pub fn json(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(&Object::of(sheet), out)
}

#[derive(Serialize)]
struct Object<'a> {
    schema: u32,
    queries: usize,
    left_out: usize,
    missing: usize,
    metrics: Named<f64>,
    intervals: Named<[f64; 2]>,
    settings: Option<BTreeMap<&'a str, &'a str>>,
    run: Option<String>,
    index: Option<IndexObject>,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    misses: Option<Vec<MissObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<CompareObject<'a>>,
}

/// A value for each figure, under its name.
struct Named<T>([T; METRICS.len()]);

#[derive(Serialize)]
struct IndexObject {
    path: Option<String>,
    updated: Option<String>,
    articles: u64,
    passages: u64,
}

#[derive(Serialize)]
struct MissObject<'a> {
    query: &'a str,
    text: &'a str,
    metrics: Named<f64>,
    relevant: usize,
    found: usize,
    expected: Option<ExpectedObject<'a>>,
    first: Option<&'a str>,
}

#[derive(Serialize)]
struct ExpectedObject<'a> {
    name: &'a str,
    level: i32,
    answer: Option<&'a str>,
    rank: Option<usize>,
}

#[derive(Serialize)]
struct CompareObject<'a> {
    with: &'a str,
    metrics: Named<DifferenceObject>,
    won: usize,
    lost: usize,
    tied: usize,
    won_most: Vec<PairObject<'a>>,
    lost_most: Vec<PairObject<'a>>,
}

#[derive(Serialize)]
struct DifferenceObject {
    a: f64,
    b: f64,
    difference: f64,
    p: f64,
}

#[derive(Serialize)]
struct PairObject<'a> {
    query: &'a str,
    text: &'a str,
    a: f64,
    b: f64,
    difference: f64,
}

impl<'a> Object<'a> {
    fn of(sheet: &'a Sheet<'_>) -> Self {
        let Sheet { evaluation, selection, what, .. } = sheet;
        let (run, settings, index) = match what {
            Evaluated::Run(path) => (Some(path.display().to_string()), None, None),
            Evaluated::Index { settings, path, updated, articles, passages } => {
                let index = IndexObject {
                    path: path.as_ref().map(|path| path.display().to_string()),
                    updated: updated.map(time),
                    articles: *articles,
                    passages: *passages,
                };
                (None, Some(settings.split(',').filter_map(|one| one.split_once('=')).collect()), Some(index))
            }
        };
        Self {
            schema: SCHEMA,
            queries: evaluation.queries.len(),
            left_out: selection.left_out,
            missing: selection.missing,
            metrics: figures(&evaluation.means),
            intervals: Named(evaluation.intervals.map(|ends| [rounded(ends.low), rounded(ends.high)])),
            settings,
            run,
            index,
            notes: sheet.notes,
            misses: sheet
                .misses
                .as_ref()
                .map(|misses| misses.iter().map(|miss| MissObject::of(miss)).collect()),
            compare: sheet.compare.map(|(with, comparison)| CompareObject::of(with, comparison)),
        }
    }
}

fn figures(figures: &Figures) -> Named<f64> {
    Named(figures.map(rounded))
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(METRICS.iter().map(|metric| metric.name).zip(&self.0))
    }
}

impl<'a> MissObject<'a> {
    fn of(judged: &'a Judged) -> Self {
        Self {
            query: &judged.topic.id,
            text: &judged.topic.text,
            metrics: figures(&judged.figures),
            relevant: judged.relevant,
            found: judged.found,
            expected: judged.expected.as_ref().map(|expected| ExpectedObject {
                name: &expected.judgment.name,
                level: expected.judgment.level,
                answer: expected.judgment.words.as_deref(),
                rank: expected.rank,
            }),
            first: judged.first.as_deref(),
        }
    }
}

impl<'a> CompareObject<'a> {
    fn of(with: &'a str, comparison: &'a Comparison) -> Self {
        let differences = comparison.differences();
        let difference = |metric: usize| DifferenceObject {
            a: rounded(comparison.a[metric]),
            b: rounded(comparison.b[metric]),
            difference: rounded(differences[metric]),
            p: rounded(comparison.p[metric]),
        };
        let pairs = |pairs: Vec<&'a Pair>| pairs.into_iter().map(PairObject::of).collect();
        let (won, lost, tied) = comparison.tally();
        Self {
            with,
            metrics: Named(std::array::from_fn(difference)),
            won,
            lost,
            tied,
            won_most: pairs(comparison.won_most(SHOWN)),
            lost_most: pairs(comparison.lost_most(SHOWN)),
        }
    }
}

impl<'a> PairObject<'a> {
    fn of(pair: &'a Pair) -> Self {
        Self {
            query: &pair.id,
            text: &pair.text,
            a: rounded(pair.a),
            b: rounded(pair.b),
            difference: rounded(pair.difference()),
        }
    }
}
