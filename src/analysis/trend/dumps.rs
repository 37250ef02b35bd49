//! The dumps of a series: where they stand, and what one sample in each is worth.

use super::line::Axis;
use crate::analysis::model::{Panel, Row};

/// The dumps along which rows are judged.
pub(super) struct Dumps {
    /// How many files each is made of; sizes are divided by it.
    files: Vec<f64>,
    /// The variance of a size is this times the size: the sampling interval.
    pub(super) units: Vec<f64>,
    /// Whether the interval of a dump is known; the others are taken to share it.
    pub(super) is_sampling_known: bool,
    /// Where they stand: in hours where times are known, else by their number.
    pub(super) places: Vec<f64>,
    /// The axis of these places.
    pub(super) axis: Axis,
    /// The distance of two dumps on the axis, on average.
    pub(super) step: f64,
    /// Hours from the dump before to each but the first, on average, where times are known.
    pub(super) gaps: Option<Vec<f64>>,
    /// Total sizes.
    pub(super) totals: Vec<f64>,
}

impl Dumps {
    /// The members of a panel; `seconds` are their times, which count where they grow, `numbers` their places in the series, where others stand between them.
    pub(super) fn new(panel: &Panel, seconds: Option<&[f64]>, numbers: Option<&[f64]>) -> Self {
        let members = panel.members();
        let files: Vec<f64> = members.iter().map(|member| f64::from(member.profiles.max(1))).collect();
        let mut count = 0.0;
        let in_a_row = files.iter().map(|files| {
            count += files;
            count - (files + 1.0) / 2.0
        });
        let numbers: Vec<f64> = match numbers.filter(|numbers| numbers.len() == members.len()) {
            Some(numbers) => numbers.to_vec(),
            None => in_a_row.collect(),
        };
        let hours = seconds
            .filter(|times| times.len() == members.len())
            .map(|times| times.iter().map(|second| second / 3600.0).collect::<Vec<f64>>())
            .filter(|hours| {
                hours.iter().all(|hour| hour.is_finite()) && hours.windows(2).all(|pair| pair[0] < pair[1])
            });
        let between = |(hours, numbers): (&[f64], &[f64])| (hours[1] - hours[0]) / (numbers[1] - numbers[0]);
        let gaps = hours.as_ref().map(|hours| hours.windows(2).zip(numbers.windows(2)).map(between).collect());
        let length = |places: &[f64]| places.last().unwrap_or(&0.0) - places.first().unwrap_or(&0.0);
        let steps = length(&numbers);
        let places = hours.unwrap_or(numbers);
        // A dump of few nodes may not tell its interval; those of one process share it.
        let known = members.iter().filter_map(|member| member.sampling.interval).max();
        let is_sampling_known = known.is_some();
        // Else none is longer than the smallest size of all.
        let known = known.or_else(|| members.iter().filter_map(|member| member.sampling.candidate).min());
        let intervals: Vec<Option<u64>> = members.iter().map(|member| member.sampling.interval.or(known)).collect();
        Self {
            units: intervals.iter().map(|interval| interval.map_or(1.0, |interval| interval as f64)).collect(),
            is_sampling_known,
            axis: Axis::new(&places),
            step: if steps > 0.0 { length(&places) / steps } else { 1.0 },
            places,
            gaps,
            totals: members.iter().zip(&files).map(|(member, files)| member.total_size as f64 / files).collect(),
            files,
        }
    }

    /// The sizes of a row in each dump.
    pub(super) fn sizes(&self, row: Row<'_>) -> Vec<f64> {
        let mut sizes = vec![0.0; self.files.len()];
        row.cells().for_each(|(member, size)| sizes[member] = size as f64 / self.files[member]);
        sizes
    }

    /// How many samples are behind a row, all dumps together.
    pub(super) fn samples(&self, row: Row<'_>) -> f64 {
        row.cells().map(|(member, size)| size as f64 / self.files[member] / self.units[member]).sum()
    }
}
