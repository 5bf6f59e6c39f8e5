//! The tool `status`: what is indexed, how fresh it is, and what could not be read.

use std::sync::atomic::AtomicBool;

use excerpt::{
    index::{FileLine, Verdict},
    render::object,
};

use super::{
    answer::{Answer, Fault, written},
    arguments::Arguments,
    reach::{Found, Reach},
    text::Page,
    tools::USUAL_FAILURES,
};

pub(super) fn status(reach: &Reach, arguments: &Arguments, cancel: &AtomicBool) -> Result<Answer, Fault> {
    let Found { index, freshness } = reach.found(cancel)?;
    let mut status = index.status()?;
    status.folders.retain(|folder| reach.reaches(&folder.path));
    let most = arguments.number("failures").unwrap_or(USUAL_FAILURES);
    let (mut list, mut count) = (Vec::new(), 0_usize);
    index.each_file(&mut |line: FileLine| {
        let failed = match &line.verdict {
            Verdict::Failed(_) => true,
            Verdict::Indexed(warnings) => !warnings.is_empty(),
            _ => false,
        };
        if failed && reach.reaches(&line.path) {
            count += 1;
            list.extend(Some(line).filter(|_| count <= most));
        }
    })?;
    let mut page = Page::default();
    page.fact("at", &status.path.display().to_string());
    for folder in &status.folders {
        let missing = if folder.missing { ", missing" } else { "" };
        page.fact("folder", &format!("{} ({} files{missing})", folder.path.display(), folder.files));
    }
    page.line(&format!("holds: {} articles, {} passages", status.articles, status.passages));
    let languages = status.languages.iter().map(|(language, passages)| match language {
        Some(language) => format!("{language} {passages}"),
        None => format!("unknown {passages}"),
    });
    page.fact("languages", &languages.collect::<Vec<_>>().join(", "));
    let formats = status.formats.iter().map(|(format, files)| format!("{format} {files}"));
    page.fact("formats", &formats.collect::<Vec<_>>().join(", "));
    page.line(&format!(
        "files: {} indexed ({} with a warning), {} left out by a rule, {} of kinds that are not read, {} unread",
        status.indexed, status.warned, status.left_out, status.unsupported, status.failed
    ));
    for line in &list {
        let (what, reasons) = match &line.verdict {
            Verdict::Failed(cause) => ("unread", cause.clone()),
            Verdict::Indexed(warnings) => ("warning", warnings.join("; ")),
            _ => continue,
        };
        page.fact(what, &format!("{}: {reasons}", line.path.display()));
    }
    if count > list.len() {
        page.fact("left out", &format!("{} more such files: raise failures", count - list.len()));
    }
    page.index(&index, status.failed, &freshness);
    let mut object = written(&|out| object::status(&status, &freshness, Some(&list), out));
    object.insert("left_out".into(), (count - list.len()).into());
    Ok(Answer { object, text: page.finish() })
}
