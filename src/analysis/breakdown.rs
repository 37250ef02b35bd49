//! Which package contributes how much to which category.

use super::rows::{CategoryPart, Summed};
use crate::profile::{Aggregate, CategoryId, FrameId, PackageId};

/// A function's handle sorted by category, then by the order it came in, with where each category's functions end.
#[derive(Debug)]
pub(super) struct Grouped {
    pub(super) functions: Vec<FrameId>,
    /// Indexed by [`CategoryId`]: where its functions start; one more than there are categories.
    pub(super) starts: Vec<usize>,
}

/// Groups `functions` by category; inside a category their order stays.
pub(super) fn by_category(aggregate: &Aggregate, functions: &[FrameId]) -> Grouped {
    let category = |id: FrameId| usize::from(aggregate.frames.get(id).category.0);
    let mut starts = vec![0; aggregate.categories.len() + 1];
    for &id in functions {
        starts[category(id) + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut grouped = vec![FrameId(0); functions.len()];
    for &id in functions {
        let place = &mut next[category(id)];
        grouped[*place] = id;
        *place += 1;
    }
    Grouped { functions: grouped, starts }
}

/// The packages of each category, and for each package the category that holds most of its bytes.
pub(super) struct Breakdown {
    pub(super) parts: Vec<CategoryPart>,
    /// Indexed by [`CategoryId`]: where its parts start; one more than there are categories.
    pub(super) starts: Vec<usize>,
    /// Indexed by [`PackageId`]: the category with most of its bytes, and these. Of equal ones the larger, then the first category.
    pub(super) main_category: Vec<Option<(CategoryId, u64)>>,
}

/// Adds up the functions of each category by package. Parts of a category are unordered.
pub(super) fn by_package(aggregate: &Aggregate, grouped: &Grouped) -> Breakdown {
    let packages = aggregate.frames.package_count();
    let mut sums = vec![0_u64; packages];
    let mut main_category: Vec<Option<(CategoryId, u64)>> = vec![None; packages];
    let mut parts: Vec<CategoryPart> = Vec::new();
    let mut starts = Vec::with_capacity(grouped.starts.len());
    for (number, bounds) in grouped.starts.windows(2).enumerate() {
        let category = CategoryId(number as u16);
        let first = parts.len();
        starts.push(first);
        for &id in &grouped.functions[bounds[0]..bounds[1]] {
            let self_size = id.sums(aggregate).self_size;
            if self_size == 0 {
                continue;
            }
            let package = aggregate.frames.get(id).package;
            let sum = &mut sums[package.0 as usize];
            if *sum == 0 {
                parts.push(CategoryPart { package, self_size: 0 });
            }
            *sum += self_size;
        }
        for part in &mut parts[first..] {
            part.self_size = std::mem::take(&mut sums[part.package.0 as usize]);
            let rank = |(id, bytes): (CategoryId, u64)| (bytes, id.sums(aggregate).self_size);
            let main = &mut main_category[part.package.0 as usize];
            let candidate = (category, part.self_size);
            if main.is_none_or(|best| rank(candidate) > rank(best)) {
                *main = Some(candidate);
            }
        }
    }
    starts.push(parts.len());
    Breakdown { parts, starts, main_category }
}

/// Puts the parts of each category in the order of a report: size descending, then name, then version.
pub(super) fn sort_parts(aggregate: &Aggregate, breakdown: &mut Breakdown) {
    for bounds in breakdown.starts.windows(2) {
        breakdown.parts[bounds[0]..bounds[1]].sort_unstable_by(|a, b| {
            b.self_size
                .cmp(&a.self_size)
                .then_with(|| package_key(aggregate, a.package).cmp(&package_key(aggregate, b.package)))
        });
    }
}

/// The order of packages of equal size.
pub(super) fn package_key(aggregate: &Aggregate, id: PackageId) -> (&str, Option<&str>) {
    let package = aggregate.frames.package(id);
    (aggregate.frames.text(package.name), package.version.map(|v| aggregate.frames.text(v)))
}
