//! Aggregates as text, to be compared: nothing in it depends on how frames and packages are numbered.

use heapsift::profile::{Aggregate, FrameId, HeavyStack, Sums};

/// Everything in an aggregate that does not depend on the numbering of frames and packages, as text.
pub(crate) fn sums(aggregate: &Aggregate) -> String {
    let frames = &aggregate.frames;
    let name = |id: FrameId| {
        let frame = frames.get(id);
        format!(
            "{:?} {:?} {:?}:{:?} {:?}",
            frames.text(frame.function),
            frames.text(frame.url),
            frames.line(id),
            frames.column(id),
            frame.kind
        )
    };
    let mut lines = Vec::new();
    for id in frames.ids() {
        let sums = aggregate.by_frame[id.0 as usize];
        if sums != Sums::default() {
            lines.push(format!("frame {} {sums:?}", name(id)));
        }
    }
    for id in frames.package_ids() {
        let sums = aggregate.by_package[id.0 as usize];
        let package = frames.package(id);
        if sums != Sums::default() {
            let version = package.version.map(|version| frames.text(version));
            let cause = aggregate.package_causes[id.0 as usize].map(|cause| (name(cause.frame), cause.self_size));
            let (title, kind) = (frames.text(package.name), package.kind);
            lines.push(format!("package {title:?} {version:?} {kind:?} {sums:?} caused by {cause:?}"));
        }
    }
    lines.sort();
    for ((category, sums), cause) in
        aggregate.categories.iter().zip(&aggregate.by_category).zip(&aggregate.category_causes)
    {
        let cause = cause.map(|cause| (name(cause.frame), cause.self_size));
        lines.push(format!("category {} {sums:?} caused by {cause:?}", category.id));
    }
    let stack = |stack: &HeavyStack| {
        let path: Vec<_> = stack.frames.iter().map(|&id| name(id)).collect();
        format!("{} +{} {}", stack.self_size, stack.frames_omitted, path.join(" > "))
    };
    lines.extend(aggregate.stacks.iter().map(stack));
    lines.extend(aggregate.category_stacks.iter().map(|best| format!("best {:?}", best.as_ref().map(stack))));
    lines.push(format!(
        "shown {} total {} nodes {} allocating {} frames {} depth {} samples {:?} negative {} overflowing {}",
        aggregate.shown_size,
        aggregate.total_size,
        aggregate.nodes,
        aggregate.allocating_nodes,
        aggregate.call_frames,
        aggregate.max_depth,
        aggregate.samples.map(|samples| samples.count),
        aggregate.negative_sizes,
        aggregate.overflowing_sizes
    ));
    lines.join("\n")
}

/// What an aggregate tells of the sampling, in the same way.
pub(crate) fn evidence(aggregate: &Aggregate) -> String {
    let Aggregate { frames, samples, sizes, cut_stacks, .. } = aggregate;
    let mut entries: Vec<String> = Vec::new();
    for entry in &aggregate.entry_points {
        let frame = frames.get(entry.frame);
        let place = (frames.line(entry.frame), frames.column(entry.frame), frame.kind, entry.total_size);
        entries.push(format!("{:?} {:?} {place:?}", frames.text(frame.function), frames.text(frame.url)));
    }
    entries.sort();
    let parts: Vec<_> = sizes.parts().collect();
    format!("{samples:?}\n{:?} {parts:?}\n{cut_stacks:?}\n{}", sizes.smallest, entries.join("\n"))
}
