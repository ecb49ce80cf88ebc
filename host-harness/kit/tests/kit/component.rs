//! Builds small components that speak the contract.

use std::fmt::Write as _;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WasmImport, WorldId,
    WorldItem,
};

const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// The body of a function that answers `ok` with empty strings, empty lists and zeros: memory up
/// to [`TEXT`] is zero.
pub const OK: &str = "(i32.const 1024)";
/// Where [`Fixture::text`] is in memory. Its length is [`Fixture::text`]'s own.
pub const TEXT: u32 = 8_192;
/// Where imports may put their answers.
pub const ANSWER: u32 = 4_096;

const DESCRIPTION: u32 = 2_048;

/// A component in the making.
pub struct Fixture {
    /// The contract, for a test to bend.
    pub resolve: Resolve,
    pub world: WorldId,
    bodies: Vec<(String, String)>,
    text: String,
    /// The oldest state schema that it reads, and the one that it writes.
    schemas: (u32, u32),
}

impl Fixture {
    /// Speaks the contract as it is; `describe` answers, and all else traps.
    pub fn new() -> Self {
        // The tests of the whole workspace use this file, too.
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("wit"));
        let wit = folders.into_iter().find(|wit| wit.join("world.wit").is_file()).expect("the contract");
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(&wit).expect("the contract");
        let world = resolve.select_world(&[package], Some("connector")).expect("the contract's world");
        let describe = format!("(i32.const {DESCRIPTION})");
        Self {
            resolve,
            world,
            bodies: vec![("lifecycle.describe".to_owned(), describe)],
            text: String::new(),
            schemas: (1, 1),
        }
    }

    /// Gives a function, such as `orders.on-order`, a body in WebAssembly text. Imports are called
    /// by names such as `$store.put`.
    pub fn body(mut self, function: &str, body: impl Into<String>) -> Self {
        self.bodies.retain(|(name, _)| name != function);
        self.bodies.push((function.to_owned(), body.into()));
        self
    }

    /// Text for the bodies to use, at [`TEXT`].
    pub fn text(mut self, text: &str) -> Self {
        self.text = text.to_owned();
        self
    }

    /// The oldest state schema that it says it reads, and the one that it says it writes.
    pub fn schemas(mut self, oldest: u32, writes: u32) -> Self {
        self.schemas = (oldest, writes);
        self
    }

    /// The component's bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.module()).expect("a module");
        embed_component_metadata(&mut module, &self.resolve, self.world, StringEncoding::UTF8)
            .expect("metadata");
        ComponentEncoder::default().module(&module).expect("a core module").encode().expect("a component")
    }

    fn module(&self) -> String {
        let mut wat = "(module\n".to_owned();
        let world = &self.resolve.worlds[self.world];
        for (key, item) in &world.imports {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let interface = &self.resolve.interfaces[*id];
            for func in interface.functions.values() {
                let import = WasmImport::Func { interface: Some(key), func };
                let (module, name) = self.resolve.wasm_import_name(ABI, import);
                let label = format!("{}.{}", interface.name.as_deref().unwrap_or("-"), func.name);
                let types = self.signature(AbiVariant::GuestImport, func);
                let _ = writeln!(wat, "(import {module:?} {name:?} (func ${label} {types}))");
            }
        }
        for (key, item) in &world.exports {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let interface = &self.resolve.interfaces[*id];
            for func in interface.functions.values() {
                let export = WasmExport::Func { interface: Some(key), func, kind: WasmExportKind::Normal };
                let name = self.resolve.wasm_export_name(ABI, export);
                let label = format!("{}.{}", interface.name.as_deref().unwrap_or("-"), func.name);
                let types = self.signature(AbiVariant::GuestExport, func);
                let body = self.bodies.iter().find(|(name, _)| *name == label);
                let body = body.map_or("unreachable", |(_, body)| body);
                let _ = writeln!(wat, "(func ${label} (export {name:?}) {types} {body})");
            }
        }
        let (name, version) = ("test connector", "0.1.0");
        let mut description = Vec::new();
        for number in [
            DESCRIPTION + 64,
            name.len() as u32,
            DESCRIPTION + 96,
            version.len() as u32,
            0,
            0,
            self.schemas.1, // state-schema
            self.schemas.0, // oldest-readable-schema
        ] {
            description.extend(number.to_le_bytes());
        }
        for (at, bytes) in [
            (DESCRIPTION, description.as_slice()),
            (DESCRIPTION + 64, name.as_bytes()),
            (DESCRIPTION + 96, version.as_bytes()),
            (TEXT, self.text.as_bytes()),
        ] {
            let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
            let _ = writeln!(wat, "(data (i32.const {at}) \"{escaped}\")");
        }
        // Never frees: an instance lives for one call.
        wat.push_str(
            r#"(memory (export "memory") 16)
            (table $table 1 funcref)
            (global $heap (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (global.set $heap (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
                (global.get $heap)
                (global.set $heap (i32.add (global.get $heap) (local.get 3))))
            )"#,
        );
        wat
    }

    fn signature(&self, variant: AbiVariant, func: &Function) -> String {
        let signature = self.resolve.wasm_signature(variant, func);
        let mut types = String::new();
        for (keyword, list) in [("param", &signature.params), ("result", &signature.results)] {
            for ty in list {
                let ty = match ty {
                    WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
                    WasmType::I64 | WasmType::PointerOrI64 => "i64",
                    WasmType::F32 => "f32",
                    WasmType::F64 => "f64",
                };
                let _ = write!(types, "({keyword} {ty}) ");
            }
        }
        types
    }
}

/// A call of `store.put` that sets the key `k`, given a text that begins with it.
pub fn put() -> String {
    format!(
        "(call $store.put (i32.const {TEXT}) (i32.const 1) (i32.const {TEXT}) (i32.const 1) \
         (i32.const {ANSWER}))"
    )
}

/// A call of `http.send`; `method` counts from `get`, the path is the text's first bytes.
pub fn send(method: u32, path_bytes: usize) -> String {
    send_as(method, path_bytes, false)
}

/// As [`send`]; `bulk`: nobody waits for it.
pub fn send_as(method: u32, path_bytes: usize, bulk: bool) -> String {
    let bulk = u32::from(bulk);
    format!(
        "(call $http.send (i32.const {method}) (i32.const {TEXT}) (i32.const {path_bytes}) \
         (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) \
         (i32.const 0) (i32.const 0) (i32.const 0) (i32.const {bulk}) (i32.const {ANSWER}))"
    )
}

/// `count` times the same.
pub fn repeat(count: u32, body: &str) -> String {
    format!(
        "(local $n i32) (loop $again {body} \
         (local.set $n (i32.add (local.get $n) (i32.const 1))) \
         (br_if $again (i32.lt_u (local.get $n) (i32.const {count}))))"
    )
}

/// Traps unless the import's answer at [`ANSWER`] is the error with this number.
pub fn expect_error(case: u32, case_at: u32) -> String {
    format!(
        "(if (i32.or (i32.ne (i32.load8_u (i32.const {ANSWER})) (i32.const 1)) \
         (i32.ne (i32.load8_u (i32.const {})) (i32.const {case}))) (then unreachable))",
        ANSWER + case_at
    )
}
