//! How the running text of a file looks, by which all else in it is told.

use std::collections::HashMap;

use super::line::Line;

/// The look of running text.
#[derive(Debug)]
pub(super) struct Style {
    /// The size of most letters.
    pub(super) body: f64,
    /// How far its lines stand from each other, in text of size 1.
    pub(super) leading: f64,
    /// Whether most letters are of one width, so that this tells no code.
    pub(super) fixed: bool,
}

impl Style {
    pub(super) fn of(pages: &[Vec<Line>]) -> Self {
        let mut sizes: HashMap<i64, usize> = HashMap::new();
        let (mut all, mut fixed) = (0, 0);
        for line in pages.iter().flatten() {
            let length = line.text.len();
            *sizes.entry((line.size * 4.0).round() as i64).or_default() += length;
            all += length;
            fixed += if line.fixed { length } else { 0 };
        }
        // Sizes that differ by a hair are one.
        let weight = |size: i64| (-1..=1).filter_map(|off| sizes.get(&(size + off))).sum::<usize>();
        let most = sizes.keys().max_by_key(|&&size| (weight(size), sizes[&size], -size));
        let body = most.map_or(10.0, |&size| size as f64 / 4.0).max(0.25);
        let mut steps: HashMap<i64, usize> = HashMap::new();
        for pair in pages.iter().flat_map(|lines| lines.windows(2)) {
            let [one, other] = pair else { continue };
            let step = (other.y - one.y) / body;
            let near = |size: f64| (size - body).abs() < 0.3;
            if near(one.size) && near(other.size) && (0.8..3.0).contains(&step) && one.turn == other.turn {
                *steps.entry((step * 20.0).round() as i64).or_default() += 1;
            }
        }
        let step = steps.iter().max_by_key(|&(step, count)| (*count, -step));
        let leading = step.map_or(1.2, |(step, _)| *step as f64 / 20.0);
        Self { body, leading, fixed: fixed * 2 > all }
    }
}
