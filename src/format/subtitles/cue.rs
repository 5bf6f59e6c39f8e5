//! The cues of a file, however broken.

/// What is said from one time on, to another.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cue {
    /// When it begins and ends, in thousandths of a second, where that can be read.
    pub times: Option<(u64, u64)>,
    /// Its lines as written.
    pub lines: Vec<String>,
}

/// All cues of a file, in order, and what its head says.
#[derive(Debug, Default)]
pub(super) struct Cues {
    /// The cues.
    pub cues: Vec<Cue>,
    /// What stands beside the signature.
    pub title: Option<String>,
    /// The language that is named in the head.
    pub language: Option<String>,
    /// How many cues have times that cannot be read.
    pub untimed: usize,
    /// Whether they are WebVTT.
    web: bool,
}

impl Cues {
    /// Finds the cues in a text.
    pub(super) fn of(text: &str) -> Self {
        let mut cues = Self::default();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let first = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(lines.len());
        let web = lines.get(first).is_some_and(|line| signature(line));
        cues.web = web;
        for (number, block) in lines[first..].split(|line| line.trim().is_empty()).enumerate() {
            if number == 0 && web {
                cues.head(block);
            } else if !(web && block.first().is_some_and(|line| is_remark(line))) {
                cues.block(block);
            }
        }
        cues
    }

    fn head(&mut self, block: &[&str]) {
        let title = block[0].trim_start_matches(SIGNATURE).trim_matches(|char: char| " \t-–:".contains(char));
        self.title = Some(title.to_owned()).filter(|title| !title.is_empty());
        let fields = block[1..].iter().filter_map(|line| line.split_once(':'));
        let mut languages = fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case("language"));
        self.language = languages.next().map(|(_, value)| value.trim().to_owned());
        // An empty line may be missing after the head.
        if let Some(at) = block.iter().position(|line| timing(line).is_some()) {
            self.block(&block[at..]);
        }
    }

    /// Reads lines without an empty one between: mostly one cue.
    fn block(&mut self, lines: &[&str]) {
        let timed = lines.iter().position(|line| timing(line).is_some());
        // In WebVTT a name may stand on the line before the times.
        let from = timed.filter(|&at| at == 1 && self.web).unwrap_or(0);
        for (number, line) in lines.iter().enumerate().skip(from) {
            if let Some(times) = timing(line) {
                self.untimed += usize::from(times.is_none());
                self.cues.push(Cue { times, lines: Vec::new() });
                continue;
            }
            let number_of_next = is_number(line)
                && (lines.len() == 1 || lines.get(number + 1).is_some_and(|next| timing(next).is_some()));
            if let Some(cue) = self.cues.last_mut().filter(|_| !number_of_next) {
                cue.lines.push((*line).to_owned());
            }
        }
    }
}

/// How WebVTT begins.
const SIGNATURE: &str = "WEBVTT";

/// Whether a line is the signature of WebVTT.
pub(super) fn signature(line: &str) -> bool {
    line.strip_prefix(SIGNATURE).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Whether a line begins what is no cue.
fn is_remark(line: &str) -> bool {
    let word = line.split([' ', '\t']).next().unwrap_or_default();
    matches!(word, "NOTE" | "STYLE" | "REGION") && !line.contains("-->")
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the times of a line that has an arrow between two of them: none in it where they cannot
/// be read.
pub(super) fn timing(line: &str) -> Option<Option<(u64, u64)>> {
    let (from, to) = line.split_once("-->")?;
    let from = from.trim();
    let is_time = |char: char| char.is_ascii_digit() || ":.,; -".contains(char);
    if !from.starts_with(|char: char| char.is_ascii_digit()) || !from.chars().all(is_time) {
        return None;
    }
    let to = to.split_whitespace().next().unwrap_or_default();
    Some(time(from).map(|from| (from, time(to).unwrap_or(from).max(from))))
}

/// Returns a time in thousandths of a second.
fn time(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let mut seconds: u64 = 0;
    let mut fields = 0;
    for field in whole.split(':') {
        fields += 1;
        let field: u64 = field.trim().parse().ok().filter(|field| *field < 1_000_000)?;
        seconds = seconds.checked_mul(60)?.checked_add(field)?;
    }
    let digits: String =
        part.trim().chars().take_while(char::is_ascii_digit).chain("000".chars()).take(3).collect();
    (fields > 1 && fields < 4).then_some(seconds * 1000 + digits.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let check = |line: &str, expected: Option<Option<(u64, u64)>>| {
            assert_eq!(timing(line), expected, "{line}");
        };
        check("00:00:01,500 --> 00:00:02,000", Some(Some((1_500, 2_000))));
        check("00:01.5 --> 00:02", Some(Some((1_500, 2_000))));
        check("100:00:00.000-->100:00:01.000 line:0", Some(Some((360_000_000, 360_001_000))));
        check("00: 00: 01, 500 --> 00:00:02,000", Some(Some((1_500, 2_000))));
        check("00:00:05,000 --> 00:00:02,000", Some(Some((5_000, 5_000))));
        check("00:00:05,000 --> ", Some(Some((5_000, 5_000))));
        check("00:: --> 1", Some(None));
        check("99999999999999999999:00 --> 1", Some(None));
        check("a --> b", None);
        check(" --> ", None);
        check("00:00:05,000", None);
    }
}
