//! What searches are made with, as `--by` and `--compare` say it.

use std::fmt;

/// The settings of a search that figures can be compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// What is ranked.
    pub(super) by: By,
}

/// What is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    /// Articles, each once
    Article,
    /// Passages, up to three of an article
    Passage,
}

/// Puts a value into the settings; an error where it is none.
type Set = fn(&mut Settings, &str) -> Result<(), String>;

/// Every setting: its name, and how its value is put.
const SETTINGS: &[(&str, Set)] = &[("by", |settings, value| {
    settings.by = <By as clap::ValueEnum>::from_str(value, false)
        .map_err(|_| format!("`by` is article or passage, not `{value}`"))?;
    Ok(())
})];

impl Settings {
    /// Returns these settings with others put in: `name=value`, several with commas between.
    pub(super) fn with(&self, others: &str) -> Result<Self, String> {
        let mut settings = *self;
        for one in others.split(',') {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            let Some((_, set)) = SETTINGS.iter().find(|(known, _)| *known == name.trim()) else {
                let known: Vec<&str> = SETTINGS.iter().map(|(known, _)| *known).collect();
                return Err(format!("there is no setting `{name}`; there are: {}", known.join(", ")));
            };
            set(&mut settings, value.trim())?;
        }
        Ok(settings)
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.by {
            By::Article => "by=article",
            By::Passage => "by=passage",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_put_by_name() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let put = Settings { by: By::Article }.with(text).map(|settings| settings.to_string());
            assert_eq!(put.as_deref().map_err(String::as_str), expected, "{text}");
        };
        check("by=passage", Ok("by=passage"));
        check("by = passage, by=article", Ok("by=article"));
        check("by=page", Err("`by` is article or passage, not `page`"));
        check("depth=3", Err("there is no setting `depth`; there are: by"));
        check("", Err("there is no setting ``; there are: by"));
    }
}
