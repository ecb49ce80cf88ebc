//! JSON files that people write: what is wrong in one is told by file, line and place.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

/// A JSON text with the name of the file it came from.
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    text: String,
    value: Value,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// The file cannot be read or is not JSON; names the file and the line.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        Self::parse(name, text)
    }

    /// Takes a text as the content of the file `name`.
    ///
    /// # Errors
    /// The text is not JSON; names the file and the line.
    pub fn parse(name: impl Into<String>, text: impl Into<String>) -> anyhow::Result<Self> {
        let (name, text) = (name.into(), text.into());
        let value = serde_json::from_str(&text)
            .map_err(|error| anyhow!("{name}:{}: {}", error.line(), without_position(&error)))?;
        Ok(Self { name, text, value })
    }

    /// The file's name, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole content.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// An error about what stands at `place`.
    pub fn problem(&self, place: &Place, problem: impl fmt::Display) -> anyhow::Error {
        problem_in(&[self], place, problem)
    }

    /// The line on which the value at `place` begins, and how many steps of `place` there are. If
    /// it is not there, the line of the innermost value around it.
    fn locate(&self, place: &Place) -> (usize, usize) {
        let mut here = self.text.as_str();
        let mut depth = 0;
        for step in &place.0 {
            let Some(inner) = step.find_in(here) else { break };
            here = inner;
            depth += 1;
        }
        // `here` is a slice of the text, so the difference of the addresses is its offset.
        let offset = (here.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..offset).unwrap_or_default();
        (before.matches('\n').count() + 1, depth)
    }
}

/// An error about what stands at `place` of a value that was put together from several documents;
/// it names the one that says most about the place, the first of them in doubt.
pub fn problem_in(sources: &[&Document], place: &Place, problem: impl fmt::Display) -> anyhow::Error {
    let mut best: Option<(&Document, usize, usize)> = None;
    for source in sources {
        let (line, depth) = source.locate(place);
        if best.is_none_or(|(_, _, deepest)| depth > deepest) {
            best = Some((source, line, depth));
        }
    }
    let file = best.map_or_else(String::new, |(source, line, _)| format!("{}:{line}: ", source.name));
    if place.0.is_empty() { anyhow!("{file}{problem}") } else { anyhow!("{file}at `{place}`: {problem}") }
}

/// Reads a value that stands at `place` of `sources` as a `T`.
///
/// # Errors
/// The value is not of that shape; names the file, the line and what was expected.
pub fn typed<T: DeserializeOwned>(value: &Value, place: &Place, sources: &[&Document]) -> anyhow::Result<T> {
    serde_path_to_error::deserialize(value.clone()).map_err(|error| {
        let mut place = place.clone();
        let mut here = value;
        for segment in error.path() {
            let (step, inner) = match segment {
                Segment::Seq { index } => (Step::element(here, *index), here.get(*index)),
                Segment::Map { key } => (Step::Key(key.clone()), here.get(key)),
                // An enum's word is a key of the object that holds its fields.
                Segment::Enum { variant } => (Step::Key(variant.clone()), here.get(variant)),
                Segment::Unknown => continue,
            };
            place.0.push(step);
            here = inner.unwrap_or(&Value::Null);
        }
        problem_in(sources, &place, without_position(error.inner()))
    })
}

/// Where in a document something stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place(Vec<Step>);

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    /// An element of a list; with an `id` it is found by that, wherever it stands.
    Element {
        index: usize,
        id: Option<Value>,
    },
}

impl Place {
    /// The document as a whole.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value of `key` in the object that stands here.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    /// An element, counted from 0, of the list that stands here.
    #[must_use]
    pub fn element(mut self, index: usize) -> Self {
        self.0.push(Step::Element { index, id: None });
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Element { index, .. } => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Step {
    fn element(list: &Value, index: usize) -> Self {
        let id = list.get(index).and_then(|element| element.get("id")).cloned();
        Self::Element { index, id }
    }

    fn find_in<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Self::Key(key) => {
                let object: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
                object.get(key).map(|value| value.get())
            }
            Self::Element { index, id } => {
                let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let found = match id {
                    Some(id) => list.iter().find(|element| id_of(element).as_ref() == Some(id)),
                    None => list.get(*index),
                };
                found.map(|element| element.get())
            }
        }
    }
}

fn id_of(element: &RawValue) -> Option<Value> {
    serde_json::from_str::<Value>(element.get()).ok()?.get("id").cloned()
}

/// What serde_json says, without the position at its end: that is told in front.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) if error.line() > 0 => text[..end].to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shelf {
        #[allow(dead_code)]
        boxes: Vec<Box>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Box {
        #[allow(dead_code)]
        id: u32,
        #[allow(dead_code)]
        label: String,
    }

    fn shelf(text: &str) -> String {
        let document = Document::parse("shelf.json", text).unwrap();
        let read: anyhow::Result<Shelf> = typed(document.value(), &Place::root(), &[&document]);
        read.unwrap_err().to_string()
    }

    #[test]
    fn a_syntax_error_names_file_and_line() {
        let error = Document::parse("shelf.json", "{\n\"boxes\": [,]\n}").unwrap_err();
        assert_eq!(error.to_string(), "shelf.json:2: expected value");
    }

    #[test]
    fn a_wrong_value_names_line_place_and_what_was_expected() {
        let error = shelf("{\"boxes\": [\n {\"id\": 1, \"label\": \"a\"},\n {\"id\": 2,\n  \"label\": 7}]}");
        assert_eq!(error, "shelf.json:4: at `boxes[1].label`: invalid type: integer `7`, expected a string");
    }

    #[test]
    fn a_key_that_is_not_known_is_found_and_a_missing_one_by_what_is_around_it() {
        let error = shelf("{\"boxes\": [\n {\"id\": 1,\n  \"lable\": \"a\"}]}");
        assert!(error.starts_with("shelf.json:3: at `boxes[0].lable`: unknown field `lable`"), "{error}");
        let error = shelf("{\"boxes\": [\n {\"id\": 1}]}");
        assert_eq!(error, "shelf.json:2: at `boxes[0]`: missing field `label`");
    }

    #[test]
    fn of_two_sources_the_one_that_says_it_is_named() {
        let base = Document::parse("base.json", "{\"boxes\": [\n {\"id\": 9, \"label\": 7}]}").unwrap();
        let own = Document::parse("own.json", "{\"boxes\": [\n\n {\"id\": 3, \"label\": \"a\"}]}").unwrap();
        let merged = serde_json::json!({"boxes": [{"id": 3, "label": "a"}, {"id": 9, "label": 7}]});
        let read: anyhow::Result<Shelf> = typed(&merged, &Place::root(), &[&own, &base]);
        let error = read.unwrap_err().to_string();
        assert!(error.starts_with("base.json:2: at `boxes[1].label`"), "{error}");
    }
}
