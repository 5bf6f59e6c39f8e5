//! Days as people ask for them: a date, a range of dates, or days told from today, as a run of days.
//!
//! Every form stands for a run of days, both ends in. `date:` asks for what is dated in it, `after:`
//! for what is dated on its first day or later, `before:` for what is dated before its first day.

use std::fmt;

use jiff::{ToSpan, civil};

use super::{Date, relative::Told};

/// A run of days, both ends in, as numbers `YYYYMMDD`.
///
/// | form | the days |
/// |---|---|
/// | `2025`, `2025-01`, `2025-01-30`, `2025/01/30`, `30.1.2025`, `january 2025` | that year, month or day |
/// | `2025-01..2025-03`, `2023-2025` | from the first day of the one to the last day of the other |
/// | `2025..`, `..2024` | from its first day on; up to its last day |
/// | `>2024`, `>=2024-05`, `<2020`, `<=2020` | after its last day, from its first, before its first, up to its last |
/// | `today`, `yesterday` | that day |
/// | `this week`, `last month`, `last year` | that week, month or year of the calendar; weeks begin on Monday |
/// | `3 weeks ago` | so many days, weeks, months or years back, for one of them: `3 weeks ago` is seven days long |
/// | `7d`, `2w`, `3m`, `2y`, `past 7 days`, `last 7 days` | from the day so far back up to today |
///
/// In a range the last form means its first day at either end. `_` and `-` may stand for blanks:
/// `last-week`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first day; 0 where it has none.
    pub first: u64,
    /// The last day; [`Span::LATEST`] where it has none.
    pub last: u64,
}

/// Why a text is no run of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is not of any known form.
    Form,
    /// It is told from today, and which day that is was not said.
    NoToday,
}

/// One end of a range.
struct End {
    span: Span,
    /// Whether it goes up to today, so that as a border its first day is meant.
    rolling: bool,
}

/// No form of a date is longer.
const LONGEST: usize = 80;

impl Span {
    /// The last day of all.
    pub const LATEST: u64 = 99_991_231;

    /// Reads the days that `date:` asks for. What ends before it begins is read the other way round.
    ///
    /// # Errors
    /// When it is of no known form, or told from today and there is no `today`.
    pub fn parse(text: &str, today: Option<Date>) -> Result<Self, Unread> {
        let text = tidy(text).ok_or(Unread::Form)?;
        if let Some((from, to)) = text.split_once("..") {
            return Self::between(from.trim(), to.trim(), today);
        }
        if let Some((from, to)) = text.split_once('-')
            && [from, to].iter().all(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return Self::between(from, to, today);
        }
        let whole = |text: &str| end(text.trim(), today).map(|end| end.span);
        Ok(if let Some(rest) = text.strip_prefix(">=") {
            Self { last: Self::LATEST, ..whole(rest)? }
        } else if let Some(rest) = text.strip_prefix("<=") {
            Self { first: 0, ..whole(rest)? }
        } else if let Some(rest) = text.strip_prefix('>') {
            let end = end(rest.trim(), today)?;
            let day = if end.rolling { end.span.first } else { end.span.last };
            Self { first: moved(day, 1), last: Self::LATEST }
        } else if let Some(rest) = text.strip_prefix('<') {
            before(whole(rest)?)
        } else {
            whole(&text)?
        })
    }

    /// Reads the days that `after:` asks for: from the first of those that the form stands for.
    ///
    /// # Errors
    /// As [`Span::parse`].
    pub fn after(text: &str, today: Option<Date>) -> Result<Self, Unread> {
        let text = tidy(text).ok_or(Unread::Form)?;
        Ok(Self { last: Self::LATEST, ..end(&text, today)?.span })
    }

    /// Reads the days that `before:` asks for: up to the day before the first of those that the form
    /// stands for.
    ///
    /// # Errors
    /// As [`Span::parse`].
    pub fn before(text: &str, today: Option<Date>) -> Result<Self, Unread> {
        let text = tidy(text).ok_or(Unread::Form)?;
        Ok(before(end(&text, today)?.span))
    }

    /// Returns the first day, where there is one.
    pub fn begins(&self) -> Option<Date> {
        (self.first > 0).then(|| civil(self.first).into())
    }

    /// Returns the last day, where there is one.
    pub fn ends(&self) -> Option<Date> {
        (self.last < Self::LATEST).then(|| civil(self.last).into())
    }

    /// Returns the day before the first that a date means.
    pub fn day_before(date: Date) -> u64 {
        moved(date.first_day(), -1)
    }

