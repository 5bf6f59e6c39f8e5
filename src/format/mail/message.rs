//! One message as articles: the first is the message, and what is attached to it follows.

use std::collections::HashMap;

use mail_parser::{HeaderName, HeaderValue};

use super::{
    super::{self as format, Each, Flow, Format, Input, Nest, faults::Faults},
    Mail,
    content::Content,
    part::Part,
    words,
};
use crate::{
    article::{Article, Lines},
    date::Date,
};

/// Attachments of one message that are read.
const MOST_FILES: usize = 1_000;

/// People that a message is to.
const MOST_PEOPLE: usize = 50;

/// Letters of the longest name of a file.
const LONGEST_NAME: usize = 200;

/// Reads the messages of a file.
pub(in crate::format) struct Messages<'n, 'e> {
    /// How deep the file lies in others.
    pub nest: Nest<'n>,
    /// Takes the articles.
    pub each: &'e mut Each<'e>,
    /// What could not be read of what is attached.
    pub missed: Faults,
}

impl Messages<'_, '_> {
    /// Reads a message, and hands on its articles. `member` is what it is called in its file.
    pub(in crate::format) fn read(
        &mut self,
        message: Part<'_>,
        member: Option<String>,
        note: Option<String>,
    ) -> Flow {
        let mut article = facts(&message);
        let mut around = Vec::new();
        for (label, header) in [("To", HeaderName::To), ("Cc", HeaderName::Cc)] {
            let people = message.people(header);
            let people = &people[..people.len().min(MOST_PEOPLE)];
            if !people.is_empty() {
                around.push(format!("{label}: {}", people.join(", ")));
            }
        }
        let forwarded = article.title.as_deref().is_some_and(words::is_forward);
        let mut content = Content::of(message);
        let mut letter = content.letter();
        if forwarded {
            letter.forwards();
        }
        article.sections = letter.sections(&around);
        article.member.clone_from(&member);
        article.warnings.extend(note.into_iter().chain(content.warnings));
        (self.each)(article)?;
        self.read_files(content.files, member.as_deref())
    }

    /// Reads what is attached to a message.
    fn read_files(&mut self, files: Vec<Part<'_>>, member: Option<&str>) -> Flow {
        let of = member.map(|member| format!(" of message {member}")).unwrap_or_default();
        if files.len() > MOST_FILES {
            let more = files.len() - MOST_FILES;
            self.missed.add(format_args!("{more} of the {} attachments{of} were left out", files.len()));
        }
        let mut names: HashMap<String, usize> = HashMap::new();
        for (at, file) in files.into_iter().take(MOST_FILES).enumerate() {
            let name = name(file.file_name(), at + 1);
            let count = names.entry(name.clone()).or_default();
            *count += 1;
            let unique = if *count == 1 { name.clone() } else { format!("{name} ({count})") };
            let body = file.body();
            let found = if file.is_message() { Some(&Mail as &dyn Format) } else { format::of(&name, &body) };
            let Some(found) = found else { continue };
            let path = member.map(|member| format!("{member}/{unique}")).unwrap_or(unique);
            let mut flow = Flow::Continue(());
            let read = self.nest.inner().and_then(|nest| {
                let input = Input { nest, ..Input::of(&name, &body) };
                format::read(found, input, &mut |mut article| {
                    article.member = Some(match article.member {
                        Some(inner) => format!("{path}/{inner}"),
                        None => path.clone(),
                    });
                    flow = (self.each)(article);
                    flow
                })
            });
            match read {
                Ok(warnings) => {
                    warnings
                        .into_iter()
                        .for_each(|warning| self.missed.add(format_args!("{name}{of}: {warning}")));
                }
                Err(cause) => self.missed.add(format_args!("{name}{of} was not read: {cause}")),
            }
            flow?;
        }
        Flow::Continue(())
    }
}

/// Returns what the headers say of a message.
fn facts(message: &Part<'_>) -> Article {
    let mut authors = message.people(HeaderName::From);
    if authors.is_empty() {
        authors = message.people(HeaderName::Sender);
    }
    let date = date(message);
    let tags = message.text_of(HeaderName::Keywords).unwrap_or_default();
    let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
    let language = message.text_of(HeaderName::ContentLanguage);
    let url = message.raw(&HeaderName::ArchivedAt).map(|url| url.trim_matches(['<', '>', ' ']));
    Article {
        title: message.text_of(HeaderName::Subject),
        authors,
        date,
        date_source: date.map_or("", |_| "the Date header").into(),
        url: url.filter(|url| url.starts_with("http")).map(str::to_owned),
        language: language.filter(|tag| tag.len() < 20 && !tag.contains([',', ' '])),
        tags: tags.collect(),
        lines: Lines::Text,
        ..Article::default()
    }
}

/// Returns the day that a message says it was sent, as written there.
fn date(message: &Part<'_>) -> Option<Date> {
    let written = message.raw(&HeaderName::Date).and_then(Date::parse).or_else(|| {
        // Clocks and programs err: the weekday, the zone, a year of two digits.
        let date = message.value(HeaderName::Date).and_then(HeaderValue::as_datetime)?;
        Date::parse(&format!("{:04}-{:02}-{:02}", date.year, date.month, date.day))
    });
    // There was no mail before: it is the day on which clocks that are not set begin.
    written.filter(|date| date.year > 1970)
}

/// Returns the name of an attached file, or its number.
fn name(given: Option<&str>, number: usize) -> String {
    let last = given.and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default();
    let plain: String = last.chars().filter(|char| !char.is_control()).take(LONGEST_NAME).collect();
    match plain.trim() {
        "" => format!("attachment {number}"),
        plain => plain.to_owned(),
    }
}
