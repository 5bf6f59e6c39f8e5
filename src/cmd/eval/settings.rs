//! What searches are made with, as `--by` and `--compare` say it.

use std::fmt;

use clap::ValueEnum;
use excerpt::search::Weights;

use crate::cmd::options::Unit;

/// The settings of a search that figures can be compared by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    /// What is ranked.
    pub(super) by: Unit,
    /// What the parts of a score count.
    pub(super) weights: Weights,
}

impl Settings {
    /// Returns these settings with others put in: `name=value`, several with commas between.
    pub(super) fn with(&self, others: &str) -> Result<Self, String> {
        let mut settings = self.clone();
        for one in others.split(',') {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            settings.put(name.trim(), value.trim())?;
        }
        Ok(settings)
    }

    fn put(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "by" {
            let by = Unit::from_str(value, false);
            self.by = by.map_err(|_| format!("`by` is article or passage, not `{value}`"))?;
            return Ok(());
        }
        let mut weights = self.weights.named();
        let Some((_, weight)) = weights.iter_mut().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = weights.iter().map(|(known, _)| *known).collect();
            return Err(format!("there is no setting `{name}`; there are: by, {}", known.join(", ")));
        };
        let number = value.parse().ok().filter(|number: &f32| (0.0..=100.0).contains(number));
        **weight = number.ok_or_else(|| format!("`{name}` is a number from 0 to 100, not `{value}`"))?;
        Ok(())
    }
}

/// What differs from the settings that a search has by itself; `by` always.
impl fmt::Display for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.by {
            Unit::Article => "by=article",
            Unit::Passage => "by=passage",
        })?;
        let (mut these, mut usual) = (self.weights.clone(), Weights::default());
        for ((name, weight), (_, usual)) in these.named().into_iter().zip(usual.named()) {
            if weight != usual {
                write!(out, ",{name}={weight}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_put_by_name() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let put = Settings { by: Unit::Article, weights: Weights::default() }
                .with(text)
                .map(|settings| settings.to_string());
            assert_eq!(put.as_deref().map_err(String::as_str), expected, "{text}");
        };
        check("by=passage", Ok("by=passage"));
        check("by = passage, by=article", Ok("by=article"));
        check("by=page", Err("`by` is article or passage, not `page`"));
        check("exact=0,pair=.5", Ok("by=article,exact=0,pair=0.5"));
        check("exact=much", Err("`exact` is a number from 0 to 100, not `much`"));
        check("exact=-1", Err("`exact` is a number from 0 to 100, not `-1`"));
        let known = "there are: by, stem, exact, character, title, pair, unit, aside, likeness, near, kind";
        check("depth=3", Err(&format!("there is no setting `depth`; {known}")));
        check("", Err(&format!("there is no setting ``; {known}")));
    }
}