    fn between(from: &str, to: &str, today: Option<Date>) -> Result<Self, Unread> {
        if from.is_empty() && to.is_empty() {
            return Err(Unread::Form);
        }
        let ends = |text: &str| -> Result<Option<End>, Unread> {
            if text.is_empty() { Ok(None) } else { end(text, today).map(Some) }
        };
        let (from, to) = (ends(from)?, ends(to)?);
        let last = |end: &End| if end.rolling { end.span.first } else { end.span.last };
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) if from.span.first > last(&to) => (Some(to), Some(from)),
            ends => ends,
        };
        Ok(Self { first: from.map_or(0, |end| end.span.first), last: to.as_ref().map_or(Self::LATEST, last) })
    }

    fn of(first: civil::Date, last: civil::Date) -> Self {
        // Before the year 1000 nothing is dated.
        let day = |date: civil::Date| if date.year() < 1000 { 0 } else { Date::from(date).first_day() };
        Self { first: day(first), last: day(last) }
    }

    fn of_date(date: Date) -> Option<Self> {
        let first = civil::Date::new(date.year, date.month.unwrap_or(1), date.day.unwrap_or(1)).ok()?;
        Some(Self::of(
            first,
            match (date.month, date.day) {
                (None, _) => first.last_of_year(),
                (Some(_), None) => first.last_of_month(),
                _ => first,
            },
        ))
    }
}

/// Writes the days in the form that a query names them by: `date:2025`, `after:2025-01-15`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = civil(self.first);
        match (self.first, self.last) {
            (0, Self::LATEST) => write!(f, "date:..9999"),
            (0, last) => write!(f, "before:{}", beginning(civil(moved(last, 1)))),
            (_, Self::LATEST) => write!(f, "after:{}", beginning(first)),
            (_, last) => {
                let last = civil(last);
                let (from, to) = (Date::from(first), Date::from(last));
                let month = |date: Date| Date { day: None, ..date };
                let year = |date: Date| Date { month: None, day: None, ..date };
                let (from, to) = if first == first.first_of_year() && last == last.last_of_year() {
                    (year(from), year(to))
                } else if first == first.first_of_month() && last == last.last_of_month() {
                    (month(from), month(to))
                } else {
                    (from, to)
                };
                if from == to { write!(f, "date:{from}") } else { write!(f, "date:{from}..{to}") }
            }
        }
    }
}

/// Returns the shortest date that begins on a day.
fn beginning(day: civil::Date) -> Date {
    let date = Date::from(day);
    match (day.month(), day.day()) {
        (1, 1) => Date { month: None, day: None, ..date },
        (_, 1) => Date { day: None, ..date },
        _ => date,
    }
}

/// Returns all days before a run of days.
fn before(span: Span) -> Span {
    Span { first: 0, last: if span.first == 0 { 0 } else { moved(span.first, -1) } }
}

fn civil(day: u64) -> civil::Date {
    let year = i16::try_from(day / 10_000).unwrap_or(9999);
    civil::Date::new(year, (day / 100 % 100) as i8, (day % 100) as i8).unwrap_or(civil::Date::MIN)
}

/// Returns the day so many days later.
fn moved(day: u64, days: i32) -> u64 {
    let date = civil(day).saturating_add(days.days());
    u64::from(date.year().unsigned_abs()) * 10_000
        + u64::from(date.month().unsigned_abs()) * 100
        + u64::from(date.day().unsigned_abs())
}

