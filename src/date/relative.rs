//! Days told from today: `yesterday`, `last week`, `3 weeks ago`, `7d`. Weeks begin on Monday, as in
//! ISO 8601.

use jiff::{ToSpan, civil};

/// Days told from today.
pub(super) enum Told {
    Day(i32),
    /// This one of the calendar, or the one before.
    Calendar(Unit, i32),
    /// One unit, from the day so many of them ago.
    Ago(Unit, i32),
    /// From the day so many of them ago up to today.
    Past(Unit, i32),
}

#[derive(Clone, Copy)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "d" | "day" | "days" => Self::Day,
            "w" | "week" | "weeks" => Self::Week,
            "m" | "month" | "months" => Self::Month,
            "y" | "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// Returns the day so many units later; of a month too short its last day.
    fn moved(self, day: civil::Date, count: i32) -> civil::Date {
        // A span holds no more of them than lie between the first day and the last.
        let count = i64::from(count.clamp(-19_998, 19_998));
        match self {
            Self::Day => day.saturating_add(count.days()),
            Self::Week => day.saturating_add((7 * count).days()),
            Self::Month => day.saturating_add(count.months()),
            Self::Year => day.saturating_add(count.years()),
        }
    }
}

impl Told {
    /// Reads a form in lower case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        Some(match words.as_slice() {
            ["today"] => Self::Day(0),
            ["yesterday"] => Self::Day(-1),
            ["this", unit] => Self::Calendar(Unit::parse(unit).filter(|_| unit.len() > 1)?, 0),
            ["last" | "previous", unit] => Self::Calendar(Unit::parse(unit).filter(|_| unit.len() > 1)?, -1),
            ["past", unit] => Self::Past(Unit::parse(unit)?, 1),
            ["past" | "last", count, unit] => Self::Past(Unit::parse(unit)?, number(count)?),
            [count, unit, "ago"] => Self::Ago(Unit::parse(unit)?, number(count)?),
            [age] => {
                let at = age.find(|letter: char| !letter.is_ascii_digit())?;
                Self::Past(Unit::parse(&age[at..]).filter(|_| age.len() == at + 1)?, number(&age[..at])?)
            }
            _ => return None,
        })
    }

    /// Returns the first and the last of the days.
    pub(super) fn days(&self, today: civil::Date) -> (civil::Date, civil::Date) {
        match *self {
            Self::Day(days) => (Unit::Day.moved(today, days), Unit::Day.moved(today, days)),
            Self::Calendar(unit, count) => {
                let day = unit.moved(today, count);
                match unit {
                    Unit::Day => (day, day),
                    Unit::Week => {
                        let monday = Unit::Day.moved(day, -i32::from(day.weekday().to_monday_zero_offset()));
                        (monday, Unit::Day.moved(monday, 6))
                    }
                    Unit::Month => (day.first_of_month(), day.last_of_month()),
                    Unit::Year => (day.first_of_year(), day.last_of_year()),
                }
            }
            Self::Ago(unit, count) => {
                let first = unit.moved(today, -count);
                let next = unit.moved(today, 1 - count);
                (first, if next > first { Unit::Day.moved(next, -1) } else { first })
            }
            Self::Past(unit, count) => (unit.moved(today, -count), today),
        }
    }
}

fn number(text: &str) -> Option<i32> {
    match text {
        "a" | "an" | "one" => Some(1),
        _ if text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Date, Span};

    fn on(today: &str, text: &str) -> Option<(u64, u64)> {
        Span::parse(text, Date::parse(today)).ok().map(|span| (span.first, span.last))
    }

    #[test]
    fn days_are_told_from_today() {
        // A Thursday.
        let check = |text: &str, first: u64, last: u64| {
            assert_eq!(on("2025-01-30", text), Some((first, last)), "{text}");
        };
        check("today", 20_250_130, 20_250_130);
        check("Yesterday", 20_250_129, 20_250_129);
        check("this week", 20_250_127, 20_250_202);
        check("last week", 20_250_120, 20_250_126);
        check("last-week", 20_250_120, 20_250_126);
        check("last_week", 20_250_120, 20_250_126);
        check("this month", 20_250_101, 20_250_131);
        check("last month", 20_241_201, 20_241_231);
        check("this year", 20_250_101, 20_251_231);
        check("last year", 20_240_101, 20_241_231);
        check("past week", 20_250_123, 20_250_130);
        check("past 3 days", 20_250_127, 20_250_130);
        check("last 2 months", 20_241_130, 20_250_130);
        check("7d", 20_250_123, 20_250_130);
        check("2w", 20_250_116, 20_250_130);
        check("3m", 20_241_030, 20_250_130);
        check("2y", 20_230_130, 20_250_130);
        check("1 day ago", 20_250_129, 20_250_129);
        check("a week ago", 20_250_123, 20_250_129);
        check("3 weeks ago", 20_250_109, 20_250_115);
        check("2 months ago", 20_241_130, 20_241_229);
        check("0 days ago", 20_250_130, 20_250_130);
        check("2w..1w", 20_250_116, 20_250_123);
        check("2024..yesterday", 20_240_101, 20_250_129);
        check(">7d", 20_250_124, Span::LATEST);
        check("<7d", 0, 20_250_122);
        check("999999y", 0, 20_250_130);
    }

    #[test]
    fn leap_days_and_the_turn_of_the_year_are_counted_rightly() {
        let check = |today: &str, text: &str, first: u64, last: u64| {
            assert_eq!(on(today, text), Some((first, last)), "{text} on {today}");
        };
        check("2024-02-29", "1y", 20_230_228, 20_240_229);
        check("2024-03-31", "1 month ago", 20_240_229, 20_240_330);
        check("2024-12-30", "this week", 20_241_230, 20_250_105);
        check("2025-01-05", "this week", 20_241_230, 20_250_105);
        check("2025-01-01", "yesterday", 20_241_231, 20_241_231);
        check("2025-01-01", "last month", 20_241_201, 20_241_231);
    }
}
