//! Why a command cannot go on.

use std::fmt;

use crate::report::escaped;
use crate::rules::RuleError;

/// What is to be said, ready to be shown; and where it is wrong, if that is in a file that people write.
#[derive(Debug)]
pub(crate) struct Fault {
    message: String,
    /// The file, as it was named.
    pub(crate) file: Option<String>,
    /// Line and column in it, from 1.
    pub(crate) place: Option<(usize, usize)>,
}

impl Fault {
    /// That something is wrong with a file as a whole.
    pub(crate) fn of_file(file: &str, message: &str) -> Self {
        Self { message: format!("{}: {message}", escaped(file)), file: Some(file.to_owned()), place: None }
    }

    /// A mistake in a file.
    pub(crate) fn of_rule(error: &RuleError) -> Self {
        let message = escaped(&error.to_string());
        Self { message, file: Some(error.file.clone()), place: Some((error.line, error.column)) }
    }

    /// The same, with what to do about it.
    pub(crate) fn with_remedy(self, remedy: &str) -> Self {
        Self { message: format!("{}\n  {remedy}", self.message), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self { message, file: None, place: None }
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.message
    }
}