/// Returns a form in lower case and with single blanks; none for what is too long for one.
fn tidy(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let plain = text.replace('…', "..").replace('–', "-").replace('≥', ">=").replace('≤', "<=");
    let plain = plain.replace('＞', ">").replace('＜', "<").to_lowercase();
    Some(plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Reads one end of a range.
fn end(text: &str, today: Option<Date>) -> Result<End, Unread> {
    if let Some(span) = date(text).and_then(Span::of_date) {
        return Ok(End { span, rolling: false });
    }
    let told = Told::parse(&text.replace(['-', '_'], " ")).ok_or(Unread::Form)?;
    let today = today.ok_or(Unread::NoToday)?;
    let today = civil::Date::new(today.year, today.month.unwrap_or(1), today.day.unwrap_or(1));
    let (first, last) = told.days(today.map_err(|_| Unread::NoToday)?);
    Ok(End { span: Span::of(first, last), rolling: matches!(told, Told::Past(..)) })
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a date in the forms of articles, and in some more that people ask with.
fn date(text: &str) -> Option<Date> {
    if let Some(date) = Date::parse(text) {
        return Some(date);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let month = |text: &str| {
        let named = MONTHS.iter().position(|name| text.len() >= 3 && name.starts_with(text));
        let number =
            || text.parse().ok().filter(|_| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()));
        named.map(|at| at as i8 + 1).or_else(number)
    };
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = match parts.as_slice() {
        [first, second] if is_year(first) => (first, month(second)?, None),
        [first, second] if is_year(second) => (second, month(first)?, None),
        [first, second, third] if is_year(first) => (first, month(second)?, Some(third.parse().ok()?)),
        _ => return None,
    };
    Date::new(year.parse().ok()?, Some(month), day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Thursday.
    const TODAY: Date = Date { year: 2025, month: Some(1), day: Some(30) };

    fn of(text: &str) -> Option<(u64, u64)> {
        Span::parse(text, Some(TODAY)).ok().map(|span| (span.first, span.last))
    }

    #[test]
    fn a_form_stands_for_a_run_of_days() {
        let check = |text: &str, first: u64, last: u64| assert_eq!(of(text), Some((first, last)), "{text}");
        check("2025", 20_250_101, 20_251_231);
        check("2024-02", 20_240_201, 20_240_229);
        check("2025-01-30", 20_250_130, 20_250_130);
        check("2025/01/30", 20_250_130, 20_250_130);
        check("2025-1-5", 20_250_105, 20_250_105);
        check("30.1.2025", 20_250_130, 20_250_130);
        check("30.01.2025", 20_250_130, 20_250_130);
        check("january 2025", 20_250_101, 20_250_131);
        check("Jan 2025", 20_250_101, 20_250_131);
        check("2025 February", 20_250_201, 20_250_228);
        check("2025/02", 20_250_201, 20_250_228);
        check("02/2025", 20_250_201, 20_250_228);
        check("30 January 2025", 20_250_130, 20_250_130);
        check("january 30, 2025", 20_250_130, 20_250_130);
        check("2025-01..2025-03", 20_250_101, 20_250_331);
        check("2025-01…2025-03", 20_250_101, 20_250_331);
        check("2023-2024", 20_230_101, 20_241_231);
        check("2023–2024", 20_230_101, 20_241_231);
        check("2025..2023", 20_230_101, 20_251_231);
        check("2025-01..20d", 20_250_101, 20_250_110);
        check("2025-01..30d", 20_241_231, 20_250_131);
        check("2025..", 20_250_101, Span::LATEST);
        check("..2024", 0, 20_241_231);
        check(">2024", 20_250_101, Span::LATEST);
        check(">=2024-05", 20_240_501, Span::LATEST);
        check("≥ 2024-05", 20_240_501, Span::LATEST);
        check("<2020", 0, 20_191_231);
        check("<=2020", 0, 20_201_231);
        check("<1000", 0, 9_991_231);
        check("..9999", 0, Span::LATEST);
    }

    #[test]
    fn after_begins_with_the_first_day_and_before_ends_with_the_day_before_it() {
        let check = |text: &str, after: &str, before: &str| {
            let shown = |span: Result<Span, Unread>| span.map(|span| span.to_string());
            assert_eq!(shown(Span::after(text, Some(TODAY))).as_deref(), Ok(after), "{text}");
            assert_eq!(shown(Span::before(text, Some(TODAY))).as_deref(), Ok(before), "{text}");
        };
        check("2025", "after:2025", "before:2025");
        check("2025-01-15", "after:2025-01-15", "before:2025-01-15");
        check("last week", "after:2025-01-20", "before:2025-01-20");
        check("7d", "after:2025-01-23", "before:2025-01-23");
        check("1000", "after:1000", "before:1000");
        assert_eq!(Span::after(">2024", Some(TODAY)), Err(Unread::Form));
    }

    #[test]
    fn what_is_no_form_is_told_from_what_needs_a_day() {
        let check =
            |text: &str, expected: Unread| assert_eq!(Span::parse(text, None), Err(expected), "{text}");
        check("last week", Unread::NoToday);
        check("7d", Unread::NoToday);
        check("2024..today", Unread::NoToday);
        for text in
            ["soon", "", "..", "7", "7dd", "d", "past", "this", "last m", "0000", "2025-13", "1 ago", "ago"]
        {
            check(text, Unread::Form);
        }
        check(&"2".repeat(1000), Unread::Form);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same_days(first in 0..3_000_000i32, days in 0..1000i32, open in 0..4) {
            let start = civil::date(1000, 1, 1).saturating_add((first).days());
            let span = Span::of(start, start.saturating_add(days.days()));
            let span = match open {
                1 => Span { first: 0, ..span },
                2 => Span { last: Span::LATEST, ..span },
                _ => span,
            };
            let written = span.to_string();
            let (field, text) = written.split_once(':').expect("a field is named");
            let read = match field {
                "after" => Span::after(text, None),
                "before" => Span::before(text, None),
                _ => Span::parse(text, None),
            };
            prop_assert_eq!(read, Ok(span), "{}", written);
        }

        #[test]
        fn any_text_is_a_run_of_days_or_none(text in "(\\PC|[0-9.<>=-]|last |week|ago|[dwmy]| ){0,20}") {
            if let Ok(span) = Span::parse(&text, Some(TODAY)) {
                prop_assert!(span.first <= span.last || span.last == 0, "{:?}", span);
            }
        }
    }
}
