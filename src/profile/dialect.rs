//! The writers of heap profiles, told apart by the content of the file.

use std::fmt;

/// The key of the outermost object under which `heapsift export` writes the sampling interval, in bytes; V8 does not.
pub(crate) const INTERVAL_KEY: &str = "samplingInterval";

/// Who wrote a heap profile, as far as its content tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The inspector protocol: DevTools, `node --heap-prof`, `HeapProfiler.stopSampling`.
    Inspector,
    /// The same before node ids and samples were added (Chrome 69, Node 10).
    InspectorLegacy,
    /// `v8.startHeapProfile` of Node 24 and later.
    NodeV8Api,
    /// xprofiler (Easy-Monitor).
    Xprofiler,
    /// v8-profiler-next.
    V8ProfilerNext,
    /// The npm package heap-profile: call frame fields directly in the node.
    HeapProfileNpm,
    /// VS Code's js-debug.
    Vscode,
    /// None of these.
    Unknown,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Inspector,
        Self::InspectorLegacy,
        Self::NodeV8Api,
        Self::Xprofiler,
        Self::V8ProfilerNext,
        Self::HeapProfileNpm,
        Self::Vscode,
        Self::Unknown,
    ];

    /// The dialect of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inspector => "inspector",
            Self::InspectorLegacy => "inspector-legacy",
            Self::NodeV8Api => "node-v8-api",
            Self::Xprofiler => "xprofiler",
            Self::V8ProfilerNext => "v8-profiler-next",
            Self::HeapProfileNpm => "heap-profile-npm",
            Self::Vscode => "vscode",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
