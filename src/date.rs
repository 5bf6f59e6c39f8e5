//! Dates as articles state them: a year, a month or a day, and the forms people write them in.

mod relative;
mod span;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use span::{Span, Unread};

/// A date as precise as its source: a year, a month of a year, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Date {
    /// The year, 1000 to 9999: what is less was put in for a date that is not known.
    pub year: i16,
    /// The month, 1 to 12, where it is known.
    pub month: Option<i8>,
    /// The day of the month, where it is known; never without a month.
    pub day: Option<i8>,
}

/// Forms with words in them, after the ISO forms were tried. `strptime` names of jiff.
const FORMS: &[&str] = &[
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%b. %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%A, %B %d, %Y",
    "%a, %d %b %Y",
];

impl Date {
    /// Reads a date in the forms that articles and people use: `2025`, `2025-01`, `2025-01-30`,
    /// RFC 3339 and RFC 2822 date-times, `30 January 2025`, `January 30, 2025`, `2025/01/30`.
    /// Returns none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 60 || !text.is_ascii() {
            return None;
        }
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            [year] if digits(year, 4) => return Self::new(year.parse().ok()?, None, None),
            [year, month] if digits(year, 4) && (digits(month, 2) || digits(month, 1)) => {
                return Self::new(year.parse().ok()?, Some(month.parse().ok()?), None);
            }
            _ => {}
        }
        // The day as written: a time zone must not move an article to the day before.
        let day = text.split(['T', ' ']).next().unwrap_or(text);
        if digits(day.get(..4).unwrap_or(""), 4)
            && let Ok(date) = day.parse::<jiff::civil::Date>()
        {
            return Self::new(date.year(), Some(date.month()), Some(date.day()));
        }
        if let Ok(time) = jiff::fmt::rfc2822::parse(text) {
            return Some(time.date().into());
        }
        // A month of a year, in words.
        let month = format!("1 {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
        let named = ["%d %B %Y", "%d %b %Y"].iter();
        let named = named.filter_map(|form| jiff::civil::Date::strptime(form, &month).ok()).next();
        if let Some(date) = named.filter(|date| date.year() >= 1000) {
            return Self::new(date.year(), Some(date.month()), None);
        }
        let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let dates = FORMS.iter().filter_map(|form| jiff::civil::Date::strptime(form, &plain).ok());
        // `January 2025` is not the 20th of January 25.
        dates.filter(|date| date.year() >= 1000).map(Self::from).next()
    }

    fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        jiff::civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        (year >= 1000).then_some(Self { year, month, day })
    }

    /// Returns the day of a time, in UTC.
    pub fn of(time: std::time::SystemTime) -> Self {
        jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::try_from(time).unwrap_or_default()).date().into()
    }

    /// Returns the days from one day to another, both as numbers `YYYYMMDD`; none where one is no day.
    pub fn days_between(from: u64, to: u64) -> Option<i64> {
        let date = |day: u64| {
            let year = i16::try_from(day / 10_000).ok()?;
            jiff::civil::Date::new(year, (day / 100 % 100) as i8, (day % 100) as i8).ok()
        };
        Some(i64::from(date(from)?.until(date(to)?).ok()?.get_days()))
    }

    /// Returns the first day it may mean as a number `YYYYMMDD`, which orders as days do.
    pub fn first_day(self) -> u64 {
        number(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// Returns the last day it may mean as a number `YYYYMMDD`. The 31st stands for the end of any
    /// month: it only bounds a range.
    pub fn last_day(self) -> u64 {
        number(self.year, self.month.unwrap_or(12), self.day.unwrap_or(31))
    }
}

fn number(year: i16, month: i8, day: i8) -> u64 {
    u64::from(year.unsigned_abs()) * 10_000
        + u64::from(month.unsigned_abs()) * 100
        + u64::from(day.unsigned_abs())
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        match self.day {
            Some(day) => write!(f, "-{day:02}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_forms_people_write() {
        let check = |written: &str, expected: Option<&str>| {
            assert_eq!(Date::parse(written).map(|date| date.to_string()).as_deref(), expected, "{written}");
        };
        check("2025", Some("2025"));
        check("2025-01", Some("2025-01"));
        check("2025-01-30", Some("2025-01-30"));
        check("2025-01-30T23:30:00-08:00", Some("2025-01-30"));
        check("2025-01-30 08:15", Some("2025-01-30"));
        check("Thu, 30 Jan 2025 08:15:00 +0000", Some("2025-01-30"));
        check("30 January 2025", Some("2025-01-30"));
        check("January 30, 2025", Some("2025-01-30"));
        check("Jan 3, 2025", Some("2025-01-03"));
        check("2025/01/30", Some("2025-01-30"));
        check("30.01.2025", Some("2025-01-30"));
        check("2025-13", None);
        check("2025-02-30", None);
        check("yesterday", None);
        check("", None);
        check("12", None);
        check("0000", None);
        check("January 2025", Some("2025-01"));
        check("0001-01-01T00:00:00Z", None);
    }

    #[test]
    fn days_are_counted_between_days() {
        assert_eq!(Date::days_between(20_240_228, 20_240_301), Some(2));
        assert_eq!(Date::days_between(20_250_101, 20_241_231), Some(-1));
        assert_eq!(Date::days_between(0, 20_241_231), None);
        assert_eq!(Date::days_between(20_250_231, 20_250_301), None);
    }

    #[test]
    fn a_date_bounds_the_days_it_may_mean() {
        let month = Date::parse("2025-02").expect("a month is a date");
        assert_eq!((month.first_day(), month.last_day()), (20_250_201, 20_250_231));
    }
}
