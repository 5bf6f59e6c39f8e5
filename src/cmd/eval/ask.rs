//! Asking an index all queries of an evaluation.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use anyhow::Context;
use excerpt::{
    Error, Index,
    eval::{DEPTH, Found, Judged, Judgments, Ranked, Topic},
    index::{Budget, Update},
    render::evaluation::Evaluated,
    search::{Query, Ranking},
};
use tempfile::TempDir;

use super::settings::Settings;
use crate::cmd::{
    Shared,
    index::Means,
    locate,
    ui::{Counter, Progress},
};

/// Where passages are ranked, so many of one article are looked at.
const MOST_OF_ARTICLE: usize = 3;

/// The index that is asked.
pub(super) struct Ground {
    index: Index,
    /// The folder of an index that was made for this only, and goes with it.
    temporary: Option<TempDir>,
    /// Whether a name in the judgments is that of articles in several files.
    pub(super) ambiguous: AtomicBool,
}

impl Ground {
    /// Opens the index that is there, or makes one of these paths.
    pub(super) fn open(
        shared: &Shared,
        paths: &[PathBuf],
        cancel: &AtomicBool,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<Self> {
        if !paths.is_empty() {
            return Self::temporary(paths, cancel, notes);
        }
        let index = Index::open(&locate::locate(shared)?)?;
        // Looking is all that is wanted, as for `status`.
        let fresh = index.compared(Budget::Within(excerpt::index::AUTO * 10))?;
        let found = [fresh.changed, fresh.new, fresh.gone].into_iter().flatten().sum::<u64>();
        if found > 0 || !fresh.missing.is_empty() {
            notes.push("the index does not agree with its folders: `excerpt index` makes it".into());
        }
        notes.extend(fresh.notes);
        Ok(Self { index, temporary: None, ambiguous: AtomicBool::new(false) })
    }

    fn temporary(paths: &[PathBuf], cancel: &AtomicBool, notes: &mut Vec<String>) -> anyhow::Result<Self> {
        if let Some(path) = paths.iter().find(|path| !path.exists()) {
            return Err(Error::MissingFolder { path: path.clone() }.into());
        }
        let folder = tempfile::Builder::new().prefix("excerpt-eval").tempdir();
        let folder = folder.context("cannot make a temporary folder for the index")?;
        let mut index = Index::create(&folder.path().join("index"))?;
        let update = Update { folders: paths.to_vec(), ..Means::default().update() };
        let mut progress = Progress::new(true);
        let report = index.update(&update, &mut |event| progress.take(event), cancel);
        progress.finish();
        let report = report?;
        if report.failed > 0 {
            notes.push(format!("{} files or folders could not be read", report.failed));
        }
        Ok(Self { index, temporary: Some(folder), ambiguous: AtomicBool::new(false) })
    }

    /// Says what is asked, and with what settings.
    pub(super) fn described(&self, settings: &Settings) -> Evaluated {
        let lasting = self.temporary.is_none();
        Evaluated::Index {
            settings: settings.to_string(),
            path: lasting.then(|| self.index.path().into()),
            updated: self.index.updated().filter(|_| lasting),
            articles: self.index.articles(),
            passages: self.index.passages(),
        }
    }

    /// Asks all queries and judges what is found; in their order, by whatever thread it was done.
    /// What is missing where it was stopped is missing.
    pub(super) fn ask(
        &self,
        topics: &[Topic],
        judgments: &Judgments,
        settings: &Settings,
        cancel: &AtomicBool,
    ) -> excerpt::Result<Vec<Judged>> {
        let counter = Counter::new(topics.len(), "queries");
        let files: Mutex<HashMap<String, PathBuf>> = Mutex::default();
        let next = AtomicUsize::new(0);
        let work = || -> excerpt::Result<Vec<(usize, Judged)>> {
            let mut done = Vec::new();
            while !cancel.load(Relaxed) {
                let at = next.fetch_add(1, Relaxed);
                let Some(topic) = topics.get(at) else { break };
                let found = ranked(&self.index, topic, settings)?;
                done.push((at, judgments.judge(topic, &self.named(found, judgments, &files))));
                counter.step();
            }
            Ok(done)
        };
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(topics.len());
        let done = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let joined = threads.into_iter().map(|thread| thread.join().expect("a search does not panic"));
            joined.collect::<excerpt::Result<Vec<_>>>()
        });
        counter.finish();
        let mut judged: Vec<(usize, Judged)> = done?.into_iter().flatten().collect();
        judged.sort_by_key(|(at, _)| *at);
        Ok(judged.into_iter().map(|(_, judged)| judged).collect())
    }

    /// Returns what was found under the names it may be judged by. Remembers in which file each article
    /// is that is called by its member alone.
    fn named(
        &self,
        found: Vec<Ranking>,
        judgments: &Judgments,
        files: &Mutex<HashMap<String, PathBuf>>,
    ) -> Vec<Ranked> {
        let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
        for Ranking { file, member, .. } in &found {
            let Some(member) = member.as_ref().filter(|member| judgments.knows(member)) else { continue };
            if files.entry(member.clone()).or_insert_with(|| file.clone()) != file {
                self.ambiguous.store(true, Relaxed);
            }
        }
        found.into_iter().map(named).collect()
    }
}

/// Asks one query: the only place that says how.
fn ranked(index: &Index, topic: &Topic, settings: &Settings) -> excerpt::Result<Vec<Ranking>> {
    let query = Query {
        text: topic.text.clone(),
        limit: DEPTH,
        by: settings.by.into(),
        per_article: MOST_OF_ARTICLE,
        weights: settings.weights.clone(),
        ..Query::default()
    };
    index.ranking(&query)
}

/// Returns what was found under the names it may be judged by.
fn named(found: Ranking) -> Ranked {
    let path = String::from_utf8_lossy(&found.path).into_owned();
    let names = match found.member {
        Some(member) => vec![member.clone(), format!("{path}#{member}"), path],
        None => vec![path],
    };
    Ranked { names, score: found.score, passage: Some(Found { id: found.id, text: found.text }) }
}
