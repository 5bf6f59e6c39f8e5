//! `excerpt eval`: how well judged queries are answered.

mod ask;
mod settings;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use excerpt::{
    Error,
    eval::{
        Comparison, Evaluation, Judged, Judgments, Run, Topic,
        judgments::{self, Kind, Selection},
        queries, run,
    },
    render::evaluation::{self, Evaluated, Sheet},
    search::Weights,
};

use self::{ask::Ground, settings::Settings};
use super::{Outcome, Shared, options::Unit, ui, ui::Ui};

/// Say how well judged queries are answered: nDCG, MRR, recall and success
///
/// Queries are lines `id<TAB>text`, JSON lines or TREC topics. Judgments are TREC qrels of articles,
/// called by path, path#member or member; or answers, lines `query<TAB>path<TAB>text` that the passage
/// must contain, which need no queries beside them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt eval --in corpus --judgments corpus/judgments.tsv --language en --top-misses 5
  excerpt eval --in articles --queries queries.tsv --judgments qrels.txt --compare by=passage")]
pub(super) struct Eval {
    /// The queries
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// What answers them
    #[arg(long, value_name = "FILE")]
    judgments: PathBuf,
    /// Index this folder or file for the time being, instead of asking the index
    #[arg(long = "in", value_name = "PATH")]
    within: Vec<PathBuf>,
    /// What is ranked [default: what is judged]
    #[arg(long, value_name = "WHAT")]
    by: Option<Unit>,
    /// Only answers in this language, their fourth column
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Evaluate this run, in TREC form, instead of searching
    #[arg(long, value_name = "FILE", conflicts_with = "run_out")]
    run_in: Option<PathBuf>,
    /// Write what was found as a run in TREC form
    #[arg(long, value_name = "FILE")]
    run_out: Option<PathBuf>,
    /// Compare with a run, or with a search by other settings: by=passage, or weights such as
    /// exact=0,pair=0.2
    #[arg(long, value_name = "RUN|SETTINGS")]
    compare: Option<String>,
    /// Name so many of the queries that were answered worst
    #[arg(long, value_name = "N")]
    top_misses: Option<usize>,
}

/// Where rankings come from.
enum Source {
    Run(PathBuf, Run),
    Search(Settings),
}

impl Eval {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let judgments = judgments::read(&self.judgments, self.language.as_deref())?;
        let selection = self.select(&judgments)?;
        let (base, other) = (self.base(&judgments)?, self.other(&judgments)?);
        let mut notes = self.left(&selection);
        let cancel = ui::interruption();
        if self.queries.is_none()
            && judgments.kind() == Kind::Articles
            && matches!((&base, &other), (Source::Search(_), _) | (_, Some(Source::Search(_))))
        {
            anyhow::bail!("judgments of articles say nothing of what is asked: give --queries");
        }
        if let Some(path) = self.run_out.as_ref().filter(|path| self.reads(path)) {
            anyhow::bail!("{} is read: write the run to another file", path.display());
        }
        let searches = [Some(&base), other.as_ref()].into_iter().flatten();
        let ground = match searches.into_iter().any(|source| matches!(source, Source::Search(_))) {
            true => Some(Ground::open(shared, &self.within, &cancel, &mut notes)?),
            false if self.within.is_empty() && self.by.is_none() => None,
            false => anyhow::bail!("nothing is searched where runs are evaluated: leave out --in and --by"),
        };
        let asking = Asking { judgments: &judgments, topics: &selection.topics, ground, cancel: &cancel };
        let evaluation = Evaluation::of(asking.judged(&base, &mut notes)?);
        let compared = other.as_ref().map(|other| asking.judged(other, &mut notes)).transpose()?;
        if cancel.load(Relaxed) {
            return Ok(Outcome::Interrupted);
        }
        if let Some(path) = &self.run_out {
            write_run(path, &evaluation).map_err(|source| Error::Write { path: path.clone(), source })?;
        }
        let comparison = compared.map(|judged| Comparison::of(&evaluation, &Evaluation::of(judged)));
        let sheet = Sheet {
            evaluation: &evaluation,
            selection: &selection,
            what: asking.described(&base),
            misses: self.top_misses.map(|most| evaluation.misses(most)),
            compare: self.compare.as_deref().zip(comparison.as_ref()),
            notes: &notes,
        };
        let mut out = ui.out();
        match ui.json {
            true => evaluation::json(&sheet, &mut out)?,
            false => evaluation::text(&sheet, &ui.look(), &mut out)?,
        }
        out.flush()?;
        Ok(Outcome::Done)
    }

    /// Whether a file is one of those that are read.
    fn reads(&self, path: &Path) -> bool {
        let same = |other: &Path| {
            dunce::canonicalize(other)
                .is_ok_and(|other| dunce::canonicalize(path).is_ok_and(|path| path == other))
        };
        let compared = self.compare.as_ref().map(Path::new);
        self.queries.as_deref().into_iter().chain(compared).chain([self.judgments.as_path()]).any(same)
    }

    /// Returns the queries that are given and judged.
    fn select(&self, judgments: &Judgments) -> anyhow::Result<Selection> {
        let given = self.queries.as_deref().map(queries::read).transpose()?;
        let example = given.as_ref().and_then(|topics| topics.first()).map(|topic| topic.id.clone());
        let selection = judgments.select(given);
        if selection.topics.is_empty() {
            let file = self.judgments.display();
            match example {
                Some(id) => anyhow::bail!("no query, such as `{id}`, has anything relevant in {file}"),
                None => anyhow::bail!("nothing in {file} is relevant"),
            }
        }
        Ok(selection)
    }

    /// Returns what is evaluated.
    fn base(&self, judgments: &Judgments) -> anyhow::Result<Source> {
        match &self.run_in {
            Some(path) => read_run(path, judgments),
            None => Ok(Source::Search(self.settings(judgments))),
        }
    }

    /// Returns what it is compared with.
    fn other(&self, judgments: &Judgments) -> anyhow::Result<Option<Source>> {
        let Some(what) = &self.compare else { return Ok(None) };
        if Path::new(what).is_file() || !what.contains('=') {
            return read_run(Path::new(what), judgments).map(Some);
        }
        let settings = self.settings(judgments).with(what).map_err(anyhow::Error::msg)?;
        Ok(Some(Source::Search(settings)))
    }

    fn settings(&self, judgments: &Judgments) -> Settings {
        let judged = match judgments.kind() {
            Kind::Articles => Unit::Article,
            Kind::Answers => Unit::Passage,
        };
        Settings { by: self.by.unwrap_or(judged), weights: Weights::default() }
    }

    /// Says how many queries are not asked.
    fn left(&self, selection: &Selection) -> Vec<String> {
        let mut notes = Vec::new();
        if selection.left_out > 0 {
            notes.push(format!("{} without anything relevant: left out", queries_of(selection.left_out)));
        }
        if let (Some(file), missing @ 1..) = (&self.queries, selection.missing) {
            notes.push(format!("{} judged but not in {}: left out", queries_of(missing), file.display()));
        }
        notes
    }
}

