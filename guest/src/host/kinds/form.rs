//! What a type reads: its fields, the spellings of its choices, and what each holds.
//!
//! serde tells a reader only what is asked for, one reading at a time. So a type is made to read from
//! [`Explorer`], which gives every field, one element of each list and one of the choices, and writes
//! down what was asked for; until there was each choice.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The form of a type, a line for each thing that it reads: `.` before a field or a place, `[]` for
/// each of a list, `{}` around the spelling of a choice, `?` after what may be absent, then what it is.
pub fn of<T: DeserializeOwned>() -> BTreeSet<String> {
    let found = Found::default();
    loop {
        if T::deserialize(Explorer { at: String::new(), found: &found }).is_err() {
            // Only what takes anything at all asks for what an explorer does not have.
            return BTreeSet::from([" anything".to_owned()]);
        }
        if !found.is_open("") {
            return found.lines.into_inner();
        }
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    lines: RefCell<BTreeSet<String>>,
    /// By where it is, each choice with whether it was taken.
    choices: RefCell<BTreeMap<String, Vec<(&'static str, bool)>>>,
}

impl Found {
    /// Whether something from there on has a choice that was not taken.
    fn is_open(&self, from: &str) -> bool {
        let choices = self.choices.borrow();
        choices.iter().any(|(at, known)| at.starts_with(from) && known.iter().any(|(_, taken)| !taken))
    }

    /// One that was not taken yet, or that has such a one inside.
    fn choose(&self, at: &str, variants: &'static [&'static str]) -> &'static str {
        let mut choices = self.choices.borrow_mut();
        let known = choices
            .entry(at.to_owned())
            .or_insert_with(|| variants.iter().map(|name| (*name, false)).collect());
        if let Some((name, taken)) = known.iter_mut().find(|(_, taken)| !*taken) {
            *taken = true;
            return name;
        }
        drop(choices);
        let open = variants.iter().find(|name| self.is_open(&format!("{at}{{{name}}}")));
        open.or(variants.first()).copied().unwrap_or_default()
    }
}

/// Gives what it is asked for, and writes that down.
struct Explorer<'a> {
    at: String,
    found: &'a Found,
}

impl Explorer<'_> {
    fn note(&self, what: &str) {
        self.found.lines.borrow_mut().insert(format!("{} {what}", self.at));
    }

    fn inside(&self, step: &str) -> Self {
        Self { at: format!("{}{step}", self.at), found: self.found }
    }
}

macro_rules! plain {
    ($($ask:ident $visit:ident $what:literal $value:expr;)*) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unknown> {
            self.note($what);
            visitor.$visit($value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Explorer<'_> {
    type Error = Unknown;

    plain! {
        deserialize_bool visit_bool "yes or no" false;
        deserialize_u32 visit_u32 "number to 32 bits" 0;
        deserialize_u64 visit_u64 "number to 64 bits" 0;
        deserialize_str visit_str "text" "";
        deserialize_string visit_str "text" "";
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unknown> {
        self.note("nothing");
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unknown> {
        visitor.visit_some(self.inside("?"))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unknown> {
        visitor.visit_seq(Places { steps: vec!["[]".to_owned()], of: self })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unknown> {
        let steps = (0..length).rev().map(|place| format!(".{place}")).collect();
        visitor.visit_seq(Places { steps, of: self })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unknown> {
        visitor.visit_map(Entry { of: self, given: false })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unknown> {
        visitor.visit_map(Fields { left: fields, of: self })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unknown> {
        let chosen = self.found.choose(&self.at, variants);
        visitor.visit_enum(Choice { chosen, of: self })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unknown> {
        Err(Unknown)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit_struct newtype_struct tuple_struct
        identifier ignored_any
    }
}

/// The elements of a list or a tuple, the last one first.
struct Places<'a> {
    steps: Vec<String>,
    of: Explorer<'a>,
}

impl<'de> SeqAccess<'de> for Places<'_> {
    type Error = Unknown;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unknown> {
        self.steps.pop().map(|step| seed.deserialize(self.of.inside(&step))).transpose()
    }
}

/// The one entry of a map.
struct Entry<'a> {
    of: Explorer<'a>,
    given: bool,
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Unknown;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unknown> {
        if self.given {
            return Ok(None);
        }
        self.given = true;
        seed.deserialize(self.of.inside("[key]")).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unknown> {
        seed.deserialize(self.of.inside("[]"))
    }
}

/// The fields of a struct.
struct Fields<'a> {
    left: &'static [&'static str],
    of: Explorer<'a>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Unknown;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unknown> {
        self.left.first().map(|name| seed.deserialize(spelled(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unknown> {
        let (name, left) = self.left.split_first().ok_or(Unknown)?;
        self.left = left;
        seed.deserialize(self.of.inside(&format!(".{name}")))
    }
}

fn spelled(name: &'static str) -> StrDeserializer<'static, Unknown> {
    name.into_deserializer()
}

/// One of the choices.
struct Choice<'a> {
    chosen: &'static str,
    of: Explorer<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = Unknown;
    type Variant = Explorer<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Explorer<'a>), Unknown> {
        let variant = seed.deserialize(spelled(self.chosen))?;
        Ok((variant, self.of.inside(&format!("{{{}}}", self.chosen))))
    }
}

impl<'de> VariantAccess<'de> for Explorer<'_> {
    type Error = Unknown;

    fn unit_variant(self) -> Result<(), Unknown> {
        self.note("as it is");
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unknown> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unknown> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unknown> {
        self.deserialize_struct("", fields, visitor)
    }
}

/// What is asked for is nothing that records have.
#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("records have nothing of this kind")
    }
}

impl std::error::Error for Unknown {}

impl Error for Unknown {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}
