//! The packs that are built in: plain data, one file for each theme, in order of precedence.

use super::error::RuleError;
use super::tree::Item;

/// A built-in file of rules.
pub(super) struct Pack {
    pub(super) name: &'static str,
    /// As it is written.
    pub(super) text: &'static str,
    /// As it was read when the program was built.
    tree: &'static [u8],
}

impl Pack {
    /// The values in it.
    pub(super) fn root(&self) -> Result<Item<'static>, RuleError> {
        let damaged = |error| RuleError::at(self.name, self.text, 0, String::new(), format!("built wrongly: {error}"));
        postcard::from_bytes(self.tree).map_err(damaged)
    }
}

macro_rules! packs {
    ($($name:literal),* $(,)?) => {
        [$(Pack {
            name: concat!("built-in ", $name),
            text: include_str!(concat!("packs/", $name)),
            tree: include_bytes!(concat!(env!("OUT_DIR"), "/", $name)),
        }),*]
    };
}

/// All built-in packs.
pub(super) static PACKS: [Pack; 14] = packs![
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
    "data-tools.toml",
    "utilities.toml",
    "runtime.toml",
];
