//! Reading a seed, and saying where it is wrong.

use std::path::Path;
use std::str::FromStr;

use super::Seed;

/// Why a seed cannot be used: where, what is wrong, what was expected.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct SeedError {
    file: Option<String>,
    line: usize,
    /// Such as `products[2].stock`.
    path: String,
    problem: String,
}

impl SeedError {
    fn sentence(&self) -> String {
        let file = self.file.as_deref().unwrap_or("seed");
        let place = match self.line {
            0 => file.to_owned(),
            line => format!("{file}, line {line}"),
        };
        match self.path.as_str() {
            "" | "." => format!("{place}: {}", self.problem),
            path => format!("{place}: {path}: {}", self.problem),
        }
    }
}

impl Seed {
    /// Reads a seed file.
    ///
    /// # Errors
    /// The file cannot be read, is not JSON of this shape, or contradicts itself.
    pub fn load(path: &Path) -> Result<Self, SeedError> {
        let in_file = |error: SeedError| SeedError { file: Some(path.display().to_string()), ..error };
        let text = std::fs::read_to_string(path).map_err(|error| {
            in_file(SeedError {
                file: None,
                line: 0,
                path: String::new(),
                problem: format!("the file cannot be read: {error}"),
            })
        })?;
        text.parse().map_err(in_file)
    }
}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let seed: Self = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            syntax_error(path, error.inner())
        })?;
        json.end().map_err(|error| syntax_error(String::new(), &error))?;
        seed.check().map_err(|problem| SeedError {
            file: None,
            line: problem.line_in(text),
            path: problem.path,
            problem: problem.text,
        })?;
        Ok(seed)
    }
}

/// serde_json's own message ends with the line, which is named first here.
fn syntax_error(path: String, error: &serde_json::Error) -> SeedError {
    let text = error.to_string();
    let problem = text.split(" at line ").next().unwrap_or(&text).to_owned();
    SeedError { file: None, line: error.line(), path, problem }
}
