//! The packs that are built in: plain data, one file for each theme, in order of precedence.
//!
//! In each file categories stand before recommendations, so that the advice can be left unread until a report needs it.

/// A built-in file of rules.
pub(super) struct Pack {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

impl Pack {
    /// The part with categories, and the part with recommendations.
    pub(super) fn split(&self) -> (&'static str, &'static str) {
        self.text.split_at(self.text.find("\n[[recommendation]]").unwrap_or(self.text.len()))
    }
}

macro_rules! packs {
    ($($name:literal),* $(,)?) => {
        [$(Pack { name: concat!("built-in ", $name), text: include_str!(concat!("packs/", $name)) }),*]
    };
}

/// All built-in packs.
pub(super) static PACKS: [Pack; 13] = packs![
    "parsers.toml",
    "logging.toml",
    "validation.toml",
    "graphql.toml",
    "orms.toml",
    "drivers.toml",
    "templates.toml",
    "build-tools.toml",
    "queues.toml",
    "http-clients.toml",
    "http-servers.toml",
    "utilities.toml",
    "runtime.toml",
];
