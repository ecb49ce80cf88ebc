//! The world before anything happens: one file, perhaps on top of a shared one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::document::{Document, Place, problem_in, typed};

/// Where shared worlds lie, seen from the folder of the file that builds on one.
const SHARED_WORLDS: &str = "../../worlds";

/// The key of LeafLink's part.
pub(crate) const LEAFLINK: &str = "leaflink";

/// Where a stage starts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// What the file is there to show, in a sentence.
    #[serde(default)]
    pub about: String,
    /// The shared world that this one was laid over, if any.
    #[serde(default)]
    pub base: Option<String>,
    /// What the clocks of ERP and LeafLink show at first. Its offset is the one in which steps
    /// name their time of day.
    #[serde(deserialize_with = "instant")]
    pub now: DateTime<FixedOffset>,
    /// The company's ERP.
    pub erp: reference_erp::Seed,
    /// The company's LeafLink.
    pub leaflink: leaflink_sandbox::Seed,
    /// Which ERP user each LeafLink user (staff id) is connected to.
    #[serde(default)]
    pub users: BTreeMap<u64, String>,
    /// LeafLink posts webhooks to the company's address.
    #[serde(default)]
    pub webhooks: bool,
    /// The integration's settings; what is left out keeps its default.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

/// A world and the files it came from, to say where something in it is wrong.
#[derive(Debug)]
pub struct LoadedWorld {
    /// The world.
    pub world: World,
    sources: Vec<Document>,
    /// The file that LeafLink's part was taken from, if it was exchanged.
    leaflink_file: Option<PathBuf>,
}

impl LoadedWorld {
    /// Reads `world.json` of a folder, and the shared world that it names.
    ///
    /// # Errors
    /// A file is missing or malformed; names the file, the line and what was expected.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let own = Document::load(path)?;
        let Some(base) = own.value().get("base").filter(|base| !base.is_null()) else {
            return Self::from_documents(vec![own]);
        };
        let place = Place::root().key("base");
        let Some(name) = base.as_str().filter(|name| is_plain(name)) else {
            return Err(own.problem(&place, format!("found {base}, expected the name of a shared world")));
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let shared = folder.join(SHARED_WORLDS).join(format!("{name}.json"));
        let base = Document::load(&shared).map_err(|error| own.problem(&place, format!("{error:#}")))?;
        Self::from_documents(vec![own, base])
    }

    /// Puts a world together; each document is laid over the one after it.
    ///
    /// # Errors
    /// The result is not a world; names the file, the line and what was expected.
    pub fn from_documents(sources: Vec<Document>) -> anyhow::Result<Self> {
        let mut merged = Value::Null;
        for source in sources.iter().rev() {
            lay_over(&mut merged, source.value());
        }
        // LeafLink's clock starts with the world's, unless the file says otherwise.
        if let (Some(now), Some(leaflink)) = (merged.get("now").cloned(), merged.get_mut(LEAFLINK))
            && let Some(leaflink) = leaflink.as_object_mut()
        {
            leaflink.entry("now").or_insert(now);
        }
        let world = typed(&merged, &Place::root(), &sources.iter().collect::<Vec<_>>())?;
        Ok(Self { world, sources, leaflink_file: None })
    }

    /// Exchanges LeafLink's part for the sandbox seed in a file.
    ///
    /// # Errors
    /// The file is missing or malformed; names the file, the line and what was expected.
    pub fn take_leaflink_from(&mut self, file: &Path) -> anyhow::Result<()> {
        self.world.leaflink = leaflink_sandbox::Seed::load(file)?;
        self.leaflink_file = Some(file.to_owned());
        Ok(())
    }

    /// An error about what stands at `place` of the world.
    pub fn problem(&self, place: &Place, problem: impl std::fmt::Display) -> anyhow::Error {
        if let Some(file) = &self.leaflink_file
            && *place == Place::root().key(LEAFLINK)
        {
            return anyhow::anyhow!("{}: {problem}", file.display());
        }
        problem_in(&self.sources.iter().collect::<Vec<_>>(), place, problem)
    }
}

/// Lays a value over another as a JSON merge patch: objects merge, `null` removes, anything else
/// replaces. Lists whose elements all have an `id` merge by it.
fn lay_over(base: &mut Value, patch: &Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    base.remove(key);
                } else {
                    lay_over(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(base), Value::Array(patch)) if have_ids(base) && have_ids(patch) => {
            for element in patch {
                match base.iter_mut().find(|known| known["id"] == element["id"]) {
                    Some(known) => lay_over(known, element),
                    None => base.push(element.clone()),
                }
            }
        }
        (base, patch) => base.clone_from(patch),
    }
}

fn have_ids(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|element| element.get("id").is_some())
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn instant<'de, D: Deserializer<'de>>(source: D) -> Result<DateTime<FixedOffset>, D::Error> {
    let text = String::deserialize(source)?;
    DateTime::parse_from_rfc3339(&text).map_err(|_| {
        serde::de::Error::custom(format!(
            "found `{text}`, expected a date and time with offset such as 2026-03-02T09:00:00-07:00"
        ))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn laid(mut base: Value, patch: Value) -> Value {
        lay_over(&mut base, &patch);
        base
    }

    #[test]
    fn lists_with_ids_merge_by_id_and_others_are_replaced() {
        assert_eq!(
            laid(json!([{"id": 1, "a": 1, "b": 2}]), json!([{"id": 2}, {"id": 1, "b": 3}])),
            json!([{"id": 1, "a": 1, "b": 3}, {"id": 2}])
        );
        assert_eq!(laid(json!({"list": [1, 2]}), json!({"list": [3]})), json!({"list": [3]}));
        assert_eq!(laid(json!({"list": [{"id": 1}]}), json!({"list": []})), json!({"list": []}));
    }

    #[test]
    fn null_removes() {
        assert_eq!(laid(json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": null}})), json!({"a": {"c": 2}}));
    }

    #[test]
    fn a_wrong_field_is_named_with_its_file_and_line() {
        let text = "{\"now\": \"2026-03-02T09:00:00-07:00\",\n\"leaflink\": {\"company\": {\"id\": 1, \"name\": \"F\"}},\n\
                    \"erp\": {\"company\": {\"name\": \"F\"},\n\"userz\": []}}";
        let document = Document::parse("world.json", text).unwrap();
        let error = LoadedWorld::from_documents(vec![document]).unwrap_err().to_string();
        assert!(
            error.starts_with("world.json:4: at `erp.userz`: unknown field `userz`, expected"),
            "{error}"
        );
    }
}