fn read_run(path: &Path, judgments: &Judgments) -> anyhow::Result<Source> {
    if judgments.kind() == Kind::Answers {
        anyhow::bail!("a run holds no passages, so that answers cannot be judged by {}", path.display());
    }
    Ok(Source::Run(path.into(), run::read(path)?))
}

fn write_run(path: &Path, evaluation: &Evaluation) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    run::write(evaluation, &mut out)?;
    out.flush()
}

fn queries_of(count: usize) -> String {
    if count == 1 { "1 query".into() } else { format!("{count} queries") }
}

/// Queries, their judgments, and the index to ask where one is needed.
struct Asking<'a> {
    judgments: &'a Judgments,
    topics: &'a [Topic],
    ground: Option<Ground>,
    cancel: &'a AtomicBool,
}

impl Asking<'_> {
    /// Returns the queries with their figures, and notes what the reader should know of them.
    fn judged(&self, source: &Source, notes: &mut Vec<String>) -> anyhow::Result<Vec<Judged>> {
        let (judged, name) = match source {
            Source::Run(path, run) => (self.looked_up(path, run, notes), path.display().to_string()),
            Source::Search(settings) => {
                let judged = self.ground().ask(self.topics, self.judgments, settings, self.cancel)?;
                let note = "some names in the judgments are those of articles in several files: \
                            name them path#member";
                if self.ground().ambiguous.load(Relaxed) && !notes.iter().any(|known| known == note) {
                    notes.push(note.into());
                }
                (judged, settings.to_string())
            }
        };
        let nothing = judged.iter().filter(|one| one.ranking.is_empty()).count();
        if nothing > 0 {
            notes.push(format!("{} without any hit: counted 0 ({name})", queries_of(nothing)));
        }
        let found = judged.iter().find_map(|one| one.first.as_deref());
        if let (Some(found), Some(example), true) =
            (found, self.judgments.example(), judged.iter().all(|one| one.judged == 0))
        {
            notes.push(format!(
                "nothing that was found is judged ({name}): it is called such as `{found}`, the judgments name \
                 such as `{example}`"
            ));
        }
        Ok(judged)
    }

    fn looked_up(&self, path: &Path, run: &Run, notes: &mut Vec<String>) -> Vec<Judged> {
        let rankings = self.topics.iter().map(|topic| (topic, run.ranking(&topic.id)));
        let held = rankings.clone().filter(|(_, ranking)| !ranking.is_empty()).count();
        if let others @ 1.. = run.queries() - held {
            notes.push(format!("{} of {} not evaluated: not asked", queries_of(others), path.display()));
        }
        rankings.map(|(topic, ranking)| self.judgments.judge(topic, ranking)).collect()
    }

    fn described(&self, source: &Source) -> Evaluated {
        match source {
            Source::Search(settings) => self.ground().described(settings),
            Source::Run(path, _) => Evaluated::Run(path.clone()),
        }
    }

    fn ground(&self) -> &Ground {
        self.ground.as_ref().expect("an index is opened where any search is made")
    }
}
